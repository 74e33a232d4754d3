// verdict: policy_blocked layer: screen rule: header
#import <unistd.h>
int main(void) { return 0; }
