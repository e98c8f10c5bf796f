// What both benches share: a clock, percentiles, a temporary folder, and an end on the first wrong answer.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef BENCH_H
#define BENCH_H

#define _XOPEN_SOURCE 700
#define _DARWIN_C_SOURCE 1

#include "desksession.h"

#include <ftw.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static char bench_folder[PATH_SIZE];

static _Noreturn void bench_fail(const char *what, int line, const char *detail)
{
    fprintf(stderr, "line %d: %s: %s\n", line, what, detail);
    exit(EXIT_FAILURE);
}

static inline void bench_session(const char *what, int line, int32_t status)
{
    if (status != SESSION_OK) {
        char detail[SESSION_ERROR_SIZE] = "";
        (void)session_last_error(detail, sizeof detail);
        fprintf(stderr, "%s\n", detail);
        bench_fail(what, line, session_status_name(status));
    }
}

// Everything here must succeed: a bench of failures measures nothing.
#define SESSION(call) bench_session(#call, __LINE__, (call))
#define SQL(call, wanted) ((call) == (wanted) ? (void)0 : bench_fail(#call, __LINE__, "SQLite answered otherwise"))
#define CHECK(yes) ((yes) ? (void)0 : bench_fail(#yes, __LINE__, "not so"))

static inline double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static inline int bench_order(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// Sorts the samples.
static inline double percentile(double *samples, size_t count, double part)
{
    qsort(samples, count, sizeof *samples, bench_order);
    return samples[(size_t)(part * (double)(count - 1) + 0.5)];
}

static int bench_remove_entry(const char *path, const struct stat *state, int kind, struct FTW *at)
{
    (void)state, (void)kind, (void)at;
    return remove(path);
}

static void bench_remove(void)
{
    (void)nftw(bench_folder, bench_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *bench_path(char path[PATH_SIZE], const char *name)
{
    int length = snprintf(path, PATH_SIZE, "%s/%s", bench_folder, name);
    CHECK(length > 0 && length < PATH_SIZE);
    return path;
}

// A folder that is gone at exit, with the store's key in it too.
static inline void bench_start(void)
{
    const char *place = getenv("TMPDIR");
    char data[PATH_SIZE];
    int length = snprintf(bench_folder, sizeof bench_folder, "%s/desksession-bench.XXXXXX", place != NULL ? place : "/tmp");
    CHECK(length > 0 && length < PATH_SIZE && mkdtemp(bench_folder) != NULL);
    atexit(bench_remove);
    CHECK(mkdir(bench_path(data, "data"), 0700) == 0 && setenv("XDG_DATA_HOME", data, 1) == 0);
    CHECK(session_abi_version() == SESSION_ABI_VERSION);
    CHECK(sodium_init() >= 0);
}

// The same for a store that `fill` made: its key stays where it was left, XDG_DATA_HOME is the caller's.
static inline void bench_start_with_keys(void)
{
    char data[PATH_SIZE];
    const char *place = getenv("XDG_DATA_HOME");
    CHECK(place != NULL && strlen(place) < sizeof data);
    strcpy(data, place);
    bench_start();
    CHECK(setenv("XDG_DATA_HOME", data, 1) == 0);
}

// The system's SQLite, on a file of its own. It must never open the store: two SQLites in one process and one file
// is a case of its own, not a bench.
static inline sqlite3 *bench_peer(const char *name)
{
    char path[PATH_SIZE];
    sqlite3 *peer = NULL;
    SQL(sqlite3_open(bench_path(path, name), &peer), SQLITE_OK);
    SQL(sqlite3_exec(peer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL), SQLITE_OK);
    return peer;
}

// On disk when it returns: what the kernel still has to write would be measured.
static inline void bench_copy(const char *from, const char *to)
{
    char block[65536];
    size_t length;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    CHECK(in != NULL && out != NULL);
    while ((length = fread(block, 1, sizeof block, in)) > 0) {
        CHECK(fwrite(block, 1, length, out) == length);
    }
    CHECK(ferror(in) == 0 && fflush(out) == 0 && fsync(fileno(out)) == 0);
    CHECK(fclose(in) == 0 && fclose(out) == 0);
}

typedef char bench_token[SESSION_TOKEN_SIZE];

// The tokens that `fill` wrote, line by line.
static inline bench_token *bench_tokens(const char *path, size_t *count)
{
    char line[SESSION_TOKEN_SIZE + 1];
    bench_token *tokens = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    for (*count = 0; fgets(line, sizeof line, file) != NULL; (*count)++) {
        if (*count == room) {
            room = 2 * room + 1000;
            tokens = realloc(tokens, room * sizeof *tokens);
            CHECK(tokens != NULL);
        }
        line[strcspn(line, "\n")] = '\0';
        strcpy(tokens[*count], line);
    }
    CHECK(fclose(file) == 0 && *count > 0);
    return tokens;
}

static inline long argument(int count, char **words, int place, long usual)
{
    long value = count > place ? strtol(words[place], NULL, 10) : usual;
    CHECK(value > 0);
    return value;
}

#endif
