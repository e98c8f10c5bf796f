// What can be seen of a store; taken before and after what must change nothing.
#ifndef PICTURE_H
#define PICTURE_H

#include "every_call.h"

#include <stdint.h>

#define ITEMS 12

struct picture {
    int64_t policy[ITEMS];
    int64_t users, sessions, live, events;
    session_user anna;
};

static inline struct picture look(session_store *store)
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

#endif
