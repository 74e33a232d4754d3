/*
 * run.h - the compiled program, once for each input.
 */
#ifndef GB_JOB_RUN_H
#define GB_JOB_RUN_H

#include "frames.h"
#include "proc.h"
#include "spec.h"

/* Runs the program in file `program_fd` on input number `index`, in an empty workspace, which is
 * emptied again. Output and events go to the peer as they come. 0: *ret says how it ended;
 * negative: our failure. */
int run_program(const struct spec *spec, size_t index, int program_fd, struct filter *filter,
                const struct frames *peer, struct proc_result *ret, struct err *err);

#endif
