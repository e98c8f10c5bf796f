// session_purge beside one DELETE by the system's SQLite in a copy of the store's database (the same rows and index), and what two
// other processes wait meanwhile: one verifies, one logs out.
//
//   purge FOLDER TOKENS [ROUNDS]    a store that `fill` has just made, and its tokens
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#define _DEFAULT_SOURCE 1 // MAP_ANONYMOUS

#include "bench.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { VERIFIED = 100, CALLS = 100000, ALONE_S = 1 };

static const double bar_ratio = 2, bar_ms = 50;

static bench_token *tokens;
static size_t token_count;
static char work[PATH_SIZE], peer_path[PATH_SIZE];

/* ---- files ---- */

static void copy_file(const char *folder, const char *name, const char *to)
{
    char from[PATH_SIZE];
    int length = snprintf(from, sizeof from, "%s/%s", folder, name);
    CHECK(length > 0 && length < PATH_SIZE);
    bench_copy(from, to);
}

static void copy_store(const char *from)
{
    char to[PATH_SIZE];
    CHECK(mkdir(work, 0700) == 0);
    umask(077);
    copy_file(from, "store.db", bench_path(to, "store/store.db"));
    copy_file(from, "lock", bench_path(to, "store/lock"));
}

static void remove_store(void)
{
    CHECK(nftw(work, bench_remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

/* ---- both sides ---- */

static double purge(uint64_t *removed)
{
    session_store *store = NULL;
    SESSION(session_open(work, NULL, &store));
    SESSION(session_policy_set(store, NULL, SESSION_POLICY_ENDED_KEEP_MS, 0));
    double start = now_us();
    SESSION(session_purge(store, removed));
    double spent = now_us() - start;
    SESSION(session_close(store));
    return spent;
}

static double delete_in_one(uint64_t *removed)
{
    struct timespec now;
    char statement[256];
    sqlite3 *peer = bench_peer("peer.db");
    SQL(sqlite3_exec(peer, "PRAGMA secure_delete = ON", NULL, NULL, NULL), SQLITE_OK);
    clock_gettime(CLOCK_REALTIME, &now);
    long long before = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    snprintf(statement, sizeof statement,
             "DELETE FROM sessions WHERE (ended_at > 0 AND ended_at <= %lld)"
             " OR (ended_at = 0 AND authenticated_at + absolute_ms <= %lld)",
             before, before);
    double start = now_us();
    SQL(sqlite3_exec(peer, statement, NULL, NULL, NULL), SQLITE_OK);
    double spent = now_us() - start;
    *removed = (uint64_t)sqlite3_changes(peer);
    SQL(sqlite3_close(peer), SQLITE_OK);
    CHECK(remove(peer_path) == 0);
    return spent;
}

/* ---- another process ---- */

struct other {
    atomic_int phase; // 0: not ready, 1: alone, 2: beside a purge, 3: stop
    size_t calls[4];
    double spent[4][CALLS];
};

static _Noreturn void be_other(struct other *other, int verifies)
{
    const struct timespec pause = {.tv_nsec = verifies ? 1000000 : 4000000};
    session_store *store = NULL;
    session_info info = {.size = sizeof info};
    SESSION(session_open(work, NULL, &store));
    atomic_store(&other->phase, 1);
    for (size_t i = 0, phase; (phase = (size_t)atomic_load(&other->phase)) < 3; i++) {
        const char *token = tokens[verifies ? i % VERIFIED : VERIFIED + i];
        CHECK(other->calls[phase] < CALLS && (verifies || VERIFIED + i < token_count));
        double start = now_us();
        int32_t status = verifies ? session_verify(store, token, &info) : session_logout(store, token);
        other->spent[phase][other->calls[phase]++] = now_us() - start;
        SESSION(status);
        nanosleep(&pause, NULL);
    }
    SESSION(session_close(store));
    _exit(EXIT_SUCCESS);
}

static void print_other(const char *what, struct other *other)
{
    const double part[] = {0.5, 0.99, 1};
    double ms[2][3];
    CHECK(other->calls[1] > 0 && other->calls[2] > 0);
    for (int phase = 0; phase < 2; phase++) {
        for (int i = 0; i < 3; i++) {
            ms[phase][i] = percentile(other->spent[phase + 1], other->calls[phase + 1], part[i]) / 1e3;
        }
    }
    double wait = ms[1][2] - ms[0][0];
    printf("%-7s %8.2f %7.2f %7.2f     %8.2f %7.2f %7.2f %7zu %7.1f   %4.0f %s\n", what, ms[0][0], ms[0][1], ms[0][2],
           ms[1][0], ms[1][1], ms[1][2], other->calls[2], wait, bar_ms, wait <= bar_ms ? "met" : "missed");
}

// No store may be open here: a child of a fork would inherit it.
static double beside_others(const char *folder, struct other others[2])
{
    pid_t children[2];
    uint64_t removed = 0;
    copy_store(folder);
    (void)fflush(stdout);
    for (int i = 0; i < 2; i++) {
        atomic_store(&others[i].phase, 0);
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0) {
            bench_folder[0] = '\0'; // the parent removes it
            be_other(&others[i], i == 0);
        }
    }
    sleep(ALONE_S);
    for (int i = 0; i < 2; i++) {
        CHECK(atomic_exchange(&others[i].phase, 2) == 1);
    }
    double spent = purge(&removed);
    for (int i = 0; i < 2; i++) {
        int how;
        atomic_store(&others[i].phase, 3);
        CHECK(waitpid(children[i], &how, 0) == children[i] && WIFEXITED(how) && WEXITSTATUS(how) == EXIT_SUCCESS);
    }
    CHECK(removed > 0);
    remove_store();
    return spent;
}

int main(int count, char **words)
{
    CHECK(count >= 3);
    size_t rounds = (size_t)argument(count, words, 3, 5);
    double *ours = calloc(3 * rounds, sizeof *ours), *peer = ours + rounds, *ratio = peer + rounds;
    uint64_t removed = 0, by_peer = 0;
    CHECK(ours != NULL);
    bench_start_with_keys();
    bench_path(work, "store");
    bench_path(peer_path, "peer.db");
    tokens = bench_tokens(words[2], &token_count);
    CHECK(token_count > VERIFIED);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t turn = 0; turn < 2; turn++) { // who goes first changes every round
            if ((round + turn) % 2 == 0) {
                copy_store(words[1]);
                ours[round] = purge(&removed);
                remove_store();
            } else {
                copy_file(words[1], "store.db", peer_path);
                peer[round] = delete_in_one(&by_peer);
            }
        }
        CHECK(removed == by_peer && removed > 0);
        ratio[round] = ours[round] / peer[round];
    }
    double low = percentile(ratio, rounds, 0), middle = percentile(ratio, rounds, 0.5), high = percentile(ratio, rounds, 1);
    printf("session_purge of %llu ended sessions, %zu rounds; desksession %s, peer: one DELETE of SQLite %s, secure_delete.\n",
           (unsigned long long)removed, rounds, session_version(), sqlite3_libversion());
    printf("     ours s   peer s    ratio: min, median, max   bar\n");
    printf("purge %6.2f   %6.2f    %5.2f %5.2f %5.2f          %4.2f %s\n", percentile(ours, rounds, 0.5) / 1e6,
           percentile(peer, rounds, 0.5) / 1e6, low, middle, high, bar_ratio, middle <= bar_ratio ? "met" : "missed");
    struct other *others = mmap(NULL, 2 * sizeof *others, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(others != MAP_FAILED);
    for (size_t round = 0; round < rounds; round++) {
        ours[round] = beside_others(words[1], others);
    }
    printf("Beside a purge of %.2f s, calls of two other processes in ms; wait: the longest less the usual one alone.\n",
           percentile(ours, rounds, 0.5) / 1e6);
    printf("        alone p50     p99     max   beside p50    p99     max   calls    wait    bar\n");
    print_other("verify", &others[0]);
    print_other("logout", &others[1]);
    free(ours);
    return EXIT_SUCCESS;
}
