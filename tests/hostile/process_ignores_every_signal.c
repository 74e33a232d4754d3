// verdict: time_limit killed_by: cpu request: {"limits": {"cpu_ms": 300}}
#include <signal.h>
int main(void)
{
    for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
    for (volatile int i = 0;; i = !i) ;
}
