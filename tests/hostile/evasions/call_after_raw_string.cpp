// verdict: policy_blocked layer: screen rule: identifier
#include <cstdlib>
const char *t = R"x(")x"; int r = system(R"(")");
int main() { return 0; }
