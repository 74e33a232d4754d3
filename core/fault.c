/* fault.c - the names and messages of faults.def. */
#include "gb.h"

static const char *const NAMES[GB_FAULT_COUNT] = {
#define FAULT(kind, message) [GB_FAULT_##kind] = #kind,
#include "faults.def"
#undef FAULT
};

static const char *const MESSAGES[GB_FAULT_COUNT] = {
#define FAULT(kind, message) [GB_FAULT_##kind] = message,
#include "faults.def"
#undef FAULT
};

const char *gb_fault_name(enum gb_fault f)
{
    return (unsigned)f < GB_FAULT_COUNT ? NAMES[f] : "unknown";
}

const char *gb_fault_message(enum gb_fault f)
{
    return (unsigned)f < GB_FAULT_COUNT ? MESSAGES[f] : "unknown fault";
}
