/*
 * wire.h - the frames that gb-fcgi, gb-jobd, gb-sandboxd and gb-job speak.
 *
 * A frame is a type byte, a length (4 bytes, big-endian) and that many bytes. Two conversations use
 * the same frames:
 *
 *   client (gb-fcgi, gb-jobd, gb-admin)          gb-sandboxd             gb-job (in the container)
 *                                                                         ◀── READY json
 *     SUBMIT json, BLOB*, END      ─────────▶      SUBMIT, BLOB*, END  ─────────▶
 *                                  ◀── STARTED json
 *                                  ◀──────── STDOUT STDERR EVENT ARTIFACT  ◀────────
 *                                                                         ◀── PHASE json
 *                                                  GO  ─────────▶
 *                                  ◀── REPORT json (enriched)             ◀── REPORT json
 *     CANCEL json | STATUS         ─────────▶
 *                                  ◀── STATUS json | ERROR json | OK json
 *
 * A client that closes its connection cancels its job; gb-sandboxd does the same to gb-job: the end
 * of its standard input, at any time, means that it ends everything and exits. The SUBMIT document
 * and the REPORT are described in docs/sandbox.md. A frame from gb-job is untrusted input to
 * gb-sandboxd: length, order and content are checked, and what the program writes travels only
 * inside STDOUT and STDERR.
 */
#ifndef GB_SANDBOX_WIRE_H
#define GB_SANDBOX_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER_BYTES 5
#define FRAME_MAX_BYTES (24U << 20) /* a SUBMIT with an 8 MiB request inside, escaped */

enum frame_type {
    FRAME_READY = 'R',  /* JSON: {"version", "cgroup"}: gb-job stands and waits for a job; its first
                           frame, and what makes a started container a warm one */
    FRAME_SUBMIT = 'S', /* JSON: the job's spec */
    FRAME_BLOB = 'B',   /* a compiled program, when the spec says "binary": true */
    FRAME_END = 'E',    /* nothing more comes for this job: begin */
    FRAME_STARTED = 'T',  /* JSON: {container_id, image, queue_ms, start_ms} */
    FRAME_STDOUT = 'o',   /* 4 bytes run index (big-endian), then bytes the program wrote */
    FRAME_STDERR = 'e',   /* the same for standard error */
    FRAME_EVENT = 'v',    /* JSON: a security event, such as {kind, syscall, run} */
    FRAME_ARTIFACT = 'a', /* bytes: the compiled program, when the spec says "want_binary" */
    FRAME_PHASE = 'p',    /* JSON: {"phase": "run"}: compiled, waiting for GO */
    FRAME_GO = 'g',       /* the container's limits are those of the run now */
    FRAME_REPORT = 'r',   /* JSON: the verdict and the figures; the last frame of a job */
    FRAME_CANCEL = 'c',   /* JSON: {job_id, user} */
    FRAME_STATUS = 's',   /* empty in a request, JSON in a reply */
    FRAME_OK = 'k',       /* JSON */
    FRAME_ERROR = 'x',    /* JSON: {error, message, retry_after} with a stable word; ends the job */
};

static inline void frame_header(unsigned char out[FRAME_HEADER_BYTES], enum frame_type type,
                                uint32_t length)
{
    out[0] = (unsigned char)type;
    out[1] = (unsigned char)(length >> 24);
    out[2] = (unsigned char)(length >> 16);
    out[3] = (unsigned char)(length >> 8);
    out[4] = (unsigned char)length;
}

#endif
