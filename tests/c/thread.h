// Threads: pthreads, or what Windows has.
#ifndef THREAD_H
#define THREAD_H

#include "check.h"

#ifdef _WIN32

typedef HANDLE thread;

struct thread_start {
    void *(*body)(void *);
    void *argument;
};

static inline DWORD WINAPI thread_body(void *given)
{
    const struct thread_start start = *(struct thread_start *)given;
    free(given);
    start.body(start.argument);
    return 0;
}

static inline thread start_thread(void *(*body)(void *), void *argument)
{
    struct thread_start *start = malloc(sizeof *start);
    CHECK(start != NULL);
    *start = (struct thread_start){body, argument};
    thread started = CreateThread(NULL, 0, thread_body, start, 0, NULL);
    CHECK(started != NULL);
    return started;
}

static inline void join_thread(thread started)
{
    CHECK(WaitForSingleObject(started, INFINITE) == WAIT_OBJECT_0 && CloseHandle(started));
}

static inline void let_others_run(void)
{
    Sleep(0);
}

#else

#include <pthread.h>
#include <sched.h>

typedef pthread_t thread;

static inline thread start_thread(void *(*body)(void *), void *argument)
{
    thread started;
    CHECK(pthread_create(&started, NULL, body, argument) == 0);
    return started;
}

static inline void join_thread(thread started)
{
    CHECK(pthread_join(started, NULL) == 0);
}

static inline void let_others_run(void)
{
    sched_yield();
}

#endif

#endif
