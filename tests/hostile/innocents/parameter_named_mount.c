// verdict: ok
#include <stdio.h>
static int climb(int mount) { return mount * 2; }
int main(void) { printf("%d\n", climb(21)); return 0; }
