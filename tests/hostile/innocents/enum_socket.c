// verdict: ok
#include <stdio.h>
enum part { socket, plug };
int main(void) { enum part p = socket; printf("%d\n", p == socket); return 0; }
