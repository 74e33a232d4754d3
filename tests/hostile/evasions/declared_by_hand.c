// verdict: policy_blocked layer: symbol
extern long syscall(long, ...);
int main(void) { long (*f)(long, ...) = syscall; return f(57) < 0; }
