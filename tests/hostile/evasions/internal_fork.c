// verdict: policy_blocked layer: symbol
extern int __fork(void);
int main(void) { return __fork() < 0; }
