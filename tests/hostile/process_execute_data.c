// verdict: runtime_error signal: SIGSEGV
#include <string.h>
static const unsigned char code[] = {0xb8, 0x39, 0, 0, 0, 0x0f, 0x05, 0xc3};
int main(void) { int (*f)(void); const void *p = code; memcpy(&f, &p, sizeof(f)); return f(); }
