/* xor.c - trains a small network on XOR with FANN and prints what it learnt. */
#include <fann.h>
#include <stdio.h>

int main(void)
{
    fann_type inputs[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    fann_type wanted[4] = {0, 1, 1, 0};
    struct fann *net = fann_create_standard(3, 2, 4, 1);
    if (!net)
        return 1;
    fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(net, FANN_SIGMOID);
    for (int epoch = 0; epoch < 20000; epoch++)
        for (int i = 0; i < 4; i++)
            fann_train(net, inputs[i], &wanted[i]);
    for (int i = 0; i < 4; i++)
        printf("%d xor %d = %d\n", (int)inputs[i][0], (int)inputs[i][1], fann_run(net, inputs[i])[0] > 0.5f);
    fann_destroy(net);
    return 0;
}
