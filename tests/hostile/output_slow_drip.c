// verdict: time_limit killed_by: wall request: {"limits": {"wall_ms": 1500}}
#include <stdio.h>
#include <threads.h>
int main(void) { for (;;) { putchar('.'); fflush(stdout); thrd_sleep(&(struct timespec){.tv_nsec = 100000000}, 0); } }
