// verdict: compile_error|time_limit
constexpr int forever() { int n = 0; for (;;) n ^= 1; return n; }
static_assert(forever() == 0, "");
int main() { return 0; }
