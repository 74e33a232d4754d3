/*
 * constant.c - a FastCGI responder that answers every request with the same document: the most that
 * any responder under the same nginx could do. Usage: constant FILE THREADS (under spawn-fcgi).
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char reply[1 << 16];

static void *serve(void *unused)
{
    (void)unused;
    FCGX_Request request;
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        char body[4096];
        while (FCGX_GetStr(body, sizeof body, request.in) > 0)
            ;
        FCGX_PutS(reply, request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    FILE *f = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!f)
        return fprintf(stderr, "usage: constant FILE THREADS\n"), 2;
    size_t used = (size_t)snprintf(reply, sizeof reply, "Content-Type: application/json\r\n\r\n");
    used += fread(reply + used, 1, sizeof reply - used - 1, f);
    reply[used] = '\0';
    fclose(f);
    FCGX_Init();
    for (int i = 1; i < atoi(argv[2]); i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, NULL))
            return 1;
    }
    serve(NULL);
    return 0;
}
