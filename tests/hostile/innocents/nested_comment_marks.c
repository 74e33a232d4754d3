// verdict: ok
#include <stdio.h>
int main(void) { puts("/* not a comment */ // nor this"); return 0; }
