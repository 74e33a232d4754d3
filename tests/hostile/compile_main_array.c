// verdict: compile_error|memory_limit request: {"options": {"werror": false}}
int main[-1u] = {1};
