// verdict: ok
#include <stdint.h>
#include <stdio.h>
int main(void) { uint32_t x = 0xf0f0f0f0u; printf("%d %" "u\n", __builtin_popcount(x), x >> 4); return 0; }
