// verdict: policy_blocked layer: screen rule: header
  #   include   <sys/socket.h>
int main(void) { return 0; }
