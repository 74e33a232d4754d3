// verdict: ok
#include <stdio.h>
int main(void) { puts("wait... and so on.. done"); return 0; }
