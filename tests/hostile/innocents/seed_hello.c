// verdict: ok
#include <stdio.h>
#include <fann.h>

int main() {
    printf("Hello from sandbox!\n");
    return 0;
}
