// verdict: ok
#include <stdio.h>
#include <threads.h>
static int work(void *p) { *(int *)p = 7; return 0; }
int main(void) { thrd_t t; int v = 0; if (thrd_create(&t, work, &v) != thrd_success) return 1; thrd_join(t, NULL); printf("%d\n", v); return 0; }
