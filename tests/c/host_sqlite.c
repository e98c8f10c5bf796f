// The host's own SQLite opens our database, reads it and closes it, again and again, while we and other processes write.
// With POSIX locks such a close drops our locks: commits vanish, and a truncated -shm kills readers by SIGBUS.
//   host_sqlite FOLDER     (linked with the system's SQLite)
#include "child.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#define ROUNDS 20
#define WRITES 25   // of each writer, each round
#define THREADS 2   // that write here
#define CHILDREN 2  // that write elsewhere
#define HOSTS 2     // threads that use the host's SQLite

static const char *folder;
static char database[4096];
static char user_ids[THREADS + CHILDREN][SESSION_ID_SIZE];
static atomic_int over;
static int round_number;

static session_store *open_patiently(void)
{
    session_store *store = NULL;
    SIZED(session_options, options);
    options.busy_timeout_ms = 60000;
    OK(session_open(folder, &options, &store));
    return store;
}

// Every value is another one, so that each call is one commit and one event.
static void write_events(const char *user_id, int round)
{
    session_store *store = open_patiently();
    for (int i = 0; i < WRITES; i++)
        OK(session_user_permit(store, NULL, user_id, (uint64_t)(round * WRITES + i + 1)));
    OK(session_close(store));
}

static void *writer(void *user_id)
{
    write_events(user_id, round_number);
    return NULL;
}

static int64_t ask(sqlite3 *connection, const char *question, int64_t busy)
{
    sqlite3_stmt *statement = NULL;
    int64_t answer = busy;
    int code = sqlite3_prepare_v2(connection, question, -1, &statement, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        answer = sqlite3_column_int64(statement, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        fprintf(stderr, "the host's SQLite: %s\n", sqlite3_errmsg(connection));
        exit(1);
    }
    return answer;
}

// One connection stays open for some reads while others come and go.
static void *host(void *argument)
{
    const int flags = (intptr_t)argument == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int64_t seen = 0;
    sqlite3 *stays = NULL, *passes = NULL;
    while (!atomic_load(&over)) {
        CHECK(sqlite3_open_v2(database, &stays, flags, NULL) == SQLITE_OK);
        for (int i = 0; i < 4; i++) {
            CHECK(sqlite3_open_v2(database, &passes, flags, NULL) == SQLITE_OK);
            int64_t now = ask(passes, "SELECT count(*) FROM audit", seen);
            CHECK(now >= seen);
            seen = now;
            ask(stays, "SELECT count(*) FROM users", 0);
            CHECK(sqlite3_close(passes) == SQLITE_OK);
        }
        CHECK(sqlite3_close(stays) == SQLITE_OK);
    }
    return NULL;
}

static int64_t count_events(session_store *store, uint32_t kind)
{
    int64_t count = 0, last = 0;
    int32_t status;
    SIZED(session_event, event);
    while ((status = session_event_next(store, last, &event)) == SESSION_OK) {
        CHECK(event.id == last + 1);
        last = event.id;
        count += event.kind == kind;
    }
    WANT(SESSION_DONE, status);
    return count;
}

static void one_round(char *program)
{
    pthread_t threads[THREADS];
    struct child children[CHILDREN];
    char number[16];
    snprintf(number, sizeof number, "%d", round_number);
    for (int i = 0; i < CHILDREN; i++)
        children[i] = start_child((char *[]){program, (char *)folder, user_ids[THREADS + i], number, NULL});
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, writer, user_ids[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < CHILDREN; i++)
        finish_child(children[i]);
}

int main(int argc, char **argv)
{
    pthread_t hosts[HOSTS];
    char token[SESSION_TOKEN_SIZE];
    CHECK(argc >= 2);
    folder = argv[1];
    if (argc == 4) {
        write_events(argv[2], atoi(argv[3]));
        return 0;
    }
    snprintf(database, sizeof database, "%s/store.db", folder);

    session_store *store = open_patiently();
    hash_fast(store);
    for (int i = 0; i < THREADS + CHILDREN; i++) {
        char name[16];
        snprintf(name, sizeof name, "User %d", i);
        OK(create(store, name, user_ids[i]));
    }
    OK(login(store, "User 0", PASSWORD, token));
    for (intptr_t i = 0; i < HOSTS; i++)
        CHECK(pthread_create(&hosts[i], NULL, host, (void *)i) == 0);
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        one_round(argv[0]);
        OK(session_verify(store, token, NULL));
        CHECK(count_events(store, SESSION_EVENT_USER_PERMITTED) ==
              (int64_t)(round_number + 1) * WRITES * (THREADS + CHILDREN));
    }
    atomic_store(&over, 1);
    for (int i = 0; i < HOSTS; i++)
        CHECK(pthread_join(hosts[i], NULL) == 0);

    for (int i = 0; i < THREADS + CHILDREN; i++) {
        SIZED(session_user, user);
        OK(session_user_get(store, user_ids[i], &user));
        CHECK(user.permissions == ROUNDS * WRITES);
    }
    OK(session_logout(store, token));
    OK(session_close(store));
    return 0;
}
