// verdict: ok
#include <stdio.h>
static int forklift(void) { return 1; }
static int my_system(void) { return 2; }
static int execute(int x) { return x; }
int main(void) { printf("%d\n", forklift() + my_system() + execute(3)); return 0; }
