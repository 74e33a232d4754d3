// verdict: runtime_error signal: SIGFPE
int main(void) { volatile int a = 10, zero = 0; return a / zero; }
