// verdict: compile_error
#line 4000000000 "somewhere else.c"
int main(void) { return undeclared; }
