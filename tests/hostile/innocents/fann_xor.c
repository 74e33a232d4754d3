// verdict: ok
#include <fann.h>
#include <stdio.h>

static const float points[4][3] = {{-1, -1, -1}, {-1, 1, 1}, {1, -1, 1}, {1, 1, -1}};

static void FANN_API give(unsigned n, unsigned in, unsigned out, fann_type *input, fann_type *output)
{
    (void)in;
    (void)out;
    input[0] = points[n][0];
    input[1] = points[n][1];
    output[0] = points[n][2];
}

int main(void)
{
    struct fann *net = fann_create_standard(3, 2, 4, 1);
    struct fann_train_data *data = fann_create_train_from_callback(4, 2, 1, give);
    fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(net, FANN_SIGMOID_SYMMETRIC);
    fann_train_on_data(net, data, 5000, 0, 0.001f);
    printf("%s\n", fann_test_data(net, data) < 0.2f ? "learnt" : "not learnt");
    fann_destroy_train(data);
    fann_destroy(net);
    return 0;
}
