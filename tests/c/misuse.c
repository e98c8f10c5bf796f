// Everything a careless or hostile caller may pass: the answer is a status, the outputs are clear, nothing changed, the
// host lives. Passwords and other text have programs of their own (passwords.c, strange_text.c).
//   misuse FOLDER     (not there yet; for two stores)
#include "picture.h"

#define BAD(call) WANT(SESSION_BAD_ARGUMENT, call)

static session_store *store;
static char paths[3][4096];  // the store, another store, a backup that never is
static char *const other_folder = paths[1];
static const size_t length = sizeof PASSWORD - 1;

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
    session_fault fault = {.size = sizeof fault};
    int64_t value = 7;

    BAD(session_open(NULL, NULL, &opened));
    CHECK(opened == NULL);
    BAD(session_open(other_folder, NULL, NULL));
    BAD(session_open_app(NULL, NULL, &opened));
    BAD(session_open_app("Till", NULL, NULL));
    opened = store;
    BAD(session_adopt(NULL, NULL, &opened));
    CHECK(opened == NULL);
    BAD(session_adopt(other_folder, NULL, NULL));
    BAD(session_app_folder(NULL, 0, text, sizeof text));
    CHECK(text[0] == '\0');
    BAD(session_app_folder("Till", 0, NULL, 4096));

    BAD(session_policy_get(store, SESSION_POLICY_IDLE_MS, NULL));
    BAD(session_backup(store, NULL, NULL));
    BAD(session_check(store, NULL));
    BAD(session_fault_next(store, 0, NULL));
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
    BAD(session_password_reset(store, NULL, NULL, text, sizeof text));
    CHECK(text[0] == '\0');
    BAD(session_password_reset(store, NULL, who.user_id, NULL, sizeof text));

    text[0] = 'x';
    BAD(session_login(store, NULL, PASSWORD, length, NULL, text, sizeof text, NULL));
    CHECK(text[0] == '\0');
    BAD(session_login(store, "Anna", NULL, length, NULL, text, sizeof text, NULL));
    BAD(session_login(store, "Anna", PASSWORD, length, NULL, NULL, sizeof text, NULL));
    BAD(session_verify(store, NULL, &info));
    BAD(session_peek(store, NULL, &info));
    BAD(session_logout(store, NULL));
    BAD(session_authorize(store, NULL, NULL, PASSWORD, length, "a refund", &user));
    BAD(session_authorize(store, NULL, "Anna", NULL, length, "a refund", &user));
    BAD(session_authorize(store, NULL, "Anna", PASSWORD, length, NULL, &user));
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
    CHECK(info.session_id[0] == '\0' && event.id == 0 && user.user_id[0] == '\0' && fault.number == 0);
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
        WANT(SESSION_BUFFER_TOO_SMALL, session_password_reset(store, NULL, who.user_id, text, cap));
        CHECK(all(text, cap, sizeof text, 0xAA) && (cap == 0 || text[0] == '\0'));
        memset(text, 0xAA, sizeof text);
        WANT(SESSION_BUFFER_TOO_SMALL, session_app_folder("Till", 0, text, cap == SESSION_ID_SIZE - 1 ? 2 : cap));
        CHECK(all(text, cap, sizeof text, 0xAA) && (cap == 0 || text[0] == '\0'));
    }
    WANT(SESSION_BUFFER_TOO_SMALL, session_login(store, "Anna", PASSWORD, length, NULL, text, SESSION_TOKEN_SIZE - 1, NULL));
    WANT(SESSION_BUFFER_TOO_SMALL, session_password_reset(store, NULL, who.user_id, text, SESSION_CODE_SIZE - 1));

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
    WRONG_SIZES(session_options, session_adopt(other_folder, &given.it, &opened));
    WRONG_SIZES(session_login_options, session_login(store, "Anna", PASSWORD, length, &given.it, token, sizeof token, NULL));
    WRONG_SIZES(session_info, session_login(store, "Anna", PASSWORD, length, NULL, token, sizeof token, &given.it));
    CHECK(token[0] == '\0');
    WRONG_SIZES(session_info, session_verify(store, who.token, &given.it));
    WRONG_SIZES(session_info, session_peek(store, who.token, &given.it));
    WRONG_SIZES(session_info, session_next(store, NULL, NULL, &given.it));
    WRONG_SIZES(session_user, session_user_get(store, who.user_id, &given.it));
    WRONG_SIZES(session_user, session_user_find(store, "Anna", &given.it));
    WRONG_SIZES(session_user, session_user_next(store, NULL, &given.it));
    WRONG_SIZES(session_user, session_authorize(store, NULL, "Anna", PASSWORD, length, "a refund", &given.it));
    WRONG_SIZES(session_event, session_event_next(store, 0, &given.it));
    WRONG_SIZES(session_fault, session_fault_next(store, 0, &given.it));
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
    const uint32_t no_presets[] = {0, SESSION_PRESET_DEFAULT_TIMEOUTS + 1, 1u << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof no_presets / sizeof no_presets[0]; i++)
        BAD(session_policy_preset(store, NULL, no_presets[i]));
    SIZED(session_fault, fault);
    WANT(SESSION_DONE, session_fault_next(store, 0, &fault));  // nothing was checked yet
    WANT(SESSION_DONE, session_fault_next(store, UINT64_MAX, &fault));
    CHECK(fault.number == 0 && fault.status == 0);
    SIZED(session_event, event);
    WANT(SESSION_DONE, session_event_next(store, INT64_MAX, &event));
    BAD(session_event_next(store, -1, &event));
    BAD(session_event_next(store, INT64_MIN, &event));
    CHECK(event.id == 0 && event.at == 0);
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
    const struct picture before = look(store);
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        who.actor = actors[i];
        for (int call = 0; call < CALLS; call++)
            if (takes_an_actor(call)) {
                WANT(SESSION_NOT_ALLOWED, every_call(call, store));
                check_cleared(call);
            }
    }
    who.actor = NULL;
    const struct picture after = look(store);
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
        snprintf(paths[i], sizeof paths[i], "%s/%s", argv[1], (const char *const[]){"store", "other", "backup"}[i]);
    who.new_folder = paths[2];

    store = open_store(paths[0]);
    prepare(store);
    no_actors(megabyte);
    bad_handles();
    short_buffers();

    const struct picture before = look(store);
    null_pointers();
    wrong_sizes();
    policy_extremes();
    const struct picture after = look(store);
    CHECK(memcmp(&before, &after, sizeof before) == 0);

    OK(session_verify(store, who.token, NULL));
    OK(session_close(store));
    free(megabyte);
    return 0;
}
