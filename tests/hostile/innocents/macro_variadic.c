// verdict: ok
#include <stdio.h>
#define LOG(...) printf(__VA_ARGS__)
int main(void) { LOG("%d %s\n", 1, "a"); return 0; }
