// Every call that takes a store, once, with arguments that would be right; and whether it cleared its outputs.
#ifndef EVERY_CALL_H
#define EVERY_CALL_H

#include "check.h"

enum {
    POLICY_GET, POLICY_SET, POLICY_PRESET, BACKUP, CHECK_ALL, FAULT_NEXT, PURGE, USER_CREATE, USER_GET, USER_FIND, USER_NEXT,
    USER_RENAME, USER_ENABLE, USER_PERMIT, USER_DELETE, USER_UNTHROTTLE, PASSWORD_CHECK, PASSWORD_CHANGE, PASSWORD_RESET, LOGIN,
    VERIFY, PEEK, LOGOUT, AUTHORIZE, NEXT, REVOKE, REVOKE_USER, EVENT_NEXT, CALLS
};

// All calls write here. Filled with 0xAA before each, so that what is not cleared shows.
static struct {
    char text[SESSION_TOKEN_SIZE];
    session_user user;
    session_info info;
    session_event event;
    session_fault fault;
    int64_t value;
    uint64_t count;
    uint32_t reason, score;
} out;

// Whom the calls are about, and where a backup would go.
static struct {
    const char *actor;
    const char *new_folder;
    char user_id[SESSION_ID_SIZE];
    char session_id[SESSION_ID_SIZE];
    char token[SESSION_TOKEN_SIZE];
} who;

static inline int takes_an_actor(int call)
{
    return call == POLICY_SET || call == POLICY_PRESET || call == BACKUP || call == USER_CREATE || call == USER_RENAME ||
           call == USER_ENABLE || call == USER_PERMIT || call == USER_DELETE || call == USER_UNTHROTTLE ||
           call == PASSWORD_RESET || call == AUTHORIZE || call == REVOKE || call == REVOKE_USER;
}

static inline int32_t every_call(int call, session_store *store)
{
    const size_t length = strlen(PASSWORD);
    memset(&out, 0xAA, sizeof out);
    out.user.size = (uint32_t)sizeof out.user;
    out.info.size = (uint32_t)sizeof out.info;
    out.event.size = (uint32_t)sizeof out.event;
    out.fault.size = (uint32_t)sizeof out.fault;
    switch (call) {
    case POLICY_GET: return session_policy_get(store, SESSION_POLICY_IDLE_MS, &out.value);
    case POLICY_SET: return session_policy_set(store, who.actor, SESSION_POLICY_IDLE_MS, 54321);
    case POLICY_PRESET: return session_policy_preset(store, who.actor, SESSION_PRESET_AAL3_TIMEOUTS);
    case BACKUP: return session_backup(store, who.actor, who.new_folder);
    case CHECK_ALL: return session_check(store, &out.count);
    case FAULT_NEXT: return session_fault_next(store, 0, &out.fault);
    case PURGE: return session_purge(store, &out.count);
    case USER_CREATE:
        return session_user_create(store, who.actor, "Carla", PASSWORD, length, out.text, SESSION_ID_SIZE);
    case USER_GET: return session_user_get(store, who.user_id, &out.user);
    case USER_FIND: return session_user_find(store, "Anna", &out.user);
    case USER_NEXT: return session_user_next(store, NULL, &out.user);
    case USER_RENAME: return session_user_rename(store, who.actor, who.user_id, "Berta");
    case USER_ENABLE: return session_user_enable(store, who.actor, who.user_id, 0);
    case USER_PERMIT: return session_user_permit(store, who.actor, who.user_id, 7);
    case USER_DELETE: return session_user_delete(store, who.actor, who.user_id);
    case USER_UNTHROTTLE: return session_user_unthrottle(store, who.actor, who.user_id);
    case PASSWORD_CHECK: return session_password_check(store, NULL, PASSWORD, length, &out.reason, &out.score);
    case PASSWORD_CHANGE:
        return session_password_change(store, "Anna", PASSWORD, length, "another " PASSWORD, length + 8, who.token);
    case PASSWORD_RESET: return session_password_reset(store, who.actor, who.user_id, out.text, SESSION_CODE_SIZE);
    case LOGIN: return session_login(store, "Anna", PASSWORD, length, NULL, out.text, sizeof out.text, &out.info);
    case VERIFY: return session_verify(store, who.token, &out.info);
    case PEEK: return session_peek(store, who.token, &out.info);
    case LOGOUT: return session_logout(store, who.token);
    case AUTHORIZE: return session_authorize(store, who.actor, "Anna", PASSWORD, length, "a refund", &out.user);
    case NEXT: return session_next(store, NULL, NULL, &out.info);
    case REVOKE: return session_revoke(store, who.actor, who.session_id);
    case REVOKE_USER: return session_revoke_user(store, who.actor, who.user_id, NULL, &out.count);
    case EVENT_NEXT: return session_event_next(store, 0, &out.event);
    default: return SESSION_INTERNAL;
    }
}

static inline int all(const void *bytes, size_t from, size_t size, unsigned char wanted)
{
    const unsigned char *at = (const unsigned char *)bytes;
    for (size_t i = from; i < size; i++)
        if (at[i] != wanted)
            return 0;
    return 1;
}

// What a call that failed must have left: its own outputs cleared, all others untouched.
static inline void check_cleared(int call)
{
    const size_t size = sizeof out.info.size;
    const int text = call == USER_CREATE || call == PASSWORD_RESET || call == LOGIN, reason = call == PASSWORD_CHECK;
    const int info = call == LOGIN || call == VERIFY || call == PEEK || call == NEXT, event = call == EVENT_NEXT;
    const int user = call == USER_GET || call == USER_FIND || call == USER_NEXT || call == AUTHORIZE;
    const int value = call == POLICY_GET, fault = call == FAULT_NEXT;
    const int count = call == CHECK_ALL || call == PURGE || call == REVOKE_USER;
    CHECK(text ? out.text[0] == '\0' : all(out.text, 0, sizeof out.text, 0xAA));
    CHECK(all(&out.user, size, sizeof out.user, user ? 0 : 0xAA) && out.user.size == sizeof out.user);
    CHECK(all(&out.info, size, sizeof out.info, info ? 0 : 0xAA) && out.info.size == sizeof out.info);
    CHECK(all(&out.event, size, sizeof out.event, event ? 0 : 0xAA) && out.event.size == sizeof out.event);
    CHECK(all(&out.fault, size, sizeof out.fault, fault ? 0 : 0xAA) && out.fault.size == sizeof out.fault);
    CHECK(all(&out.value, 0, sizeof out.value, value ? 0 : 0xAA));
    CHECK(all(&out.count, 0, sizeof out.count, count ? 0 : 0xAA));
    CHECK(all(&out.reason, 0, sizeof out.reason, reason ? 0 : 0xAA) && out.score == out.reason);
}

// Anna with a live session, as the calls above expect her.
static inline void prepare(session_store *store)
{
    SIZED(session_info, info);
    hash_fast(store);
    OK(create(store, "Anna", who.user_id));
    OK(login(store, "Anna", PASSWORD, who.token));
    OK(session_peek(store, who.token, &info));
    memcpy(who.session_id, info.session_id, sizeof who.session_id);
}

#endif
