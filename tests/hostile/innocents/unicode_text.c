// verdict: ok
#include <stdio.h>
int main(void) { puts("größer, 東京, \u00e9"); return 0; }
