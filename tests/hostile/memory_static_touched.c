// verdict: memory_limit
#include <string.h>
static char big[512 << 20];
int main(int argc, char **argv) { (void)argv; memset(big, argc, sizeof(big)); return big[argc]; }
