/* xor.c - trains a small network on XOR with FANN and prints what it learnt. */
#include <fann.h>
#include <stdio.h>

int main(void)
{
    static const fann_type cases[4][3] = {{-1, -1, -1}, {-1, 1, 1}, {1, -1, 1}, {1, 1, -1}};
    struct fann *net = fann_create_standard(3, 2, 4, 1);
    struct fann_train_data *data = fann_create_train(4, 2, 1);
    if (!net || !data)
        return 1;
    for (int i = 0; i < 4; i++) {
        data->input[i][0] = cases[i][0];
        data->input[i][1] = cases[i][1];
        data->output[i][0] = cases[i][2];
    }
    fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(net, FANN_SIGMOID_SYMMETRIC);
    fann_train_on_data(net, data, 5000, 0, 0.001f);
    for (int i = 0; i < 4; i++)
        printf("%d xor %d = %d\n", data->input[i][0] > 0, data->input[i][1] > 0,
               fann_run(net, data->input[i])[0] > 0);
    fann_destroy_train(data);
    fann_destroy(net);
    return 0;
}
