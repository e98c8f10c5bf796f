// Reads tokens from standard input, a line each; prints the microseconds of a session_verify, over all of them CALLS times.
//   verify FOLDER CALLS
// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "desksession.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TOKENS = 1000 };

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int count, char **words)
{
    static char tokens[TOKENS][SESSION_TOKEN_SIZE];
    session_store *store;
    session_info info = {.size = sizeof info};
    size_t known = 0;
    while (known < TOKENS && scanf("%71s", tokens[known]) == 1) {
        known++;
    }
    if (count != 3 || known == 0 || session_open(words[1], NULL, &store) != SESSION_OK) {
        return EXIT_FAILURE;
    }
    long calls = atol(words[2]);
    double start = now_us();
    for (long i = 0; i < calls; i++) {
        if (session_verify(store, tokens[(size_t)i % known], &info) != SESSION_OK) {
            return EXIT_FAILURE;
        }
    }
    printf("%.3f\n", (now_us() - start) / (double)calls);
    return session_close(store) == SESSION_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
