// session_backup and session_check beside what SQLite itself offers for them: VACUUM INTO, made durable, and
// PRAGMA integrity_check, which knows nothing of row MACs, of what belongs together, or of an audit chain.
//
//   upkeep FOLDER [ROUNDS]    a store that `fill` made
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bench.h"

#include <fcntl.h>

static char copy_path[PATH_SIZE], peer_path[PATH_SIZE], plain_path[PATH_SIZE];

static double backup(session_store *store)
{
    double start = now_us();
    SESSION(session_backup(store, NULL, copy_path));
    double spent = now_us() - start;
    CHECK(nftw(copy_path, bench_remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0);
    return spent;
}

static double vacuum_into(sqlite3 *peer)
{
    char statement[PATH_SIZE + 32];
    double start = now_us();
    snprintf(statement, sizeof statement, "VACUUM INTO '%s'", plain_path);
    SQL(sqlite3_exec(peer, statement, NULL, NULL, NULL), SQLITE_OK);
    int file = open(plain_path, O_RDONLY);
    CHECK(file >= 0 && fsync(file) == 0 && close(file) == 0);
    double spent = now_us() - start;
    CHECK(remove(plain_path) == 0);
    return spent;
}

static double check(session_store *store)
{
    uint64_t faults = 1;
    double start = now_us();
    SESSION(session_check(store, &faults));
    double spent = now_us() - start;
    CHECK(faults == 0);
    return spent;
}

static int is_ok(void *whole, int columns, char **values, char **names)
{
    (void)names;
    *(int *)whole = columns == 1 && strcmp(values[0], "ok") == 0;
    return 0;
}

static double integrity_check(sqlite3 *peer)
{
    int whole = 0;
    double start = now_us();
    SQL(sqlite3_exec(peer, "PRAGMA integrity_check", is_ok, &whole, NULL), SQLITE_OK);
    double spent = now_us() - start;
    CHECK(whole);
    return spent;
}

static void print(const char *what, double *ours, double *theirs, size_t rounds)
{
    double *ratio = calloc(rounds, sizeof *ratio);
    CHECK(ratio != NULL);
    for (size_t i = 0; i < rounds; i++) {
        ratio[i] = ours[i] / theirs[i];
    }
    double low = percentile(ratio, rounds, 0), middle = percentile(ratio, rounds, 0.5), high = percentile(ratio, rounds, 1);
    printf("%-8s %8.0f ms %8.0f ms    %5.2f %5.2f %5.2f\n", what, percentile(ours, rounds, 0.5) / 1e3,
           percentile(theirs, rounds, 0.5) / 1e3, low, middle, high);
    free(ratio);
}

int main(int count, char **words)
{
    size_t rounds = (size_t)argument(count, words, 2, 7);
    session_store *store = NULL;
    sqlite3 *peer;
    double *all = calloc(4 * rounds, sizeof *all);
    CHECK(all != NULL && count >= 2);
    bench_start_with_keys();
    SESSION(session_open(words[1], NULL, &store));
    SESSION(session_close(store)); // everything is in store.db
    // The peer works on a copy of the file: two SQLites on one file are a case of its own.
    char database[PATH_SIZE];
    snprintf(database, sizeof database, "%s/store.db", words[1]);
    bench_copy(database, bench_path(peer_path, "peer.db"));
    SQL(sqlite3_open(peer_path, &peer), SQLITE_OK);
    SESSION(session_open(words[1], NULL, &store));
    bench_path(copy_path, "copy");
    bench_path(plain_path, "plain.db");
    for (size_t i = 0; i < rounds; i++) {
        all[i] = backup(store);
        all[rounds + i] = vacuum_into(peer);
        all[2 * rounds + i] = check(store);
        all[3 * rounds + i] = integrity_check(peer);
    }
    struct stat size;
    CHECK(stat(database, &size) == 0);
    printf("Upkeep of a store of %.1f MB, %zu rounds; peer: SQLite %s (VACUUM INTO and fsync; PRAGMA integrity_check).\n",
           (double)size.st_size / 1e6, rounds, sqlite3_libversion());
    printf("             ours        peer    ratio: min, median, max\n");
    print("backup", all, all + rounds, rounds);
    print("check", all + 2 * rounds, all + 3 * rounds, rounds);
    SESSION(session_close(store));
    SQL(sqlite3_close(peer), SQLITE_OK);
    return EXIT_SUCCESS;
}
