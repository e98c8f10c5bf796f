// The whole flow, every function of the header at least once, but for those of upkeep.c. Valid C11 and C++17.
//   smoke FOLDER     (an empty XDG_DATA_HOME, FOLDER not there yet)
#include "check.h"

#define NEW_PASSWORD "seven lanterns over a quiet harbour"
#define HOUR_MS (60 * 60 * 1000)

uint32_t abi_seen_by_the_second_unit(void);

static void about(void)
{
    int64_t value = 0;
    char detail[SESSION_ERROR_SIZE];
    CHECK(session_abi_version() == SESSION_ABI_VERSION && abi_seen_by_the_second_unit() == SESSION_ABI_VERSION);
    CHECK(session_version()[0] != '\0');
    CHECK(strcmp(session_status_name(SESSION_EXPIRED), "SESSION_EXPIRED") == 0);
    CHECK(strcmp(session_status_name(12345), "SESSION_?") == 0);
    CHECK(session_status_text(SESSION_EXPIRED)[0] != '\0' && session_status_text(-1) != NULL);
    OK(session_constant("SESSION_TOKEN_SIZE", &value));
    CHECK(value == SESSION_TOKEN_SIZE);
    WANT(SESSION_BAD_ARGUMENT, session_constant("SESSION_NO_SUCH_THING", &value));
    CHECK(value == 0);
    OK(session_last_error(detail, sizeof detail));
    CHECK(detail[0] != '\0');
    OK(session_constant("SESSION_TOKEN_SIZE", &value));
    OK(session_last_error(detail, sizeof detail));
    CHECK(detail[0] == '\0');
}

static void app_store(void)
{
    const char *app = "Cashier Terminal Nine";
    char folder[4096], shared[4096];
    session_store *store = NULL;
    uint32_t reason = 0;
    OK(session_app_folder(app, SESSION_SCOPE_USER, folder, sizeof folder));
    CHECK(strstr(folder, "Cashier Terminal Nine" SEPARATOR "desksession") != NULL);
    OK(session_app_folder(app, SESSION_SCOPE_MACHINE, shared, sizeof shared));
    CHECK(strstr(shared, "Cashier Terminal Nine" SEPARATOR "desksession") != NULL && strcmp(shared, folder) != 0);
    OK(session_open_app(app, NULL, &store));
    WANT(SESSION_PASSWORD_WEAK, session_password_check(store, NULL, app, strlen(app), &reason, NULL));
    CHECK(reason == SESSION_WEAK_APP_NAME);
    OK(session_close(store));
}

static void check_weak(session_store *store, const char *name, const char *password, uint32_t wanted)
{
    uint32_t reason = 99, score = 99;
    WANT(SESSION_PASSWORD_WEAK, session_password_check(store, name, password, strlen(password), &reason, &score));
    CHECK(reason == wanted);
    CHECK(score == 0);
}

static void passwords(session_store *store)
{
    uint32_t reason = 99, score = 99;
    check_weak(store, NULL, "fourteen chars", SESSION_WEAK_SHORT);
    check_weak(store, NULL, "abcabcabcabcabcabc", SESSION_WEAK_REPEATS);
    check_weak(store, NULL, "abcdefghijklmnopqrst", SESSION_WEAK_SEQUENCE);
    check_weak(store, "Anna Maria M\xC3\xBCller", "anna maria m\xC3\xBCller", SESSION_WEAK_USER_NAME);
    OK(session_password_check(store, "Anna", PASSWORD, strlen(PASSWORD), &reason, &score));
    CHECK(reason == SESSION_WEAK_NOT && score >= 1 && score <= 4);
}

static void users(session_store *store, char *anna, char *ben)
{
    char again[SESSION_ID_SIZE];
    SIZED(session_user, user);
    WANT(SESSION_DONE, session_user_next(store, NULL, &user));
    OK(create(store, "Anna M\xC3\xBCller", anna));
    OK(create(store, "Ben", ben));
    WANT(SESSION_USER_EXISTS, create(store, "ANNA M\xC3\x9CLLER", again));
    CHECK(again[0] == '\0');
    WANT(SESSION_NAME_REFUSED, create(store, "Anna  M\xC3\xBCller", again));

    OK(session_user_find(store, "anna m\xC3\xBCller", &user));
    CHECK(strcmp(user.user_id, anna) == 0 && strcmp(user.user_name, "Anna M\xC3\xBCller") == 0);
    CHECK(user.created_at > 0 && user.last_login_at == 0 && user.failures == 0 && user.live_sessions == 0);
    OK(session_user_get(store, ben, &user));
    CHECK(strcmp(user.user_name, "Ben") == 0);
    WANT(SESSION_USER_UNKNOWN, session_user_find(store, "nobody", &user));
    CHECK(user.user_id[0] == '\0' && user.created_at == 0);

    OK(session_user_next(store, NULL, &user));
    CHECK(strcmp(user.user_id, anna) == 0);
    OK(session_user_next(store, anna, &user));
    CHECK(strcmp(user.user_id, ben) == 0);
    WANT(SESSION_DONE, session_user_next(store, ben, &user));
}

static void sessions(session_store *store, const char *anna, const char *ben)
{
    char token[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
    uint64_t ended = 99;
    int64_t minutes = 0;
    SIZED(session_info, info);
    SIZED(session_info, listed);
    SIZED(session_user, user);
    SIZED(session_login_options, options);
    strcpy(options.label, "Till 2");

    OK(session_login(store, "anna m\xC3\xBCller", PASSWORD, strlen(PASSWORD), &options, token, sizeof token, &info));
    CHECK(strlen(token) == 68 && strncmp(token, "ds1_", 4) == 0);
    CHECK(strcmp(info.user_id, anna) == 0 && strcmp(info.label, "Till 2") == 0 && info.ended_at == 0);
    CHECK(info.expires_at == info.authenticated_at + 12 * HOUR_MS);
    OK(session_verify(store, token, &info));
    CHECK(strcmp(info.user_name, "Anna M\xC3\xBCller") == 0 && info.permissions == 0 && info.state == SESSION_OK);
    OK(session_peek(store, token, NULL));
    OK(session_next(store, anna, NULL, &listed));
    CHECK(strcmp(listed.session_id, info.session_id) == 0 && listed.state == SESSION_OK);
    WANT(SESSION_DONE, session_next(store, anna, listed.session_id, &listed));
    WANT(SESSION_DONE, session_next(store, ben, NULL, &listed));

    // An actor is recorded, changes show at the next verify.
    OK(session_user_permit(store, token, anna, UINT64_MAX));
    OK(session_user_rename(store, token, anna, "Anna Schmidt"));
    OK(session_verify(store, token, &info));
    CHECK(info.permissions == UINT64_MAX && strcmp(info.user_name, "Anna Schmidt") == 0);
    OK(session_policy_set(store, token, SESSION_POLICY_IDLE_MS, 20 * 60 * 1000));
    OK(session_policy_get(store, SESSION_POLICY_IDLE_MS, &minutes));
    CHECK(minutes == 20 * 60 * 1000);

    // A wrong password counts, unthrottle forgets.
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Ben", NEW_PASSWORD, other));
    CHECK(other[0] == '\0');
    OK(session_user_get(store, ben, &user));
    CHECK(user.failures == 1);
    OK(session_user_unthrottle(store, token, ben));
    OK(session_user_get(store, ben, &user));
    CHECK(user.failures == 0);

    // A password change ends the others.
    OK(login(store, "Anna Schmidt", PASSWORD, other));
    OK(session_password_change(store, "Anna Schmidt", PASSWORD, strlen(PASSWORD), NEW_PASSWORD, strlen(NEW_PASSWORD), token));
    OK(session_verify(store, token, NULL));
    WANT(SESSION_REVOKED, session_verify(store, other, &info));
    CHECK(info.ended_at > 0 && strcmp(info.user_id, anna) == 0);
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Anna Schmidt", PASSWORD, other));

    // Revoking one, and all but one.
    OK(login(store, "Anna Schmidt", NEW_PASSWORD, other));
    OK(session_peek(store, other, &info));
    OK(session_revoke(store, token, info.session_id));
    WANT(SESSION_REVOKED, session_peek(store, other, NULL));
    OK(login(store, "Anna Schmidt", NEW_PASSWORD, other));
    OK(session_peek(store, token, &info));
    OK(session_revoke_user(store, NULL, anna, info.session_id, &ended));
    CHECK(ended == 1);
    OK(session_verify(store, token, NULL));

    // Logout, twice; the answer still tells whose it was.
    OK(session_logout(store, token));
    OK(session_logout(store, token));
    WANT(SESSION_LOGGED_OUT, session_verify(store, token, &info));
    CHECK(strcmp(info.user_id, anna) == 0 && info.ended_at > 0);
    token[67] = token[67] == 'A' ? 'B' : 'A';
    WANT(SESSION_UNKNOWN, session_verify(store, token, &info));
    CHECK(info.user_id[0] == '\0');

    // Disabled is told after the right password only.
    OK(login(store, "Ben", PASSWORD, token));
    OK(session_user_enable(store, NULL, ben, 0));
    WANT(SESSION_REVOKED, session_verify(store, token, NULL));
    WANT(SESSION_USER_DISABLED, login(store, "Ben", PASSWORD, other));
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Ben", NEW_PASSWORD, other));
    OK(session_user_enable(store, NULL, ben, 1));
    OK(session_user_unthrottle(store, NULL, ben));
    OK(login(store, "Ben", PASSWORD, token));
    OK(session_user_delete(store, NULL, ben));
    WANT(SESSION_REVOKED, session_verify(store, token, NULL));
    WANT(SESSION_USER_UNKNOWN, session_user_get(store, ben, &user));
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Ben", PASSWORD, other));
}

static void events(session_store *store)
{
    unsigned seen[64] = {0};
    int64_t last = 0;
    int32_t status;
    SIZED(session_event, event);
    while ((status = session_event_next(store, last, &event)) == SESSION_OK) {
        CHECK(event.id == last + 1 && event.at > 0 && event.kind < 64 && event.os_account[0] != '\0');
        seen[event.kind]++;
        last = event.id;
    }
    WANT(SESSION_DONE, status);
    CHECK(seen[SESSION_EVENT_STORE_CREATED] == 1 && seen[SESSION_EVENT_USER_CREATED] == 2);
    CHECK(seen[SESSION_EVENT_LOGIN] == 6 && seen[SESSION_EVENT_LOGOUT] == 1);
    CHECK(seen[SESSION_EVENT_PASSWORD_CHANGED] == 1 && seen[SESSION_EVENT_USER_DELETED] == 1);
}

static void last_event(session_store *store, session_event *event)
{
    int64_t last = 0;
    int32_t status;
    while ((status = session_event_next(store, last, event)) == SESSION_OK)
        last = event->id;
    WANT(SESSION_DONE, status);
    OK(session_event_next(store, last - 1, event));
}

static int32_t authorize(session_store *store, const char *requester, const char *name, const char *purpose, session_user *yes)
{
    return session_authorize(store, requester, name, PASSWORD, strlen(PASSWORD), purpose, yes);
}

// A cashier asks, a manager says yes.
static void second_person(session_store *store, const char *kim, const char *mara)
{
    char token[SESSION_TOKEN_SIZE], purpose[SESSION_PURPOSE_MAX + 1];
    SIZED(session_user, yes);
    SIZED(session_event, event);
    SIZED(session_info, info);
    OK(session_user_permit(store, NULL, mara, 0x10));
    OK(login(store, "Kim", PASSWORD, token));
    OK(session_peek(store, token, &info));
    OK(authorize(store, token, "mara", "refund 17.50", &yes));
    CHECK(strcmp(yes.user_id, mara) == 0 && yes.permissions == 0x10 && yes.last_login_at == 0 && yes.live_sessions == 0);
    last_event(store, &event);
    CHECK(event.kind == SESSION_EVENT_AUTHORIZED && strcmp(event.detail, "refund 17.50") == 0);
    CHECK(strcmp(event.actor_id, mara) == 0 && strcmp(event.user_id, kim) == 0);
    CHECK(strcmp(event.session_id, info.session_id) == 0);

    memset(purpose, 'x', sizeof purpose - 1);
    purpose[sizeof purpose - 1] = '\0';
    OK(authorize(store, NULL, "Mara", purpose, NULL));
    last_event(store, &event);
    CHECK(strcmp(event.detail, purpose) == 0 && event.user_id[0] == '\0' && event.session_id[0] == '\0');

    WANT(SESSION_NOT_ALLOWED, authorize(store, token, "Kim", "my own refund", &yes));
    CHECK(yes.user_id[0] == '\0' && yes.permissions == 0);
    OK(session_logout(store, token));
    WANT(SESSION_NOT_ALLOWED, authorize(store, token, "Mara", "too late", &yes));
    WANT(SESSION_BAD_CREDENTIALS, authorize(store, NULL, "Nobody", "a refund", &yes));
    OK(session_user_enable(store, NULL, mara, 0));
    WANT(SESSION_USER_DISABLED, authorize(store, NULL, "Mara", "a refund", &yes));
    OK(session_user_enable(store, NULL, mara, 1));
    CHECK(yes.user_id[0] == '\0');
}

// Who forgot a password gets a code that is good for a new one and nothing else.
static void forgotten_password(session_store *store, const char *kim)
{
    char token[SESSION_TOKEN_SIZE], code[SESSION_CODE_SIZE];
    SIZED(session_user, user);
    OK(login(store, "Kim", PASSWORD, token));
    OK(session_password_reset(store, NULL, kim, code, sizeof code));
    CHECK(strlen(code) == 24 && code[4] == '-' && code[9] == '-' && code[14] == '-' && code[19] == '-');
    WANT(SESSION_REVOKED, session_verify(store, token, NULL));
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Kim", PASSWORD, token));
    WANT(SESSION_MUST_CHANGE, login(store, "Kim", code, token));
    CHECK(token[0] == '\0');
    WANT(SESSION_MUST_CHANGE, session_authorize(store, NULL, "Kim", code, strlen(code), "a refund", &user));
    OK(session_user_get(store, kim, &user));
    CHECK((user.flags & SESSION_USER_MUST_CHANGE_FLAG) != 0);
    OK(session_password_change(store, "Kim", code, strlen(code), NEW_PASSWORD, strlen(NEW_PASSWORD), NULL));
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Kim", code, token));
    OK(login(store, "Kim", NEW_PASSWORD, token));
    OK(session_logout(store, token));
    OK(session_user_get(store, kim, &user));
    CHECK((user.flags & SESSION_USER_MUST_CHANGE_FLAG) == 0);
}

static void presets(session_store *store)
{
    int64_t idle = 0;
    OK(session_policy_preset(store, NULL, SESSION_PRESET_AAL2_TIMEOUTS));
    OK(session_policy_get(store, SESSION_POLICY_IDLE_MS, &idle));
    CHECK(idle == HOUR_MS);
    OK(session_policy_preset(store, NULL, SESSION_PRESET_DEFAULT_TIMEOUTS));
    OK(session_policy_get(store, SESSION_POLICY_IDLE_MS, &idle));
    CHECK(idle == HOUR_MS / 2);
}

static void administration(session_store *store)
{
    char kim[SESSION_ID_SIZE], mara[SESSION_ID_SIZE];
    OK(create(store, "Kim", kim));
    OK(create(store, "Mara", mara));
    second_person(store, kim, mara);
    forgotten_password(store, kim);
    presets(store);
}

int main(int argc, char **argv)
{
    char anna[SESSION_ID_SIZE], ben[SESSION_ID_SIZE];
    uint64_t removed = 0;
    session_store *store;
    SIZED(session_options, options);
    SIZED(session_info, info);
    CHECK(argc == 2);
    about();
    app_store();

    store = open_store(argv[1]);
    hash_fast(store);
    passwords(store);
    users(store, anna, ben);
    sessions(store, anna, ben);
    events(store);
    administration(store);
    OK(session_policy_set(store, NULL, SESSION_POLICY_ENDED_KEEP_MS, 0));
    OK(session_purge(store, &removed));
    CHECK(removed > 0);
    WANT(SESSION_DONE, session_next(store, NULL, NULL, &info));
    OK(session_close(store));
    WANT(SESSION_BAD_HANDLE, session_close(store));
    OK(session_close(NULL));

    options.flags = SESSION_OPEN_EXISTING;
    OK(session_open(argv[1], &options, &store));
    OK(session_close(store));
    return 0;
}
