// verdict: runtime_error
int main(void) { return 42; }
