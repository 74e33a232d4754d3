// verdict: policy_blocked layer: screen rule: header
#include <iostream>
#include <netinet/in.h>
int main() { return 0; }
