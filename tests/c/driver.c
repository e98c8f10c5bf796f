// Does at one handle what its arguments say and prints each answer at once: "login 0 ds1_...". What was printed with 0 was
// acknowledged, whatever happens to this process afterwards.
//   driver FOLDER [policy ITEM VALUE | create NAME PASSWORD | login NAME PASSWORD | peek TOKEN | logout TOKEN |
//                  change NAME OLD NEW TOKEN | reset NAME | backup FOLDER | purge | check | user NAME | sessions | events |
//                  account EVENT | visits COUNT NAME PASSWORD | permits COUNT NAME | permissions NAME | wait | leave]...
// A COUNT of 0: until it is killed.
// The environment says how to open: DRIVER_ADOPT (session_adopt instead), DRIVER_MACHINE (scope), DRIVER_KEY (key_source),
// DRIVER_BUSY (busy_timeout_ms).
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
        CHECK(last == 0 || event.id == last + 1); // purged ones are gone from the start
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

static int32_t reset(const char *name, char *code)
{
    SIZED(session_user, user);
    int32_t status = session_user_find(store, name, &user);
    return status != SESSION_OK ? status : session_password_reset(store, NULL, user.user_id, code, SESSION_CODE_SIZE);
}

static void report(const char *what, int32_t status, char *detail)
{
    if (status >= SESSION_BAD_ARGUMENT)
        session_last_error(detail, SESSION_ERROR_SIZE);
    printf("%s %d %s\n", what, status, detail);
    fflush(stdout);
}

// Logins and logouts, each told, up to the first that fails.
static int32_t visits(int count, const char *name, const char *password)
{
    char token[SESSION_ERROR_SIZE];
    int32_t status = SESSION_OK;
    for (int i = 0; status == SESSION_OK && (count == 0 || i < count); i++) {
        status = login(store, name, password, token);
        report("login", status, token);
        if (status != SESSION_OK)
            break;
        status = session_logout(store, token);
        report("logout", status, token);
    }
    return status;
}

// Writes without a hash between them: a kill finds one under way.
static int32_t permits(int count, const char *name)
{
    char detail[SESSION_ERROR_SIZE];
    SIZED(session_user, user);
    int32_t status = session_user_find(store, name, &user);
    const uint64_t before = user.permissions;
    for (uint64_t i = 1; status == SESSION_OK && (count == 0 || i <= (uint64_t)count); i++) {
        status = session_user_permit(store, NULL, user.user_id, before + i);
        snprintf(detail, sizeof detail, "%llu", (unsigned long long)(before + i));
        report("permit", status, detail);
    }
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
    } else if (is(given[0], "reset")) {
        status = reset(given[1], detail);
        used = 2;
    } else if (is(given[0], "backup")) {
        status = session_backup(store, NULL, given[1]);
        used = 2;
    } else if (is(given[0], "purge")) {
        uint64_t removed;
        status = session_purge(store, &removed);
        snprintf(detail, sizeof detail, "%llu", (unsigned long long)removed);
    } else if (is(given[0], "check")) {
        uint64_t faults;
        status = session_check(store, &faults);
        snprintf(detail, sizeof detail, "%llu", (unsigned long long)faults);
    } else if (is(given[0], "account")) {
        SIZED(session_event, event);
        status = session_event_next(store, atoll(given[1]) - 1, &event);
        memcpy(detail, event.os_account, sizeof event.os_account);
        used = 2;
    } else if (is(given[0], "visits")) {
        status = visits(atoi(given[1]), given[2], given[3]);
        used = 4;
    } else if (is(given[0], "permits")) {
        status = permits(atoi(given[1]), given[2]);
        used = 3;
    } else if (is(given[0], "permissions")) {
        SIZED(session_user, user);
        status = session_user_find(store, given[1], &user);
        snprintf(detail, sizeof detail, "%llu", (unsigned long long)user.permissions);
        used = 2;
    } else if (is(given[0], "wait")) {
        status = getchar() == EOF ? SESSION_OK : SESSION_DONE; // until somebody lets it go on
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
    report(given[0], status, detail);
    return used;
}

static int32_t open_as_told(const char *folder)
{
    SIZED(session_options, options);
    options.scope = getenv("DRIVER_MACHINE") ? SESSION_SCOPE_MACHINE : 0;
    options.key_source = getenv("DRIVER_KEY") ? (uint32_t)atoi(getenv("DRIVER_KEY")) : 0;
    options.busy_timeout_ms = getenv("DRIVER_BUSY") ? (uint32_t)atoi(getenv("DRIVER_BUSY")) : 0;
    return getenv("DRIVER_ADOPT") ? session_adopt(folder, &options, &store) : session_open(folder, &options, &store);
}

int main(int argc, char **argv)
{
    char detail[SESSION_ERROR_SIZE] = "";
    CHECK(argc >= 2);
    int32_t status = open_as_told(argv[1]);
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
