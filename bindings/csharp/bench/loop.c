// session_verify in a loop of C, for VerifyBench.cs to compare itself with: the same library in the same process.
// SPDX-License-Identifier: MIT OR Apache-2.0

#define _POSIX_C_SOURCE 200809L

#include "desksession.h"

#include <time.h>

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

// Microseconds per call, or -1.
double loop_verify(const char *folder, const char *token, int32_t calls)
{
    session_store *store;
    session_info info = {.size = sizeof info};
    int32_t status = session_open(folder, NULL, &store);
    if (status != SESSION_OK || session_verify(store, token, &info) != SESSION_OK) {
        return -1;
    }
    double start = now_us();
    for (int32_t i = 0; i < calls && status == SESSION_OK; i++) {
        status = session_verify(store, token, &info);
    }
    double each = (now_us() - start) / calls;
    return session_close(store) == SESSION_OK && status == SESSION_OK ? each : -1;
}
