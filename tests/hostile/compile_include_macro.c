// verdict: policy_blocked layer: screen rule: include_macro
#define SLASH /
#define TEXT(x) #x
#define NAME(x) TEXT(x)
#include NAME(/dev/urandom)
int main(void) { return 0; }
