// Everything a careless or hostile caller may pass: the answer is a status, the outputs are clear, nothing changed, the
// host lives. Passwords have a program of their own (passwords.c).
//   misuse FOLDER     (not there yet; for two stores and a file)
#include "every_call.h"

#include <stdint.h>

#define ITEMS 12
#define BAD(call) WANT(SESSION_BAD_ARGUMENT, call)

static session_store *store;
static char paths[3][4096];  // the store, another store, a file
static char *const other_folder = paths[1];
static const size_t length = sizeof PASSWORD - 1;

// What can be seen of the store; taken before and after what must change nothing.
struct picture {
    int64_t policy[ITEMS];
    int64_t users, sessions, live, events;
    session_user anna;
};

static struct picture look(void)
{
    struct picture seen;
    int32_t status;
    SIZED(session_user, user);
    SIZED(session_info, info);
    SIZED(session_event, event);
    memset(&seen, 0, sizeof seen);
    for (uint32_t item = 1; item <= ITEMS; item++)
        OK(session_policy_get(store, item, &seen.policy[item - 1]));
    while ((status = session_user_next(store, seen.users ? user.user_id : NULL, &user)) == SESSION_OK)
        seen.users++;
    WANT(SESSION_DONE, status);
    while ((status = session_next(store, NULL, seen.sessions ? info.session_id : NULL, &info)) == SESSION_OK) {
        seen.sessions++;
        seen.live += info.state == SESSION_OK;
    }
    WANT(SESSION_DONE, status);
    while ((status = session_event_next(store, seen.events, &event)) == SESSION_OK)
        seen.events = event.id;
    WANT(SESSION_DONE, status);
    seen.anna.size = sizeof seen.anna;
    OK(session_user_get(store, who.user_id, &seen.anna));
    return seen;
}

static void bad_handles(void)
{
    char local = 0;
    session_store *closed = open_store(other_folder);
    OK(session_close(closed));
    session_store *const bad[] = {
        NULL, closed, (session_store *)((uintptr_t)store + 1), (session_store *)UINTPTR_MAX,
        (session_store *)(uintptr_t)&local, (session_store *)((uintptr_t)store ^ ((uintptr_t)1 << 20)),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (int call = 0; call < CALLS; call++) {
            WANT(SESSION_BAD_HANDLE, every_call(call, bad[i]));
            check_cleared(call);
        }
        WANT(i == 0 ? SESSION_OK : SESSION_BAD_HANDLE, session_close(bad[i]));
        WANT(i == 0 ? SESSION_OK : SESSION_BAD_HANDLE, session_close(bad[i]));
    }
}

static void null_pointers(void)
{
    char text[SESSION_TOKEN_SIZE] = "x";
    session_store *opened = store;
    session_user user = {.size = sizeof user};
    session_info info = {.size = sizeof info};
    session_event event = {.size = sizeof event};
    int64_t value = 7;

    BAD(session_open(NULL, NULL, &opened));
    CHECK(opened == NULL);
    BAD(session_open(other_folder, NULL, NULL));
    BAD(session_open_app(NULL, NULL, &opened));
    BAD(session_open_app("Till", NULL, NULL));
    BAD(session_app_folder(NULL, 0, text, sizeof text));
    CHECK(text[0] == '\0');
    BAD(session_app_folder("Till", 0, NULL, 4096));

    BAD(session_policy_get(store, SESSION_POLICY_IDLE_MS, NULL));
    text[0] = 'x';
    BAD(session_user_create(store, NULL, NULL, PASSWORD, length, text, sizeof text));
    CHECK(text[0] == '\0');
    BAD(session_user_create(store, NULL, "Dora", NULL, length, text, sizeof text));
    BAD(session_user_create(store, NULL, "Dora", PASSWORD, length, NULL, sizeof text));
    BAD(session_user_get(store, NULL, &user));
    BAD(session_user_get(store, who.user_id, NULL));
    BAD(session_user_find(store, NULL, &user));
    BAD(session_user_find(store, "Anna", NULL));
    BAD(session_user_next(store, NULL, NULL));
    BAD(session_user_rename(store, NULL, NULL, "Dora"));
    BAD(session_user_rename(store, NULL, who.user_id, NULL));
    BAD(session_user_enable(store, NULL, NULL, 0));
    BAD(session_user_permit(store, NULL, NULL, 1));
    BAD(session_user_delete(store, NULL, NULL));
    BAD(session_user_unthrottle(store, NULL, NULL));
    BAD(session_password_check(store, NULL, NULL, length, NULL, NULL));
    OK(session_password_check(store, NULL, PASSWORD, length, NULL, NULL));
    BAD(session_password_change(store, NULL, PASSWORD, length, PASSWORD, length, NULL));
    BAD(session_password_change(store, "Anna", NULL, length, PASSWORD, length, NULL));
    BAD(session_password_change(store, "Anna", PASSWORD, length, NULL, length, NULL));

    text[0] = 'x';
    BAD(session_login(store, NULL, PASSWORD, length, NULL, text, sizeof text, NULL));
    CHECK(text[0] == '\0');
    BAD(session_login(store, "Anna", NULL, length, NULL, text, sizeof text, NULL));
    BAD(session_login(store, "Anna", PASSWORD, length, NULL, NULL, sizeof text, NULL));
    BAD(session_verify(store, NULL, &info));
    BAD(session_peek(store, NULL, &info));
    BAD(session_logout(store, NULL));
    BAD(session_next(store, NULL, NULL, NULL));
    BAD(session_revoke(store, NULL, NULL));
    BAD(session_revoke_user(store, NULL, NULL, NULL, NULL));
    BAD(session_event_next(store, 0, NULL));
    OK(session_purge(store, NULL));

    BAD(session_constant(NULL, &value));
    CHECK(value == 0);
    BAD(session_constant("SESSION_OK", NULL));
    BAD(session_last_error(NULL, 100));
    WANT(SESSION_BUFFER_TOO_SMALL, session_last_error(text, 0));
    CHECK(info.session_id[0] == '\0' && event.id == 0 && user.user_id[0] == '\0');
}

static void short_buffers(void)
{
    const size_t caps[] = {0, 1, SESSION_ID_SIZE - 1};
    char text[SESSION_TOKEN_SIZE], guarded[SESSION_TOKEN_SIZE + 16];
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        size_t cap = caps[i];
        memset(text, 0xAA, sizeof text);
        WANT(SESSION_BUFFER_TOO_SMALL, session_user_create(store, NULL, "Dora", PASSWORD, length, text, cap));
        CHECK(all(text, cap, sizeof text, 0xAA) && (cap == 0 || text[0] == '\0'));
        memset(text, 0xAA, sizeof text);
        WANT(SESSION_BUFFER_TOO_SMALL, session_login(store, "Anna", PASSWORD, length, NULL, text, cap, NULL));
        CHECK(all(text, cap, sizeof text, 0xAA) && (cap == 0 || text[0] == '\0'));
        memset(text, 0xAA, sizeof text);
        WANT(SESSION_BUFFER_TOO_SMALL, session_app_folder("Till", 0, text, cap == SESSION_ID_SIZE - 1 ? 2 : cap));
        CHECK(all(text, cap, sizeof text, 0xAA) && (cap == 0 || text[0] == '\0'));
    }
    WANT(SESSION_BUFFER_TOO_SMALL, session_login(store, "Anna", PASSWORD, length, NULL, text, SESSION_TOKEN_SIZE - 1, NULL));

    // A capacity that lies upwards costs nothing: only what is needed is written.
    memset(guarded, 0xAA, sizeof guarded);
    OK(session_login(store, "Anna", PASSWORD, length, NULL, guarded, SIZE_MAX, NULL));
    CHECK(strlen(guarded) == 68 && all(guarded, SESSION_TOKEN_SIZE, sizeof guarded, 0xAA));
    OK(session_logout(store, guarded));

    // Error texts are cut at a character to what fits.
    BAD(session_constant("x", NULL));
    memset(text, 0xAA, sizeof text);
    WANT(SESSION_BUFFER_TOO_SMALL, session_last_error(text, 3));
    CHECK(strlen(text) <= 2 && all(text, 3, sizeof text, 0xAA));
}

// Runs a call whose struct claims a wrong size: refused, and nothing is written but zeros inside what was claimed.
#define WRONG_SIZES(type, call)                                                                    \
    do {                                                                                           \
        const uint32_t sizes[] = {0, 4, sizeof(type) - 1, sizeof(type) + 1, UINT32_MAX};           \
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {                              \
            union {                                                                                \
                type it;                                                                           \
                unsigned char bytes[sizeof(type) + 64];                                            \
            } given;                                                                               \
            memset(&given, 0xAA, sizeof given);                                                    \
            given.it.size = sizes[i];                                                              \
            BAD(call);                                                                             \
            CHECK(given.it.size == sizes[i]);                                                      \
            for (size_t at = 4; at < sizeof given; at++)                                           \
                CHECK(given.bytes[at] == 0xAA || (given.bytes[at] == 0 && at < sizeof(type)));     \
        }                                                                                          \
    } while (0)

static void wrong_sizes(void)
{
    char token[SESSION_TOKEN_SIZE];
    session_store *opened = NULL;
    WRONG_SIZES(session_options, session_open(other_folder, &given.it, &opened));
    WRONG_SIZES(session_options, session_open_app("Till", &given.it, &opened));
    WRONG_SIZES(session_login_options, session_login(store, "Anna", PASSWORD, length, &given.it, token, sizeof token, NULL));
    WRONG_SIZES(session_info, session_login(store, "Anna", PASSWORD, length, NULL, token, sizeof token, &given.it));
    CHECK(token[0] == '\0');
    WRONG_SIZES(session_info, session_verify(store, who.token, &given.it));
    WRONG_SIZES(session_info, session_peek(store, who.token, &given.it));
    WRONG_SIZES(session_info, session_next(store, NULL, NULL, &given.it));
    WRONG_SIZES(session_user, session_user_get(store, who.user_id, &given.it));
    WRONG_SIZES(session_user, session_user_find(store, "Anna", &given.it));
    WRONG_SIZES(session_user, session_user_next(store, NULL, &given.it));
    WRONG_SIZES(session_event, session_event_next(store, 0, &given.it));
}

static void policy_extremes(void)
{
    // The ends of each item's range, as the header gives them.
    const int64_t years = 10LL * 365 * 24 * 60 * 60 * 1000;
    const struct { int64_t least, most; } range[ITEMS] = {
        {1, years}, {1, years}, {1, years}, {1, years}, {8, 64}, {19456, 262144}, {2, 10}, {0, 100},
        {1000, 24 * 60 * 60 * 1000}, {0, 10000}, {0, years}, {0, years},
    };
    for (uint32_t item = 1; item <= ITEMS; item++) {
        const int64_t bad[] = {INT64_MIN, INT64_MIN + 1, -1, range[item - 1].least - 1, 2 * years, INT64_MAX - 1, INT64_MAX};
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            BAD(session_policy_set(store, NULL, item, bad[i]));
    }
    const uint32_t unknown[] = {0, ITEMS + 1, 1u << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        int64_t value = 7;
        BAD(session_policy_get(store, unknown[i], &value));
        CHECK(value == 0);
        BAD(session_policy_set(store, NULL, unknown[i], 1000));
    }
    SIZED(session_event, event);
    WANT(SESSION_DONE, session_event_next(store, INT64_MAX, &event));
    BAD(session_event_next(store, -1, &event));
    BAD(session_event_next(store, INT64_MIN, &event));
    CHECK(event.id == 0 && event.at == 0);
}

static void strange_text(char *megabyte)
{
    const char *const no_ids[] = {"", "x", "\xFF\xFE", "00000000-0000-0000-0000-000000000000", who.token, megabyte};
    const char *const no_tokens[] = {"", "ds1_", "\xFF\xFE", who.user_id, megabyte, "ds1_????????????????????????????????????"};
    for (size_t i = 0; i < sizeof no_ids / sizeof no_ids[0]; i++) {
        const char *id = no_ids[i];
        const int32_t wanted = (unsigned char)id[0] == 0xFF ? SESSION_BAD_ARGUMENT : SESSION_USER_UNKNOWN;
        session_user user = {.size = sizeof user};
        WANT(wanted, session_user_get(store, id, &user));
        WANT(wanted, session_user_rename(store, NULL, id, "Dora"));
        WANT(wanted, session_user_enable(store, NULL, id, 0));
        WANT(wanted, session_user_permit(store, NULL, id, 1));
        WANT(wanted, session_user_delete(store, NULL, id));
        WANT(wanted, session_user_unthrottle(store, NULL, id));
        WANT(wanted, session_revoke_user(store, NULL, id, NULL, NULL));
        WANT(wanted == SESSION_BAD_ARGUMENT ? wanted : SESSION_UNKNOWN, session_revoke(store, NULL, id));
        CHECK(user.user_id[0] == '\0');
    }
    for (size_t i = 0; i < sizeof no_tokens / sizeof no_tokens[0]; i++) {
        const int32_t wanted = (unsigned char)no_tokens[i][0] == 0xFF ? SESSION_BAD_ARGUMENT : SESSION_UNKNOWN;
        session_info info = {.size = sizeof info};
        WANT(wanted, session_verify(store, no_tokens[i], &info));
        WANT(wanted, session_peek(store, no_tokens[i], &info));
        WANT(wanted, session_logout(store, no_tokens[i]));
        CHECK(info.user_id[0] == '\0');
    }

    session_user user = {.size = sizeof user};
    BAD(session_user_find(store, "An\xFFna", &user));
    WANT(SESSION_USER_UNKNOWN, session_user_find(store, megabyte, &user));
    const char *const no_names[] = {"", " ", "Anna ", "An\nna", "An\x7Fna", megabyte};
    char text[SESSION_TOKEN_SIZE];
    for (size_t i = 0; i < sizeof no_names / sizeof no_names[0]; i++) {
        WANT(SESSION_NAME_REFUSED, create(store, no_names[i], text));
        WANT(SESSION_NAME_REFUSED, session_user_rename(store, NULL, who.user_id, no_names[i]));
    }
    BAD(create(store, "An\xFFna", text));
    BAD(session_user_rename(store, NULL, who.user_id, "An\xFFna"));
    BAD(session_constant("\xFF", &(int64_t){0}));
    BAD(session_constant(megabyte, &(int64_t){0}));
    BAD(session_user_enable(store, NULL, who.user_id, 2));
    BAD(session_user_enable(store, NULL, who.user_id, UINT32_MAX));

    SIZED(session_login_options, options);
    options.flags = 0x80;
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    options.flags = 0;
    memset(options.label, 'x', sizeof options.label);
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    strcpy(options.label, "Till\n2");
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    strcpy(options.label, "Till\xFF");
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    CHECK(text[0] == '\0');
}

// Opens with one member of the options set to something it may not be.
#define OPEN_WITH(status, member, value)                                  \
    do {                                                                  \
        session_options options = {.size = sizeof options};               \
        session_store *opened = store;                                    \
        options.member = value;                                           \
        WANT(status, session_open(other_folder, &options, &opened));      \
        CHECK(opened == NULL);                                            \
    } while (0)

static void strange_opens(char *megabyte)
{
    session_store *opened = store;
    FILE *file = fopen(paths[2], "w");
    CHECK(file != NULL && fputs("not a store", file) >= 0 && fclose(file) == 0);
    WANT(SESSION_NOT_A_STORE, session_open(paths[2], NULL, &opened));
    CHECK(opened == NULL);
    BAD(session_open("", NULL, &opened));
    BAD(session_open("\xFF\xFE", NULL, &opened));
    BAD(session_open_app("", NULL, &opened));
    BAD(session_open_app("..", NULL, &opened));
    BAD(session_open_app("a/b", NULL, &opened));
    BAD(session_open_app("\xFF", NULL, &opened));
    BAD(session_open_app(megabyte, NULL, &opened));
    CHECK(session_open(megabyte, NULL, &opened) >= SESSION_BAD_ARGUMENT && opened == NULL);

    OPEN_WITH(SESSION_BAD_ARGUMENT, flags, SESSION_OPEN_CREATE);
    OPEN_WITH(SESSION_BAD_ARGUMENT, flags, SESSION_OPEN_CREATE | SESSION_OPEN_EXISTING);
    OPEN_WITH(SESSION_BAD_ARGUMENT, flags, 1u << 31);
    OPEN_WITH(SESSION_BAD_ARGUMENT, key_source, UINT32_MAX);
    OPEN_WITH(SESSION_BAD_ARGUMENT, key_source, SESSION_KEY_CALLER);  // all zero
    OPEN_WITH(SESSION_KEY_MISMATCH, key_source, SESSION_KEY_STORE);
    OPEN_WITH(SESSION_UNSUPPORTED, key_source, SESSION_KEY_KEYSTORE);
    OPEN_WITH(SESSION_BAD_ARGUMENT, scope, UINT32_MAX);
    OPEN_WITH(SESSION_UNSUPPORTED, scope, SESSION_SCOPE_MACHINE);
    OPEN_WITH(SESSION_BAD_ARGUMENT, reserved, 1);
}

static void no_actors(char *megabyte)
{
    char dead[SESSION_TOKEN_SIZE], foreign[SESSION_TOKEN_SIZE], id[SESSION_ID_SIZE];
    session_store *other = open_store(other_folder);
    hash_fast(other);
    OK(create(other, "Anna", id));
    OK(login(other, "Anna", PASSWORD, foreign));
    OK(login(store, "Anna", PASSWORD, dead));
    OK(session_logout(store, dead));

    const char *const actors[] = {dead, foreign, "", "nonsense", "ds1_", who.user_id, who.session_id, megabyte};
    const struct picture before = look();
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        who.actor = actors[i];
        for (int call = 0; call < CALLS; call++)
            if (takes_an_actor(call)) {
                WANT(SESSION_NOT_ALLOWED, every_call(call, store));
                check_cleared(call);
            }
    }
    who.actor = NULL;
    const struct picture after = look();
    CHECK(memcmp(&before, &after, sizeof before) == 0);
    WANT(SESSION_UNKNOWN, session_verify(store, foreign, NULL));
    WANT(SESSION_UNKNOWN, session_logout(store, foreign));
    OK(session_verify(other, foreign, NULL));
    OK(session_close(other));
}

int main(int argc, char **argv)
{
    const size_t million = 1024 * 1024;
    char *megabyte = malloc(million + 1);
    CHECK(argc == 2 && megabyte != NULL);
    memset(megabyte, 'a', million);
    megabyte[million] = '\0';
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%s", argv[1], (const char *const[]){"store", "other", "file"}[i]);

    store = open_store(paths[0]);
    prepare(store);
    no_actors(megabyte);
    bad_handles();
    short_buffers();

    const struct picture before = look();
    null_pointers();
    wrong_sizes();
    policy_extremes();
    strange_text(megabyte);
    strange_opens(megabyte);
    const struct picture after = look();
    CHECK(memcmp(&before, &after, sizeof before) == 0);

    OK(session_verify(store, who.token, NULL));
    OK(session_close(store));
    free(megabyte);
    return 0;
}
