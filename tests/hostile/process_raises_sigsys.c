// verdict: forbidden_syscall|runtime_error
#include <signal.h>
int main(void) { raise(SIGSYS); return 0; }
