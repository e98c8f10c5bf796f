// Many threads on one handle: each gets what it would have got alone.
//   threads FOLDER
#include "thread.h"

#include <stdatomic.h>

#define THREADS 8
#define ROUNDS 6
#define AT_ONCE 10

static session_store *store;
static char user_ids[THREADS][SESSION_ID_SIZE];
static char user_names[THREADS][16];
static char tokens[AT_ONCE][SESSION_TOKEN_SIZE];
static atomic_int calls;

static void start(thread *threads, int count, void *(*body)(void *))
{
    for (intptr_t i = 0; i < count; i++)
        threads[i] = start_thread(body, (void *)i);
}

static void join(const thread *threads, int count)
{
    for (int i = 0; i < count; i++)
        join_thread(threads[i]);
}

static int count_live(const char *user_id)
{
    char after[SESSION_ID_SIZE] = "";
    int live = 0;
    SIZED(session_info, info);
    while (session_next(store, user_id, after[0] ? after : NULL, &info) == SESSION_OK) {
        memcpy(after, info.session_id, sizeof after);
        live += info.state == SESSION_OK;
    }
    return live;
}

static void *mix(void *argument)
{
    const intptr_t me = (intptr_t)argument;
    char token[SESSION_TOKEN_SIZE], detail[SESSION_ERROR_SIZE];
    SIZED(session_info, info);
    for (int round = 0; round < ROUNDS; round++) {
        OK(login(store, user_names[me], PASSWORD, token));
        OK(session_verify(store, token, &info));
        CHECK(strcmp(info.user_id, user_ids[me]) == 0);
        // The error text is this thread's own, whatever the others do.
        WANT(SESSION_BAD_ARGUMENT, session_verify(store, NULL, NULL));
        OK(session_last_error(detail, sizeof detail));
        CHECK(detail[0] != '\0');
        CHECK(count_live(NULL) >= 1 && count_live(user_ids[me]) == 1);
        OK(session_logout(store, token));
        WANT(SESSION_LOGGED_OUT, session_verify(store, token, NULL));
        CHECK(count_live(user_ids[me]) == 0);
    }
    return NULL;
}

// Ten impatient clicks with the right password: nobody is locked out, nobody is refused.
static void *click(void *argument)
{
    OK(login(store, user_names[0], PASSWORD, tokens[(intptr_t)argument]));
    return NULL;
}

// Calls until the handle is gone. Anything but a right answer or BAD_HANDLE is a broken promise.
static void *until_closed(void *argument)
{
    const intptr_t me = (intptr_t)argument;
    char token[SESSION_TOKEN_SIZE];
    int32_t status;
    do {
        status = me == 0 ? login(store, user_names[1], PASSWORD, token) : session_verify(store, tokens[me], NULL);
        if (status != SESSION_OK)
            WANT(SESSION_BAD_HANDLE, status);
        atomic_fetch_add(&calls, 1);
    } while (status == SESSION_OK);
    return NULL;
}

int main(int argc, char **argv)
{
    thread threads[AT_ONCE];
    SIZED(session_user, user);
    CHECK(argc == 2);
    store = open_store(argv[1]);
    hash_fast(store);
    for (int i = 0; i < THREADS; i++) {
        snprintf(user_names[i], sizeof user_names[i], "User %d", i);
        OK(create(store, user_names[i], user_ids[i]));
    }

    start(threads, THREADS, mix);
    join(threads, THREADS);

    start(threads, AT_ONCE, click);
    join(threads, AT_ONCE);
    for (int i = 0; i < AT_ONCE; i++)
        OK(session_verify(store, tokens[i], NULL));
    OK(session_user_get(store, user_ids[0], &user));
    CHECK(user.failures == 0 && user.live_sessions == AT_ONCE);

    start(threads, THREADS, until_closed);
    while (atomic_load(&calls) < 20 * THREADS)
        let_others_run();
    OK(session_close(store));
    join(threads, THREADS);
    return 0;
}
