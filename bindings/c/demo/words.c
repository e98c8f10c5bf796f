// What to say: times, answers and faults in words.
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *local_time(int64_t unix_ms, char text[TIME_SIZE])
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm parts;
    if (unix_ms == 0 || localtime_r(&seconds, &parts) == NULL ||
        strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M:%S", &parts) == 0) {
        strcpy(text, "never");
    }
    return text;
}

void report(const char *what, int32_t status)
{
    char detail[SESSION_ERROR_SIZE] = "";
    int32_t told = session_last_error(detail, sizeof detail);
    bool any = (told == SESSION_OK || told == SESSION_BUFFER_TOO_SMALL) && detail[0] != '\0';
    fflush(stdout);
    fprintf(stderr, "%s: %s (%" PRId32 "): %s%s%s\n", what, session_status_name(status), status,
            session_status_text(status), any ? "\n  " : "", any ? detail : "");
}

void give_up(const char *what, int32_t status)
{
    report(what, status);
    exit(EXIT_FAILURE);
}

static void explain_wait(int64_t retry_after_ms)
{
    if (retry_after_ms < 0) {
        puts("Too many wrong attempts. Only an administrator can help now.");
    } else {
        printf("Too many wrong attempts. Try again in %" PRId64 " s.\n", (retry_after_ms + 999) / 1000);
    }
}

static void explain_end(const char *why, const session_info *info)
{
    printf("%s (%s, %s). Please log in again.\n", why, info->user_name,
           local_time(info->ended_at, (char[TIME_SIZE]){0}));
}

void explain(const char *call, int32_t status, const session_info *info)
{
    static const session_info none;
    info = info != NULL ? info : &none;
    switch (status) {
    case SESSION_OK:
    case SESSION_DONE: return;
    case SESSION_BAD_CREDENTIALS: puts("Wrong name or password."); return;
    case SESSION_THROTTLED: explain_wait(info->retry_after_ms); return;
    case SESSION_UNKNOWN: puts("There is no such session. Please log in again."); return;
    case SESSION_EXPIRED: explain_end("The session has expired", info); return;
    case SESSION_IDLE: explain_end("The session ended because nothing was done for too long", info); return;
    case SESSION_LOGGED_OUT: explain_end("The session was logged out", info); return;
    case SESSION_REVOKED: explain_end("The session was ended from elsewhere", info); return;
    case SESSION_CLOCK: explain_end("The session ended because the clock was set back", info); return;
    case SESSION_USER_DISABLED: puts("This account is disabled."); return;
    case SESSION_MUST_CHANGE: puts("That password has to be changed first."); return;
    case SESSION_USER_EXISTS: puts("A user of that name exists already."); return;
    case SESSION_USER_UNKNOWN: puts("There is no such user."); return;
    case SESSION_NAME_REFUSED: puts("That name is not allowed: letters, digits and single spaces, please."); return;
    case SESSION_NOT_ALLOWED: puts("Your session has ended, nothing was changed. Please log in again."); return;
    // What somebody typed or what passes: tell it and go on.
    case SESSION_BAD_ARGUMENT:
    case SESSION_BUSY:
    case SESSION_LIMIT:
    case SESSION_DISK_FULL:
    case SESSION_READ_ONLY:
    case SESSION_TAMPERED:
    case SESSION_NEWER:
    case SESSION_NO_MEMORY: report(call, status); return;
    default:
        if (status > 0 && status < 100) {
            puts(session_status_text(status)); // kept for later versions
            return;
        }
        give_up(call, status);
    }
}

void explain_weak(session_store *store, uint32_t reason)
{
    static const char *const reasons[] = {
        [SESSION_WEAK_LONG] = "it is too long",
        [SESSION_WEAK_COMMON] = "many people use it",
        [SESSION_WEAK_USER_NAME] = "it is little more than the name",
        [SESSION_WEAK_APP_NAME] = "it is little more than the program's name",
        [SESSION_WEAK_REPEATS] = "it repeats itself",
        [SESSION_WEAK_SEQUENCE] = "it is a run of letters, digits or keys",
    };
    int64_t shortest = 0;
    if (reason == SESSION_WEAK_SHORT) {
        int32_t status = session_policy_get(store, SESSION_POLICY_PASSWORD_MIN, &shortest);
        explain("session_policy_get", status, NULL);
        printf("That password is refused: it needs %" PRId64 " characters or more. A short sentence does well.\n", shortest);
    } else {
        bool known = reason < sizeof reasons / sizeof reasons[0] && reasons[reason] != NULL;
        printf("That password is refused: %s.\n", known ? reasons[reason] : "it is too weak");
    }
}
