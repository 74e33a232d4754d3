// verdict: policy_blocked layer: screen rule: identifier
int fork(void);
int main(void) { return fork(); }
