// verdict: compile_error|memory_limit|time_limit
char big[1 << 30] = {1};
int main(void) { return big[0] - 1; }
