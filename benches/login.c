// session_login beside what it cannot do without: libsodium's argon2id with the same memory and passes, and two durable
// commits of the system's SQLite (one pays for the attempt before the password is checked, one is the session).
// On Linux also what memory a login takes at its peak, and what of it is not given back.
//
//   login [ROUNDS]
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bench.h"

static const char password[] = "nine quiet otters swim";

struct cost {
    const char *name;
    int64_t memory_kib, passes;
};

static void set_cost(session_store *store, const struct cost *cost)
{
    SESSION(session_policy_set(store, NULL, SESSION_POLICY_KDF_MEMORY_KIB, cost->memory_kib));
    SESSION(session_policy_set(store, NULL, SESSION_POLICY_KDF_PASSES, cost->passes));
}

static double measure_login(session_store *store, const char *name)
{
    char token[SESSION_TOKEN_SIZE];
    session_info info = {.size = sizeof info};
    double start = now_us();
    int32_t status = session_login(store, name, password, strlen(password), NULL, token, sizeof token, &info);
    double spent = now_us() - start;
    SESSION(status);
    SESSION(session_logout(store, token));
    return spent;
}

static double measure_hash(const struct cost *cost)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = "fifteen letters";
    unsigned char hash[32];
    double start = now_us();
    int failed = crypto_pwhash(hash, sizeof hash, password, strlen(password), salt, (unsigned long long)cost->passes,
                               (size_t)cost->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
    double spent = now_us() - start;
    CHECK(!failed);
    return spent;
}

static double measure_commits(sqlite3_stmt *insert)
{
    double start = now_us();
    for (int i = 0; i < 2; i++) {
        SQL(sqlite3_step(insert), SQLITE_DONE);
        SQL(sqlite3_reset(insert), SQLITE_OK);
    }
    return now_us() - start;
}

// A field of /proc/self/status in MiB; below 0 where there is none.
static double status_mib(const char *field)
{
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    if (file == NULL)
        return -1;
    while (kib == 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtol(line + strlen(field), NULL, 10);
    fclose(file);
    return (double)kib / 1024;
}

// Makes the peak so far the present: VmHWM begins anew.
static int forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    return file != NULL && (fputs("5", file) >= 0) + (fclose(file) == 0) == 2;
}

// The worst of the rounds. Whoever frees memory late would look well in a median.
static void measure_memory(session_store *store, const struct cost *cost, size_t rounds)
{
    const double parameters = (double)cost->memory_kib / 1024, most = parameters + 8, left = 4;
    double peak = 0, after = 0;
    for (size_t round = 0; round < rounds; round++) {
        double before = status_mib("VmRSS:");
        if (before < 0 || !forget_peak()) {
            printf("%-15s not measured: no /proc/self/status and clear_refs here\n", cost->name);
            return;
        }
        measure_login(store, cost->name);
        double above = status_mib("VmHWM:") - before, kept = status_mib("VmRSS:") - before;
        peak = above > peak ? above : peak;
        after = kept > after ? kept : after;
    }
    printf("%-15s %10.1f  %10.1f %5.1f %-6s   %10.1f %5.1f %s\n", cost->name, parameters, peak, most,
           peak <= most ? "met" : "missed", after, left, after <= left ? "met" : "missed");
}

static void measure(session_store *store, sqlite3_stmt *insert, const struct cost *cost, size_t rounds)
{
    double *all = calloc(4 * rounds, sizeof *all);
    CHECK(all != NULL);
    double *login = all, *hash = all + rounds, *commits = all + 2 * rounds, *ratio = all + 3 * rounds;
    char id[SESSION_ID_SIZE];

    set_cost(store, cost);
    SESSION(session_user_create(store, NULL, cost->name, password, strlen(password), id, sizeof id));
    measure_login(store, cost->name); // both have touched their memory once before it counts
    measure_hash(cost);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t turn = 0; turn < 2; turn++) { // who goes first changes every round
            if ((round + turn) % 2 == 0) {
                login[round] = measure_login(store, cost->name);
            } else {
                hash[round] = measure_hash(cost);
                commits[round] = measure_commits(insert);
            }
        }
        ratio[round] = login[round] / (hash[round] + commits[round]);
    }
    double median = percentile(ratio, rounds, 0.5);
    printf("%-15s %8.2f %8.2f   %9.2f  %11.2f   %7.2f %6.2f %6.2f   %4.2f %s\n", cost->name,
           percentile(login, rounds, 0.5) / 1e3, percentile(login, rounds, 0.99) / 1e3,
           percentile(hash, rounds, 0.5) / 1e3, percentile(commits, rounds, 0.5) / 1e3, ratio[0], median,
           ratio[rounds - 1], 1.1, median <= 1.1 ? "met" : "missed");
    free(all);
}

int main(int count, char **words)
{
    // The cheaper one first: a stored hash below the policy is made anew at login, which would be measured too.
    static const struct cost costs[] = {{"19 MiB passes 2", 19456, 2}, {"64 MiB passes 3", 65536, 3}};
    size_t rounds = (size_t)argument(count, words, 1, 21);
    char folder[PATH_SIZE];
    session_store *store = NULL;
    sqlite3_stmt *insert;

    bench_start();
    SESSION(session_open(bench_path(folder, "store"), NULL, &store));
    sqlite3 *peer = bench_peer("peer.db");
    SQL(sqlite3_exec(peer, "CREATE TABLE t(id INTEGER PRIMARY KEY, row BLOB)", NULL, NULL, NULL), SQLITE_OK);
    SQL(sqlite3_prepare_v2(peer, "INSERT INTO t(row) VALUES (randomblob(200))", -1, &insert, NULL), SQLITE_OK);

    printf("session_login, %zu rounds; desksession %s, peer: argon2id of libsodium %s, two commits of SQLite %s\n", rounds,
           session_version(), sodium_version_string(), sqlite3_libversion());
    printf("Milliseconds, medians over the rounds; ratio = ours / (hash + two commits) of the same round.\n");
    printf("                ours p50      p99   peer hash  two commits    ratio: min, median, max   bar\n");
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        measure(store, insert, &costs[i], rounds);
    }
    // Under the policy that each user was created with: see above.
    printf("\nMebibytes of resident memory above what there was before the login, the worst of %zu rounds.\n", rounds);
    printf("                parameters        peak   bar              after   bar\n");
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        set_cost(store, &costs[i]);
        measure_memory(store, &costs[i], rounds);
    }
    sqlite3_finalize(insert);
    SQL(sqlite3_close(peer), SQLITE_OK);
    SESSION(session_close(store));
    return EXIT_SUCCESS;
}
