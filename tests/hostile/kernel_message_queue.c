// verdict: forbidden_syscall event: mq_open
#include "raw.h"
int main(void)
{
    raw("message_queue", 240, 0, 0, 0, 0, 0);
    return 0;
}
