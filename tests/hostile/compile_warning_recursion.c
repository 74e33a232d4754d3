// verdict: compile_error|time_limit
#warning again
#include "main.c"
int main(void) { return 0; }
