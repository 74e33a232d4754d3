// verdict: ok|policy_blocked|compile_error
/* A question about files, answered without opening them to anybody. */
#if __has_include("/etc/shadow")
#error there
#endif
int main(void) { return 0; }
