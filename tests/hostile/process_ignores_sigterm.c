// verdict: time_limit killed_by: wall request: {"limits": {"wall_ms": 1000}}
#include <signal.h>
#include <threads.h>
int main(void)
{
    for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
    for (;;) thrd_sleep(&(struct timespec){.tv_sec = 10}, 0);
}
