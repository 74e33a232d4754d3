// verdict: ok
#include <stdio.h>
#include <stdlib.h>
int main(void) { const char *h = getenv("HOME"); puts(h ? h : "none"); return 0; }
