// verdict: policy_blocked layer: symbol
extern void *dlsym(void *, const char *);
int main(void) { void *(*f)(void *, const char *) = dlsym; return f(0, "system") != 0; }
