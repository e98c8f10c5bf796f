// What keeps a store through the years: a check, a backup, and a new key for one whose key is gone.
//   upkeep FOLDER     (XDG_DATA_HOME, on Windows the account, without other stores; FOLDER not there yet)
#include "every_call.h"
#include "system.h"

static session_store *store;
static char copy[4096], second[4096], inside[4096], nowhere[4096];

static session_store *open_existing(const char *folder)
{
    session_store *opened = NULL;
    SIZED(session_options, options);
    options.flags = SESSION_OPEN_EXISTING;
    OK(session_open(folder, &options, &opened));
    return opened;
}

static void check_whole(session_store *checked)
{
    uint64_t faults = 99;
    SIZED(session_fault, fault);
    OK(session_check(checked, &faults));
    CHECK(faults == 0);
    WANT(SESSION_DONE, session_fault_next(checked, 0, &fault));
    CHECK(fault.number == 0 && fault.detail[0] == '\0');
}

// The last event of a kind.
static void find_event(session_store *of, uint32_t kind, session_event *found)
{
    int64_t last = 0;
    SIZED(session_event, event);
    memset(found, 0, sizeof *found);
    while (session_event_next(of, last, &event) == SESSION_OK) {
        if (event.kind == kind)
            *found = event;
        last = event.id;
    }
    CHECK(found->kind == kind);
}

static void backups(const char *folder)
{
    SIZED(session_event, event);
    WANT(SESSION_BAD_ARGUMENT, session_backup(store, NULL, folder));
    WANT(SESSION_BAD_ARGUMENT, session_backup(store, NULL, inside));
    WANT(SESSION_BAD_ARGUMENT, session_backup(store, NULL, nowhere));
    WANT(SESSION_BAD_ARGUMENT, session_backup(store, NULL, ""));
    CHECK(!exists(inside) && !exists(nowhere));
    OK(session_backup(store, who.token, copy));
    CHECK(is_private_folder(copy));
    find_event(store, SESSION_EVENT_BACKED_UP, &event);
    CHECK(strcmp(event.actor_id, who.user_id) == 0 && strstr(event.detail, "copy") != NULL);
    WANT(SESSION_BAD_ARGUMENT, session_backup(store, NULL, copy));
    OK(session_backup(store, NULL, second));
    OK(session_verify(store, who.token, NULL));
}

// Accounts, policy and audit trail, but nobody is logged in.
static void check_copied(session_store *copied)
{
    char token[SESSION_TOKEN_SIZE];
    int64_t memory = 0;
    SIZED(session_user, user);
    SIZED(session_info, info);
    SIZED(session_event, event);
    WANT(SESSION_UNKNOWN, session_verify(copied, who.token, NULL));
    WANT(SESSION_DONE, session_next(copied, NULL, NULL, &info));
    OK(session_user_get(copied, who.user_id, &user));
    CHECK(strcmp(user.user_name, "Anna") == 0 && user.live_sessions == 0);
    OK(session_policy_get(copied, SESSION_POLICY_KDF_MEMORY_KIB, &memory));
    CHECK(memory == 19456);
    find_event(copied, SESSION_EVENT_USER_CREATED, &event);
    CHECK(strcmp(event.user_id, who.user_id) == 0);
    check_whole(copied);
    OK(login(copied, "Anna", PASSWORD, token));
    OK(session_logout(copied, token));
}

static void copies_open_with_the_key_that_is_here(void)
{
    session_store *opened = open_existing(copy), *adopted = opened;
    check_copied(opened);
    WANT(SESSION_KEY_MISMATCH, session_adopt(copy, NULL, &adopted));
    CHECK(adopted == NULL);
    OK(session_policy_set(opened, NULL, SESSION_POLICY_PASSWORD_MIN, 16));  // it is as it was
    OK(session_close(opened));
    WANT(SESSION_MISSING, session_adopt(nowhere, NULL, &adopted));
}

// As on another PC.
static void copies_are_adopted_elsewhere(void)
{
    session_store *old = open_existing(copy), *opened = NULL;
    SIZED(session_event, event);
    put_keys_out_of_reach();
    WANT(SESSION_NO_KEY, session_open(copy, NULL, &opened));
    OK(session_adopt(copy, NULL, &opened));
    check_copied(opened);
    find_event(opened, SESSION_EVENT_ADOPTED, &event);
    CHECK(strncmp(event.detail, "was ", 4) == 0 && event.actor_id[0] == '\0');
    WANT(SESSION_STORE_REPLACED, session_policy_set(old, NULL, SESSION_POLICY_PASSWORD_MIN, 17));
    OK(session_close(old));
    OK(session_close(opened));
    OK(session_close(open_existing(copy)));

    SIZED(session_options, options);
    options.key_source = SESSION_KEY_CALLER;
    memset(options.key, 7, sizeof options.key);
    OK(session_adopt(second, &options, &opened));
    check_copied(opened);
    OK(session_close(opened));
    OK(session_open(second, &options, &opened));
    OK(session_close(opened));
    memset(options.key, 8, sizeof options.key);
    WANT(SESSION_FOREIGN, session_open(second, &options, &opened));
    CHECK(opened == NULL);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    snprintf(copy, sizeof copy, "%s-copy", argv[1]);
    snprintf(second, sizeof second, "%s-second", argv[1]);
    snprintf(inside, sizeof inside, "%s/inside", argv[1]);
    snprintf(nowhere, sizeof nowhere, "%s-no/such/folder", argv[1]);
    store = open_store(argv[1]);
    prepare(store);
    check_whole(store);
    backups(argv[1]);
    copies_open_with_the_key_that_is_here();
    copies_are_adopted_elsewhere();
    check_whole(store);
    OK(session_verify(store, who.token, NULL));
    OK(session_close(store));
    return 0;
}
