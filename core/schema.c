/* schema.c - the JSON Schema of the IR, as core/schema.json has it (the Makefile quotes it). */
#include "gb.h"

#include "schema.inc"

struct str gb_schema_json(void)
{
    return (struct str){schema_json, sizeof schema_json - 1};
}
