// Does at one handle what its arguments say and prints each answer at once: "login 0 ds1_...". What was printed with 0 was
// acknowledged, whatever happens to this process afterwards.
//   driver FOLDER [policy ITEM VALUE | create NAME PASSWORD | login NAME PASSWORD | peek TOKEN | logout TOKEN |
//                  change NAME OLD NEW TOKEN | user NAME | sessions | events]...
#include "check.h"

#include <unistd.h>

static session_store *store;

static int is(const char *word, const char *wanted)
{
    return strcmp(word, wanted) == 0;
}

static int32_t count_events(char *detail, size_t size)
{
    int64_t last = 0, attempts = 0;
    int32_t status;
    SIZED(session_event, event);
    while ((status = session_event_next(store, last, &event)) == SESSION_OK) {
        CHECK(event.id == last + 1);
        last = event.id;
        attempts += event.kind == SESSION_EVENT_LOGIN_ATTEMPT;
    }
    snprintf(detail, size, "%lld %lld", (long long)last, (long long)attempts);
    return status;
}

static int32_t count_sessions(char *detail, size_t size)
{
    char after[SESSION_ID_SIZE] = "";
    int count = 0, live = 0;
    int32_t status;
    SIZED(session_info, info);
    while ((status = session_next(store, NULL, after[0] ? after : NULL, &info)) == SESSION_OK) {
        memcpy(after, info.session_id, sizeof after);
        CHECK(info.flags == 0);
        count++;
        live += info.state == SESSION_OK;
    }
    snprintf(detail, size, "%d %d", count, live);
    return status;
}

// Returns how many arguments were used.
static int step(char **given)
{
    char detail[SESSION_ERROR_SIZE] = "";
    int32_t status = SESSION_BAD_ARGUMENT;
    int used = 1;
    if (is(given[0], "policy")) {
        status = session_policy_set(store, NULL, (uint32_t)atoi(given[1]), atoll(given[2]));
        used = 3;
    } else if (is(given[0], "create")) {
        status = session_user_create(store, NULL, given[1], given[2], strlen(given[2]), detail, SESSION_ID_SIZE);
        used = 3;
    } else if (is(given[0], "login")) {
        status = login(store, given[1], given[2], detail);
        used = 3;
    } else if (is(given[0], "peek")) {
        status = session_peek(store, given[1], NULL);
        used = 2;
    } else if (is(given[0], "logout")) {
        status = session_logout(store, given[1]);
        used = 2;
    } else if (is(given[0], "change")) {
        status = session_password_change(store, given[1], given[2], strlen(given[2]), given[3], strlen(given[3]), given[4]);
        used = 5;
    } else if (is(given[0], "user")) {
        SIZED(session_user, user);
        status = session_user_find(store, given[1], &user);
        snprintf(detail, sizeof detail, "%u %u", user.failures, user.live_sessions);
        used = 2;
    } else if (is(given[0], "sessions")) {
        status = count_sessions(detail, sizeof detail);
    } else if (is(given[0], "leave")) {
        printf("leave 0 \n");
        fflush(stdout);
        _exit(0); // without a close, as a kill leaves it
    } else if (is(given[0], "events")) {
        status = count_events(detail, sizeof detail);
    }
    if (status >= SESSION_BAD_ARGUMENT)
        session_last_error(detail, sizeof detail);
    printf("%s %d %s\n", given[0], status, detail);
    fflush(stdout);
    return used;
}

int main(int argc, char **argv)
{
    char detail[SESSION_ERROR_SIZE] = "";
    CHECK(argc >= 2);
    int32_t status = session_open(argv[1], NULL, &store);
    session_last_error(detail, sizeof detail);
    printf("open %d %s\n", status, detail);
    fflush(stdout);
    if (status != SESSION_OK)
        return 0;
    for (int at = 2; at < argc;)
        at += step(argv + at);
    status = session_close(store);
    printf("close %d\n", status);
    return 0;
}
