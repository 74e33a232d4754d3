// verdict: ok|runtime_error|time_limit
#include <stdio.h>
#include <threads.h>
static int idle(void *p) { (void)p; thrd_sleep(&(struct timespec){.tv_sec = 1}, 0); return 0; }
int main(void)
{
    int n = 0;
    thrd_t t;
    while (n < 10000 && thrd_create(&t, idle, 0) == thrd_success) n++;
    printf("%s\n", n < 10000 ? "bounded" : "unbounded");
    return n < 10000 ? 0 : 1;
}
