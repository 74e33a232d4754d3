// verdict: ok
#include "raw.h"
int main(void) { for (long fd = 0; fd < 1100; fd++) raw_find()(3, fd); return 0; }
