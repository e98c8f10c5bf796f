// session_open of a store that exists, beside a bare sqlite3_open of the same file with the same pragmas and one SELECT.
//
//   open FOLDER [ROUNDS]     a store that `fill` made; XDG_DATA_HOME as it was then
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bench.h"

enum { OPENINGS = 25 }; // in a round

static double *samples;

static double ours(const char *folder)
{
    for (size_t i = 0; i < OPENINGS; i++) {
        session_store *store = NULL;
        double start = now_us();
        int32_t status = session_open(folder, NULL, &store);
        samples[i] = now_us() - start;
        SESSION(status);
        SESSION(session_close(store));
    }
    return percentile(samples, OPENINGS, 0.5);
}

// What src/store/sqlite/connection.rs sets, and the first look, which opens the WAL.
static const char pragmas[] =
    "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
    "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = OFF;"
    "PRAGMA journal_size_limit = 4194304; SELECT count(*) FROM meta";

static double peers(const char *path)
{
    for (size_t i = 0; i < OPENINGS; i++) {
        sqlite3 *peer = NULL;
        int keep = 1;
        double start = now_us();
        SQL(sqlite3_open_v2(path, &peer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), SQLITE_OK);
        SQL(sqlite3_exec(peer, pragmas, NULL, NULL, NULL), SQLITE_OK);
        samples[i] = now_us() - start;
        SQL(sqlite3_file_control(peer, "main", SQLITE_FCNTL_PERSIST_WAL, &keep), SQLITE_OK);
        SQL(sqlite3_db_config(peer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), SQLITE_OK);
        SQL(sqlite3_close(peer), SQLITE_OK);
    }
    return percentile(samples, OPENINGS, 0.5);
}

int main(int count, char **words)
{
    size_t rounds = (size_t)argument(count, words, 2, 21);
    double *all = calloc(3 * rounds + OPENINGS, sizeof *all);
    CHECK(all != NULL && count >= 2);
    double *us = all, *them = all + rounds, *ratio = all + 2 * rounds;
    samples = all + 3 * rounds;
    bench_start_with_keys();
    ours(words[1]); // and everything is in store.db afterwards
    // The peer works on a copy of the file: two SQLites on one file are a case of its own.
    char from[PATH_SIZE], to[PATH_SIZE];
    snprintf(from, sizeof from, "%s/store.db", words[1]);
    bench_copy(from, bench_path(to, "peer.db"));
    peers(to);
    for (size_t round = 0; round < rounds; round++) {
        us[round] = ours(words[1]);
        them[round] = peers(to);
        ratio[round] = us[round] / them[round];
    }
    double open = percentile(us, rounds, 0.5), worst = percentile(us, rounds, 1), middle = percentile(ratio, rounds, 0.5);
    printf("session_open, %zu rounds of %d openings; peer: SQLite %s\n", rounds, OPENINGS, sqlite3_libversion());
    printf("      ours p50   peer p50    ratio: min, median, max   bars\n");
    printf("open  %8.0f   %8.0f us    %5.2f %6.2f %6.2f   3.00 %s, 50 ms %s\n", open, percentile(them, rounds, 0.5), ratio[0],
           middle, ratio[rounds - 1], middle <= 3 ? "met" : "missed", worst <= 50e3 ? "met" : "missed");
    return EXIT_SUCCESS;
}
