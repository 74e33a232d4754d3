// verdict: ok
#include <stdatomic.h>
#include <stdio.h>
int main(void) { atomic_int n = 0; for (int i = 0; i < 10; i++) atomic_fetch_add(&n, 1); printf("%d\n", atomic_load(&n)); return 0; }
