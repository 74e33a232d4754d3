// verdict: time_limit killed_by: wall request: {"limits": {"wall_ms": 1000}}
#include <signal.h>
int main(void) { raise(SIGSTOP); return 0; }
