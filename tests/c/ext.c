// Linked with the library built for tests (src/abi/hooks.rs): writes rows with an extension that the shipped library does not
// know, and panics behind the boundary.
//   ext FOLDER TABLE 0|1 USER_ID TOKEN PASSWORD    1 = critical; rewrites that user's row of the table, prints a new token
//   ext FOLDER panic TOKEN
#include "check.h"

int32_t session_test_ext(const char *table, uint32_t critical);
int32_t session_test_panic(session_store *store);

static session_store *open_with_key(const char *folder)
{
    session_store *store = NULL;
    SIZED(session_options, options);
    options.key_source = SESSION_KEY_CALLER;
    memset(options.key, 7, sizeof options.key);
    OK(session_open(folder, &options, &store));
    return store;
}

// The call that writes this user's row of the table, for each table.
static void write_row(session_store *store, const char *table, const char *user, const char *token, const char *password)
{
    if (strcmp(table, "credentials") == 0) {
        const char *new = "a hundred slow trams";
        OK(session_password_change(store, "Anna", password, strlen(password), new, strlen(new), token));
    } else if (strcmp(table, "throttle") == 0) {
        OK(session_user_unthrottle(store, NULL, user));
    } else if (strcmp(table, "policy") == 0) {
        int64_t length = 0;
        OK(session_policy_get(store, SESSION_POLICY_PASSWORD_MIN, &length));
        OK(session_policy_set(store, NULL, SESSION_POLICY_PASSWORD_MIN, length + 1));
    } else if (strcmp(table, "sessions") == 0) {
        char fresh[SESSION_TOKEN_SIZE];
        OK(login(store, "Anna", password, fresh));
        puts(fresh);
    } else {
        SIZED(session_user, row);
        OK(session_user_get(store, user, &row));
        OK(session_user_permit(store, NULL, user, row.permissions + 1));
    }
}

static void panic(const char *folder, const char *token)
{
    char detail[SESSION_ERROR_SIZE] = "", again[SESSION_ERROR_SIZE] = "";
    int64_t value = 0;
    session_store *store = open_with_key(folder), *other = open_with_key(folder);
    WANT(SESSION_BAD_HANDLE, session_test_panic(NULL));
    OK(session_verify(store, token, NULL));
    WANT(SESSION_INTERNAL, session_test_panic(store));
    session_last_error(detail, sizeof detail);
    CHECK(detail[0] && !strstr(detail, token));
    // This handle answers nothing else from now on; its outputs are clear.
    SIZED(session_info, info);
    memset(info.user_id, 'x', sizeof info.user_id - 1);
    WANT(SESSION_INTERNAL, session_verify(store, token, &info));
    CHECK(info.user_id[0] == '\0');
    WANT(SESSION_INTERNAL, session_logout(store, token));
    WANT(SESSION_INTERNAL, session_policy_get(store, SESSION_POLICY_IDLE_MS, &value));
    WANT(SESSION_INTERNAL, session_test_panic(store));
    session_last_error(again, sizeof again);
    CHECK(again[0]);
    // The others do.
    OK(session_verify(other, token, NULL));
    OK(session_policy_set(other, NULL, SESSION_POLICY_PASSWORD_MIN, 16));
    OK(session_close(store));
    WANT(SESSION_BAD_HANDLE, session_verify(store, token, NULL));
    store = open_with_key(folder);
    OK(session_verify(store, token, NULL));
    OK(session_close(store));
    OK(session_close(other));
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[2], "panic") == 0) {
        panic(argv[1], argv[3]);
        return 0;
    }
    CHECK(argc == 7);
    session_store *store = open_with_key(argv[1]);
    OK(session_test_ext(argv[2], (uint32_t)atoi(argv[3])));
    write_row(store, argv[2], argv[4], argv[5], argv[6]);
    OK(session_test_ext(NULL, 0));
    OK(session_close(store));
    return 0;
}
