// verdict: ok
#include <stdlib.h>
int main(void) { exit(EXIT_SUCCESS); }
