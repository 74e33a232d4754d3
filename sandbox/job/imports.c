/*
 * imports.c - dynamic symbols of a program. The file is what compiler and linker made of a
 * stranger's source, or came out of a cache: every offset is checked.
 */
#include "imports.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>

#include "../screen.h"

/* The n entries of `size` bytes at `offset`, or NULL when they do not all lie within the file. */
static const void *part(struct str file, uint64_t offset, uint64_t n, size_t size)
{
    if (offset > file.n || n > (file.n - offset) / size)
        return NULL;
    return file.s + offset;
}

static bool matches(const char *pattern, const char *name)
{
    size_t n = strlen(pattern);

    if (pattern[n - 1] == '*')
        return strncmp(pattern, name, n - 1) == 0;
    return strcmp(pattern, name) == 0;
}

static bool tells_time(const char *name)
{
    static const char *const patterns[] = {
#define CLOCK(pattern) pattern,
#include "clock.def"
#undef CLOCK
    };

    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        if (matches(patterns[i], name))
            return true;
    return false;
}

static void judge(const char *name, struct imports *into)
{
    if (tells_time(name))
        into->reads_clock = true;
    if (screen_symbol_blocked(name) && into->n_blocked < IMPORTS_MAX_BLOCKED)
        snprintf(into->blocked[into->n_blocked++], IMPORTS_NAME_MAX, "%s", name);
}

/* One table of symbols and its names; false when damaged. */
static bool read_table(struct str file, const Elf64_Shdr *sections, size_t n_sections,
                       const Elf64_Shdr *table, struct imports *into)
{
    uint64_t n = table->sh_size / sizeof(Elf64_Sym);
    const char *symbols = part(file, table->sh_offset, n, sizeof(Elf64_Sym));
    const Elf64_Shdr *names = table->sh_link < n_sections ? &sections[table->sh_link] : NULL;
    const char *text = names == NULL ? NULL : part(file, names->sh_offset, names->sh_size, 1);

    if (symbols == NULL || text == NULL || names->sh_size == 0 || text[names->sh_size - 1] != '\0')
        return false;
    for (uint64_t i = 1; i < n; i++) {
        Elf64_Sym s;

        memcpy(&s, symbols + i * sizeof(s), sizeof(s));
        if (s.st_name >= names->sh_size)
            return false;
        if (s.st_shndx == SHN_UNDEF)
            judge(text + s.st_name, into);
    }
    return true;
}

int imports_read(struct str program, struct imports *ret, struct err *err)
{
    struct imports found = {0};
    const Elf64_Shdr *sections;
    Elf64_Ehdr head;

    if (program.n < sizeof(head))
        return err_set(err, -EINVAL, "the program is no ELF file");
    memcpy(&head, program.s, sizeof(head));
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_ident[EI_DATA] != ELFDATA2LSB || head.e_shentsize != sizeof(Elf64_Shdr) ||
        head.e_shoff % _Alignof(Elf64_Shdr) != 0)
        return err_set(err, -EINVAL, "the program is no 64-bit ELF file");
    sections = part(program, head.e_shoff, head.e_shnum, sizeof(Elf64_Shdr));
    if (sections == NULL)
        return err_set(err, -EINVAL, "the program's sections are damaged");
    for (size_t i = 0; i < head.e_shnum; i++)
        if (sections[i].sh_type == SHT_DYNSYM &&
            !read_table(program, sections, head.e_shnum, &sections[i], &found))
            return err_set(err, -EINVAL, "the program's symbols are damaged");
    *ret = found;
    return 0;
}
