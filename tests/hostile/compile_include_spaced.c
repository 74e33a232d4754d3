// verdict: policy_blocked layer: screen rule: header
  #   /* here */ inc\
lude	"/etc/\
passwd"
int main(void) { return 0; }
