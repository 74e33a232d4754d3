/* fuzz_http_head.c - heads of any bytes; a head that is whole stays so with more behind it, and is not
 * whole with less (libFuzzer). */
#include "../../sandbox/http_head.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size};
    struct http_head head, shorter;
    if (http_head_parse(all, &head, NULL) <= 0)
        return 0;
    if (head.length > size || head.length > HTTP_HEAD_MAX || head.status < 0 || head.status > 999)
        abort();
    if (http_head_parse((struct str){all.s, head.length}, &shorter, NULL) != 1 ||
        shorter.length != head.length)
        abort();
    if (http_head_parse((struct str){all.s, head.length - 1}, &shorter, NULL) != 0)
        abort();
    return 0;
}
