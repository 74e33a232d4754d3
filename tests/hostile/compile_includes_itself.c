// verdict: compile_error|time_limit|memory_limit
#include "main.c"
#include "main.c"
int main(void) { return 0; }
