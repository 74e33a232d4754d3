// verdict: runtime_error signal: SIGSEGV request: {"options": {"werror": false}}
static int deep(volatile char *p) { volatile char here[4096]; here[0] = *p; return deep(here) + here[0]; }
int main(void) { char c = 0; return deep(&c); }
