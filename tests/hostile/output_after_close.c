// verdict: time_limit killed_by: wall request: {"limits": {"wall_ms": 1000}}
#include "raw.h"
int main(void) { for (long fd = 0; fd < 3; fd++) raw_find()(3, fd); for (;;) raw_find()(34); }
