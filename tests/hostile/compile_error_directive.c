// verdict: compile_error
#error refused by itself
int main(void) { return 0; }
