// verdict: ok
#include "raw.h"
int main(void)
{
    raw_fn call = raw_find();
    for (long fd = 0; fd < 1100; fd++) call(3, fd);
    return 0;
}
