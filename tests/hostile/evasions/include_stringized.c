// verdict: policy_blocked layer: screen rule: include_macro
#define S(x) #x
#include S(unistd.h)
int main(void) { return 0; }
