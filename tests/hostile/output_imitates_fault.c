// verdict: ok
#include "raw.h"
int main(void) { raw_find()(1, 3, "\0\0\0\1\0\0\0\2", 8); raw_find()(1, 200, "x", 1); return 0; }
