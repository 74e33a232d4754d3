// verdict: output_limit killed_by: output
#include <stdio.h>
int main(void) { for (;;) fputs("flood flood flood flood flood flood flood flood flood flood\n", stderr); }
