/* emit_runtime.c - see emit_runtime.h. The assembler takes the files in as they are. */
#include "emit_runtime.h"

#define EMBED(symbol, file)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #symbol "_start\n"                                                          \
            ".global " #symbol "_end\n" #symbol "_start:\n"                                        \
            ".incbin \"" file "\"\n" #symbol "_end:\n"                                             \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern const char symbol##_start[];                                                            \
    extern const char symbol##_end[]

EMBED(gb_runtime_hpp, "core/runtime/gb.hpp");
EMBED(gb_runtime_cpp, "core/runtime/gb.cpp");

struct str gb_runtime_header(void)
{
    return (struct str){gb_runtime_hpp_start, (size_t)(gb_runtime_hpp_end - gb_runtime_hpp_start)};
}

struct str gb_runtime_source(void)
{
    return (struct str){gb_runtime_cpp_start, (size_t)(gb_runtime_cpp_end - gb_runtime_cpp_start)};
}
