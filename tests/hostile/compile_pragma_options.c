// verdict: compile_error|ok
#pragma GCC optimize("O3,fplugin=/tmp/x.so")
int main(void) { return 0; }
