// verdict: time_limit request: {"limits": {"wall_ms": 1000}}
#include <signal.h>
static void again(int s) { signal(s, again); raise(s); }
int main(void) { signal(SIGUSR1, again); for (;;) raise(SIGUSR1); }
