// verdict: ok
static char big[512 << 20];
int main(int argc, char **argv) { (void)argv; return big[argc]; }
