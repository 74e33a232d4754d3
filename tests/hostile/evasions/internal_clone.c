// verdict: policy_blocked layer: symbol
extern int __clone(int (*)(void *), void *, int, void *, ...);
int main(void) { return __clone(0, 0, 0, 0) == -1 ? 0 : 1; }
