// verdict: output_limit killed_by: output
#include <stdio.h>
int main(void) { for (;;) puts("flood flood flood flood flood flood flood flood flood flood"); }
