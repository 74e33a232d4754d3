// verdict: compile_error
extern int nowhere(void);
int main(void) { return nowhere(); }
