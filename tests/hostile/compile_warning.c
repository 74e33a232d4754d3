// verdict: compile_error
int main(void) { int unused; return 0; }
