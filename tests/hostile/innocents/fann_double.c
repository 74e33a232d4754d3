// verdict: ok
#include <doublefann.h>
#include <stdio.h>
int main(void)
{
    struct fann *net = fann_create_standard(2, 1, 1);
    fann_type in = 0.5;
    printf("%d\n", fann_run(net, &in) != NULL);
    fann_destroy(net);
    return 0;
}
