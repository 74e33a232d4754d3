// verdict: policy_blocked layer: screen rule: literal
#include <wchar.h>
int main(void) { return wcslen(L"/proc/version") == 0; }
