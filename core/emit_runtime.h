/*
 * emit_runtime.h - the text of the runtime, for programs that stand alone.
 */
#ifndef GB_EMIT_RUNTIME_H
#define GB_EMIT_RUNTIME_H

#include "base/buf.h"

struct str gb_runtime_header(void); /* gb.hpp */
struct str gb_runtime_source(void); /* gb.cpp */

#endif
