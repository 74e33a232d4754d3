// verdict: ok request: {"options": {"werror": false}}
int main(void) { int unused; return 0; }
