// session_verify beside what a careful C programmer writes by hand: decode the token, hash its secret, one prepared SELECT,
// constant-time compare, expiry. The hand-written one checks no idle limit, no revocation, no row MAC, no clock.
//
//   verify FOLDER TOKENS [ROUNDS]     a store that `fill` made; XDG_DATA_HOME as it was then
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bench.h"

#include <pthread.h>
#include <sys/wait.h>

enum { ID = 16, SECRET = 32, PREFIX = 4, SAMPLE = 10000 };

struct owner {
    unsigned char user_id[ID];
    char name[SESSION_NAME_SIZE];
    int64_t expires;
};

struct sides {
    session_store *store;
    sqlite3 *peer;
    sqlite3_stmt *select;
};

static bench_token *tokens; // shuffled: the first of them are a sample
static size_t sessions, sample, rounds;

/* ---- the hand-written one ---- */

static int decode(const char *token, unsigned char out[ID + SECRET])
{
    size_t length = 0;
    return strncmp(token, "ds1_", PREFIX) == 0 &&
           sodium_base642bin(out, ID + SECRET, token + PREFIX, strlen(token + PREFIX), NULL, &length, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           length == ID + SECRET;
}

static int peer_verify(sqlite3_stmt *select, const char *token, struct owner *owner)
{
    unsigned char raw[ID + SECRET], hash[crypto_hash_sha256_BYTES];
    struct timespec now;
    int yes = 0;
    if (!decode(token, raw)) {
        return 0;
    }
    crypto_hash_sha256(hash, raw + ID, SECRET);
    clock_gettime(CLOCK_REALTIME, &now);
    sqlite3_bind_blob(select, 1, raw, ID, SQLITE_STATIC);
    if (sqlite3_step(select) == SQLITE_ROW && sqlite3_column_bytes(select, 0) == ID &&
        sqlite3_column_bytes(select, 1) == (int)sizeof hash) {
        const unsigned char *name = sqlite3_column_text(select, 3);
        owner->expires = sqlite3_column_int64(select, 2);
        yes = sodium_memcmp(sqlite3_column_blob(select, 1), hash, sizeof hash) == 0 &&
              owner->expires > (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 && sqlite3_column_int(select, 4) == 1 &&
              name != NULL && (size_t)sqlite3_column_bytes(select, 3) < sizeof owner->name;
        if (yes) {
            memcpy(owner->user_id, sqlite3_column_blob(select, 0), ID);
            strcpy(owner->name, (const char *)name);
        }
    }
    sqlite3_reset(select);
    sqlite3_clear_bindings(select);
    sodium_memzero(raw, sizeof raw);
    return yes;
}

/* ---- the same rows on both sides ---- */

static void uuid_bytes(const char *text, unsigned char id[ID])
{
    size_t length = 0;
    CHECK(sodium_hex2bin(id, ID, text, strlen(text), "-", &length, NULL) == 0 && length == ID);
}

static void shuffle(size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t other = randombytes_uniform((uint32_t)i + 1);
        order[i] = order[other];
        order[other] = i;
    }
}

static void shuffle_tokens(void)
{
    char keep[SESSION_TOKEN_SIZE];
    for (size_t i = sessions - 1; i > 0; i--) {
        size_t other = randombytes_uniform((uint32_t)i + 1);
        memcpy(keep, tokens[i], sizeof keep);
        memcpy(tokens[i], tokens[other], sizeof keep);
        memcpy(tokens[other], keep, sizeof keep);
    }
}

// What the store knows of each token.
static void fill_peer(const char *folder)
{
    sqlite3 *peer = bench_peer("peer.db");
    sqlite3_stmt *user, *session;
    session_store *store = NULL;
    SESSION(session_open(folder, NULL, &store));
    SQL(sqlite3_exec(peer,
                     "CREATE TABLE users(id BLOB PRIMARY KEY, name TEXT, enabled INTEGER);"
                     "CREATE TABLE sessions(id BLOB PRIMARY KEY, user_id BLOB, hash BLOB, expires INTEGER);"
                     "CREATE TABLE floor(id BLOB PRIMARY KEY, hash BLOB) WITHOUT ROWID;"
                     "BEGIN",
                     NULL, NULL, NULL),
        SQLITE_OK);
    SQL(sqlite3_prepare_v2(peer, "INSERT OR IGNORE INTO users VALUES (?1, ?2, 1)", -1, &user, NULL), SQLITE_OK);
    SQL(sqlite3_prepare_v2(peer, "INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)", -1, &session, NULL), SQLITE_OK);
    for (size_t i = 0; i < sessions; i++) {
        unsigned char raw[ID + SECRET], hash[crypto_hash_sha256_BYTES], user_id[ID];
        session_info info = {.size = sizeof info};
        SESSION(session_peek(store, tokens[i], &info));
        CHECK(decode(tokens[i], raw));
        crypto_hash_sha256(hash, raw + ID, SECRET);
        uuid_bytes(info.user_id, user_id);
        sqlite3_bind_blob(user, 1, user_id, ID, SQLITE_TRANSIENT);
        sqlite3_bind_text(user, 2, info.user_name, -1, SQLITE_TRANSIENT);
        SQL(sqlite3_step(user), SQLITE_DONE);
        SQL(sqlite3_reset(user), SQLITE_OK);
        sqlite3_bind_blob(session, 1, raw, ID, SQLITE_TRANSIENT);
        sqlite3_bind_blob(session, 2, user_id, ID, SQLITE_TRANSIENT);
        sqlite3_bind_blob(session, 3, hash, sizeof hash, SQLITE_TRANSIENT);
        sqlite3_bind_int64(session, 4, info.expires_at);
        SQL(sqlite3_step(session), SQLITE_DONE);
        SQL(sqlite3_reset(session), SQLITE_OK);
    }
    sqlite3_finalize(user);
    sqlite3_finalize(session);
    SQL(sqlite3_exec(peer, "INSERT INTO floor SELECT id, hash FROM sessions", NULL, NULL, NULL), SQLITE_OK);
    SQL(sqlite3_exec(peer, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    SQL(sqlite3_close(peer), SQLITE_OK);
    SESSION(session_close(store));
}

static struct sides open_sides(const char *folder)
{
    struct sides sides = {.store = NULL};
    SESSION(session_open(folder, NULL, &sides.store));
    sides.peer = bench_peer("peer.db");
    SQL(sqlite3_prepare_v2(sides.peer,
                           "SELECT s.user_id, s.hash, s.expires, u.name, u.enabled FROM sessions s"
                           " JOIN users u ON u.id = s.user_id WHERE s.id = ?1",
                           -1, &sides.select, NULL),
        SQLITE_OK);
    return sides;
}

static void close_sides(struct sides *sides)
{
    sqlite3_finalize(sides->select);
    SQL(sqlite3_close(sides->peer), SQLITE_OK);
    SESSION(session_close(sides->store));
}

// Both say yes to every token of the sample, of the same user, and no to one with another secret. A peer that errs is no measure.
static void compare_sides(const struct sides *sides)
{
    for (size_t i = 0; i < sample; i++) {
        char forged[SESSION_TOKEN_SIZE];
        unsigned char user_id[ID];
        session_info info = {.size = sizeof info};
        struct owner owner;
        SESSION(session_verify(sides->store, tokens[i], &info));
        CHECK(peer_verify(sides->select, tokens[i], &owner));
        uuid_bytes(info.user_id, user_id);
        CHECK(memcmp(user_id, owner.user_id, ID) == 0 && strcmp(info.user_name, owner.name) == 0);
        strcpy(forged, tokens[i]);
        forged[40] = forged[40] == 'A' ? 'B' : 'A';
        CHECK(session_verify(sides->store, forged, &info) == SESSION_UNKNOWN);
        CHECK(!peer_verify(sides->select, forged, &owner));
    }
}

// So that no verify of the next minute has activity to write: ours does that now and then, the peer never.
static void touch_all(const char *folder)
{
    session_store *store = NULL;
    session_info info = {.size = sizeof info};
    SESSION(session_open(folder, NULL, &store));
    for (size_t i = 0; i < sample; i++) {
        SESSION(session_verify(store, tokens[i], &info));
    }
    SESSION(session_close(store));
}

/* ---- measuring ---- */

static void measure_ours(const struct sides *sides, const size_t *order, double *samples, size_t calls)
{
    session_info info = {.size = sizeof info};
    for (size_t i = 0; i < calls; i++) {
        double start = now_us();
        int32_t status = session_verify(sides->store, tokens[order[i]], &info);
        samples[i] = now_us() - start;
        CHECK(status == SESSION_OK);
    }
}

static void measure_peer(const struct sides *sides, const size_t *order, double *samples, size_t calls)
{
    struct owner owner;
    for (size_t i = 0; i < calls; i++) {
        double start = now_us();
        int yes = peer_verify(sides->select, tokens[order[i]], &owner);
        samples[i] = now_us() - start;
        CHECK(yes);
    }
}

/* ---- the floor: what nobody gets below ---- */

// One HMAC of a token, and the walk to its row in one B-tree, inside a read transaction that is open already.
static void measure_floor(size_t calls, double *hmac, double *walk)
{
    double *samples = calloc(2 * calls, sizeof *samples);
    sqlite3 *peer = bench_peer("peer.db");
    sqlite3_stmt *select;
    crypto_auth_hmacsha256_state keyed;
    unsigned char raw[ID + SECRET], tag[crypto_auth_hmacsha256_BYTES];
    CHECK(samples != NULL);
    crypto_auth_hmacsha256_init(&keyed, (const unsigned char *)"any key", 7);
    SQL(sqlite3_exec(peer, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    SQL(sqlite3_prepare_v2(peer, "SELECT hash FROM floor WHERE id = ?1", -1, &select, NULL), SQLITE_OK);
    for (size_t i = 0; i < calls; i++) {
        CHECK(decode(tokens[i], raw));
        double start = now_us();
        crypto_auth_hmacsha256_state state = keyed;
        crypto_auth_hmacsha256_update(&state, raw, sizeof raw);
        crypto_auth_hmacsha256_final(&state, tag);
        double middle = now_us();
        sqlite3_bind_blob(select, 1, raw, ID, SQLITE_STATIC);
        CHECK(sqlite3_step(select) == SQLITE_ROW && sqlite3_column_bytes(select, 0) == crypto_hash_sha256_BYTES);
        sqlite3_reset(select);
        samples[i] = middle - start;
        samples[calls + i] = now_us() - middle;
    }
    *hmac = percentile(samples, calls, 0.5);
    *walk = percentile(samples + calls, calls, 0.5);
    sqlite3_finalize(select);
    SQL(sqlite3_close(peer), SQLITE_OK);
    free(samples);
}

struct result {
    double *ours_p50, *ours_p99, *peer_p50, *peer_p99, *ratio;
};

static void measure(const struct sides *sides, const size_t *order, double *samples, size_t calls, size_t round,
                    struct result *result)
{
    for (size_t turn = 0; turn < 2; turn++) {
        if ((round + turn) % 2 == 0) { // who goes first changes every round
            measure_ours(sides, order, samples, calls);
            result->ours_p50[round] = percentile(samples, calls, 0.5);
            result->ours_p99[round] = percentile(samples, calls, 0.99);
        } else {
            measure_peer(sides, order, samples, calls);
            result->peer_p50[round] = percentile(samples, calls, 0.5);
            result->peer_p99[round] = percentile(samples, calls, 0.99);
        }
    }
    result->ratio[round] = result->ours_p50[round] / result->peer_p50[round];
}

static void *array(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    CHECK(memory != NULL);
    return memory;
}

static struct result results(void)
{
    double *all = array(5 * rounds, sizeof *all);
    return (struct result){all, all + rounds, all + 2 * rounds, all + 3 * rounds, all + 4 * rounds};
}

/* ---- two threads on one handle, everything remembered ---- */

enum { THREAD_CALLS = 200000 };

struct worker {
    const struct sides *sides;
    size_t start;
};

static void *work(void *argument)
{
    const struct worker *worker = argument;
    session_info info = {.size = sizeof info};
    for (size_t i = 0; i < THREAD_CALLS; i++) {
        CHECK(session_verify(worker->sides->store, tokens[(worker->start + 7 * i) % sample], &info) == SESSION_OK);
    }
    return NULL;
}

// Calls in so much time, with so many threads, beside one.
static double throughput(const struct sides *sides, size_t threads)
{
    pthread_t ids[2];
    struct worker workers[2];
    double start = now_us();
    for (size_t i = 0; i < threads; i++) {
        workers[i] = (struct worker){sides, i * sample / 2};
        CHECK(pthread_create(&ids[i], NULL, work, &workers[i]) == 0);
    }
    for (size_t i = 0; i < threads; i++) {
        CHECK(pthread_join(ids[i], NULL) == 0);
    }
    return (double)threads / (now_us() - start);
}

static void two_threads(const char *folder)
{
    enum { TURNS = 7 };
    double ratio[TURNS];
    struct sides sides = open_sides(folder);
    for (size_t turn = 0; turn < TURNS; turn++) {
        double one = throughput(&sides, 1);
        ratio[turn] = throughput(&sides, 2) / one;
    }
    close_sides(&sides);
    double median = percentile(ratio, TURNS, 0.5);
    printf("2 threads, warm: throughput of one thread times (min, median, max) %.2f %.2f %.2f   bar >= 1.80 %s\n", ratio[0], median,
           ratio[TURNS - 1], median >= 1.8 ? "met" : "missed");
}

static void print(const char *what, const struct result *result, double bar)
{
    double median = percentile(result->ratio, rounds, 0.5);
    printf("%-5s %8.2f %8.2f   %8.2f %8.2f   %7.2f %6.2f %6.2f   %4.2f %s\n", what,
           percentile(result->ours_p50, rounds, 0.5), percentile(result->ours_p99, rounds, 0.5),
           percentile(result->peer_p50, rounds, 0.5), percentile(result->peer_p99, rounds, 0.5),
           result->ratio[0], median, result->ratio[rounds - 1], bar, median <= bar ? "met" : "missed");
}

/* ---- after another process has written ---- */

enum { WRITES = 500 };

// Changes a policy item that no session depends on, each time it is told to.
static void writer(const char *folder, int told, int tell)
{
    session_store *store = NULL;
    char word;
    SESSION(session_open(folder, NULL, &store));
    for (int64_t i = 0; read(told, &word, 1) == 1; i++) {
        SESSION(session_policy_set(store, NULL, SESSION_POLICY_AUDIT_KEEP_MS, 86400000000 + i));
        CHECK(write(tell, &word, 1) == 1);
    }
    SESSION(session_close(store));
}

static void after_a_write(const char *folder)
{
    int there[2], back[2], state;
    double samples[WRITES];
    char word = 0;
    CHECK(pipe(there) == 0 && pipe(back) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(there[1]);
        writer(folder, there[0], back[1]);
        _exit(EXIT_SUCCESS);
    }
    close(there[0]);
    close(back[1]);
    session_store *store = NULL;
    session_info info = {.size = sizeof info};
    SESSION(session_open(folder, NULL, &store));
    for (size_t i = 0; i < WRITES; i++) {
        const char *token = tokens[i % sample];
        SESSION(session_verify(store, token, &info));
        CHECK(write(there[1], &word, 1) == 1 && read(back[0], &word, 1) == 1);
        double start = now_us();
        int32_t status = session_verify(store, token, &info);
        samples[i] = now_us() - start;
        CHECK(status == SESSION_OK);
    }
    SESSION(session_close(store));
    CHECK(close(there[1]) == 0 && waitpid(child, &state, 0) == child && state == 0);
    printf("first verify after another process's write: %.1f us (p50 of %d), p99 %.1f\n", percentile(samples, WRITES, 0.5), WRITES,
           percentile(samples, WRITES, 0.99));
}

int main(int count, char **words)
{
    CHECK(count >= 3);
    rounds = (size_t)argument(count, words, 3, 21);
    const char *folder = words[1];
    bench_start_with_keys();
    tokens = bench_tokens(words[2], &sessions);
    shuffle_tokens();
    sample = sessions < SAMPLE ? sessions : SAMPLE;
    size_t *once = array(sample, sizeof *once), *any = array(SAMPLE, sizeof *any);
    double *samples = array(SAMPLE, sizeof *samples);
    struct result cold = results(), warm = results();

    after_a_write(folder); // forks: before anything is open here
    fill_peer(folder);
    struct sides sides = open_sides(folder);
    compare_sides(&sides);
    close_sides(&sides);

    for (size_t round = 0; round < rounds; round++) {
        touch_all(folder);
        shuffle(once, sample);
        for (size_t i = 0; i < SAMPLE; i++) {
            any[i] = randombytes_uniform((uint32_t)sample);
        }
        sides = open_sides(folder);
        measure(&sides, once, samples, sample, round, &cold);
        measure(&sides, any, samples, SAMPLE, round, &warm);
        close_sides(&sides);
    }

    printf("session_verify, %zu sessions, %zu rounds; desksession %s, peer: libsodium %s and SQLite %s\n", sessions, rounds,
           session_version(), sodium_version_string(), sqlite3_libversion());
    printf("cold: %zu tokens once after opening; warm: %d calls at random after that.\n", sample, SAMPLE);
    printf("Microseconds, medians over the rounds; ratio = p50 of ours / p50 of the peer's in the same round.\n");
    printf("      ours p50      p99   peer p50      p99    ratio: min, median, max   bar\n");
    print("cold", &cold, 1.5);
    print("warm", &warm, 0.5);
    double hmac, walk;
    measure_floor(sample, &hmac, &walk);
    printf("floor: one HMAC %.2f us, and a walk of one B-tree %.2f us\n", hmac, walk);
    two_threads(folder);
    return EXIT_SUCCESS;
}
