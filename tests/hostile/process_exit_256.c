// verdict: ok
#include <stdlib.h>
int main(void) { exit(256); }
