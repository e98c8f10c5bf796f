// What a store holds: users, sessions, events. Rows come one at a time, each after the one before.
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// One slot more than is shown: the last call, which finds no event, clears the slot it is given.
enum { EVENTS_SHOWN = 20, SLOTS = EVENTS_SHOWN + 1 };

void list_users(session_store *store)
{
    session_user user = {.size = sizeof user};
    char after[SESSION_ID_SIZE] = "";
    int32_t status;
    while ((status = session_user_next(store, after[0] != '\0' ? after : NULL, &user)) == SESSION_OK) {
        strcpy(after, user.user_id);
        if ((user.flags & (SESSION_USER_TAMPERED_FLAG | SESSION_USER_NEWER_FLAG)) != 0) {
            printf("%s  refused: not a row that this library wrote\n", user.user_id);
            continue;
        }
        printf("%s  %s%s%s, last login %s, live sessions %" PRIu32 ", wrong attempts %" PRIu32 "\n",
               user.user_id, user.user_name,
               (user.flags & SESSION_USER_DISABLED_FLAG) != 0 ? " [disabled]" : "",
               (user.flags & SESSION_USER_MUST_CHANGE_FLAG) != 0 ? " [must change the password]" : "",
               local_time(user.last_login_at, (char[TIME_SIZE]){0}), user.live_sessions, user.failures);
    }
    explain("session_user_next", status, NULL);
}

void list_sessions(session_store *store)
{
    session_info info = {.size = sizeof info};
    char after[SESSION_ID_SIZE] = "";
    int32_t status;
    while ((status = session_next(store, NULL, after[0] != '\0' ? after : NULL, &info)) == SESSION_OK) {
        strcpy(after, info.session_id);
        if ((info.flags & (SESSION_INFO_TAMPERED | SESSION_INFO_NEWER)) != 0) {
            printf("%s  refused: not a row that this library wrote\n", info.session_id);
            continue;
        }
        printf("%s  %s, since %s, seen %s: %s\n", info.session_id, info.user_name,
               local_time(info.created_at, (char[TIME_SIZE]){0}), local_time(info.last_seen_at, (char[TIME_SIZE]){0}),
               info.state == SESSION_OK ? "live" : session_status_name(info.state));
    }
    explain("session_next", status, NULL);
}

// A name is nicer to read, but the user may be gone.
static const char *user_called(session_store *store, const char *user_id, session_user *user)
{
    *user = (session_user){.size = sizeof *user};
    if (user_id[0] == '\0') {
        return "the host program";
    }
    return session_user_get(store, user_id, user) == SESSION_OK ? user->user_name : user_id;
}

static void print_event(session_store *store, const session_event *event, bool refused)
{
    static const char *const kinds[] = {
        [SESSION_EVENT_STORE_CREATED] = "store created",
        [SESSION_EVENT_LOGIN_ATTEMPT] = "attempt",
        [SESSION_EVENT_LOGIN] = "login",
        [SESSION_EVENT_LOGIN_FAILED] = "attempt failed",
        [SESSION_EVENT_LOGOUT] = "logout",
        [SESSION_EVENT_EXPIRED] = "session expired",
        [SESSION_EVENT_IDLE] = "session idle too long",
        [SESSION_EVENT_CLOCK] = "session ended by clock",
        [SESSION_EVENT_REVOKED] = "session revoked",
        [SESSION_EVENT_USER_CREATED] = "user created",
        [SESSION_EVENT_USER_RENAMED] = "user renamed",
        [SESSION_EVENT_USER_ENABLED] = "user enabled",
        [SESSION_EVENT_USER_DISABLED] = "user disabled",
        [SESSION_EVENT_USER_PERMITTED] = "permissions set",
        [SESSION_EVENT_USER_DELETED] = "user deleted",
        [SESSION_EVENT_USER_UNTHROTTLED] = "failures forgotten",
        [SESSION_EVENT_PASSWORD_CHANGED] = "password changed",
        [SESSION_EVENT_POLICY_CHANGED] = "policy changed",
        [SESSION_EVENT_PURGED] = "old rows purged",
        [SESSION_EVENT_ADOPTED] = "store adopted",
        [SESSION_EVENT_BACKED_UP] = "backup begun",
        [SESSION_EVENT_PASSWORD_RESET] = "password reset",
        [SESSION_EVENT_AUTHORIZED] = "authorized",
    };
    session_user actor, user;
    if (refused) {
        printf("%6" PRId64 "  refused: edited or missing\n", event->id);
        return;
    }
    bool known = event->kind < sizeof kinds / sizeof kinds[0] && kinds[event->kind] != NULL;
    printf("%6" PRId64 "  %s  %-22s by %s", event->id, local_time(event->at, (char[TIME_SIZE]){0}),
           known ? kinds[event->kind] : "something newer", user_called(store, event->actor_id, &actor));
    if (event->user_id[0] != '\0') {
        printf(", of %s", user_called(store, event->user_id, &user));
    }
    printf("%s%s\n", event->detail[0] != '\0' ? ": " : "", event->detail);
}

// At most EVENTS_SHOWN.
static void print_last(session_store *store, uint64_t most)
{
    static session_event last[SLOTS];
    static bool refused[SLOTS];
    uint64_t count = 0;
    int64_t after = 0;
    for (;;) {
        session_event *event = &last[count % SLOTS];
        *event = (session_event){.size = sizeof *event};
        int32_t status = session_event_next(store, after, event);
        refused[count % SLOTS] = status != SESSION_OK;
        if ((status != SESSION_OK && status != SESSION_TAMPERED) || event->id <= after) {
            explain("session_event_next", status, NULL);
            break;
        }
        after = event->id;
        count++;
    }
    for (uint64_t i = count > most ? count - most : 0; i < count; i++) {
        print_event(store, &last[i % SLOTS], refused[i % SLOTS]);
    }
}

void list_events(session_store *store)
{
    print_last(store, EVENTS_SHOWN);
}

void show_last_event(session_store *store)
{
    print_last(store, 1);
}
