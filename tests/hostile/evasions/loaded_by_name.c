// verdict: policy_blocked layer: screen rule: identifier
extern void *dlsym(void *, const char *);
int main(void) { void *(*f)(void *, const char *) = dlsym; return f(0, "system") != 0; }
