// verdict: runtime_error signal: SIGSEGV
#include <string.h>
int main(void) { volatile unsigned char code[] = {0x0f, 0x05, 0xc3}; int (*f)(void); const volatile void *p = code; memcpy(&f, &p, sizeof(f)); return f(); }
