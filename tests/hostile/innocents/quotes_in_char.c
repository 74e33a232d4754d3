// verdict: ok
#include <stdio.h>
int main(void) { char q = '"', b = '\\', s = '\''; printf("%c%c%c\n", q, b, s); return 0; }
