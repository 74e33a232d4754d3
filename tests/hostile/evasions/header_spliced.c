// verdict: policy_blocked layer: screen rule: header
#inc\
lude <unis\
td.h>
int main(void) { return 0; }
