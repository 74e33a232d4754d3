/*
 * nearest.c - the distance of Damerau and Levenshtein, restricted to short names.
 */
#include "nearest.h"

#define LONGEST 40

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned nearest_distance(struct str a, struct str b)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    if (a.n == 0 || b.n == 0 || a.n > LONGEST || b.n > LONGEST)
        return NEAREST_MAX + 1;
    for (unsigned j = 0; j <= b.n; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a.n; i++) {
        now[0] = i;
        for (unsigned j = 1; j <= b.n; j++) {
            char x = lower(a.s[i - 1]), y = lower(b.s[j - 1]);
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            bool swapped = i > 1 && j > 1 && x == lower(b.s[j - 2]) && lower(a.s[i - 2]) == y;
            if (swapped && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    unsigned d = last[b.n];
    return d > NEAREST_MAX || d >= a.n || d >= b.n ? NEAREST_MAX + 1 : d;
}

bool nearest_has_word(const char *words, struct str word)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        if (str_eq(word, (struct str){words, n}))
            return true;
        words += n + (words[n] == ' ');
    }
    return false;
}
