// verdict: time_limit killed_by: cpu request: {"limits": {"cpu_ms": 300}}
int main(void) { for (volatile long n = 0;; n++) ; }
