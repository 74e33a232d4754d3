// verdict: policy_blocked layer: symbol|screen
extern int __libc_system(const char *);
int main(void) { int (*f)(const char *) = __libc_system; return f("true"); }
