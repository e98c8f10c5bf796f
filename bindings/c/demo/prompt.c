// The prompt: accounts, login and sessions by hand, over the store of this OS account.
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- who sits here ---- */

static void forget(struct desk *desk)
{
    wipe(desk->token, sizeof desk->token);
}

bool live(struct desk *desk, session_info *info)
{
    *info = (session_info){.size = sizeof *info};
    if (desk->token[0] == '\0') {
        puts("Nobody is logged in.");
        return false;
    }
    int32_t status = session_verify(desk->store, desk->token, info);
    explain("session_verify", status, info);
    if (status != SESSION_OK && status < 100) {
        forget(desk);
    }
    return status == SESSION_OK;
}

static void print_until(const session_info *info)
{
    printf("until %s, or %s if nothing is done\n", local_time(info->expires_at, (char[TIME_SIZE]){0}),
           local_time(info->idle_expires_at, (char[TIME_SIZE]){0}));
}

static void whoami(struct desk *desk)
{
    session_info info;
    if (live(desk, &info)) {
        printf("%s (user %s)\nsession %s, ", info.user_name, info.user_id, info.session_id);
        print_until(&info);
    }
}

static void logout(struct desk *desk)
{
    if (desk->token[0] == '\0') {
        puts("Nobody is logged in.");
        return;
    }
    int32_t status = session_logout(desk->store, desk->token);
    if (status == SESSION_OK) {
        puts("Logged out.");
    } else {
        explain("session_logout", status, NULL);
    }
    if (status == SESSION_OK || status == SESSION_UNKNOWN) {
        forget(desk); // after a fault the session may live on: keep the token, to try again
    }
}

/* ---- passwords ---- */

// Asks twice for a password that the store would take.
static bool ask_new(struct desk *desk, const char *name, struct secret *fresh)
{
    struct secret again = {.length = 0};
    uint32_t reason = SESSION_WEAK_NOT;
    if (!read_secret("New password: ", fresh)) {
        return false;
    }
    int32_t status = session_password_check(desk->store, name, fresh->text, fresh->length, &reason, NULL);
    if (status == SESSION_PASSWORD_WEAK) {
        explain_weak(desk->store, reason);
        return false;
    }
    if (status != SESSION_OK) {
        explain("session_password_check", status, NULL);
        return false;
    }
    bool same = read_secret("The same again: ", &again) && again.length == fresh->length &&
                memcmp(again.text, fresh->text, fresh->length) == 0;
    wipe(&again, sizeof again);
    if (!same) {
        puts("The two are not the same.");
    }
    return same;
}

static void create(struct desk *desk, const char *name)
{
    struct secret fresh = {.length = 0};
    char user_id[SESSION_ID_SIZE];
    // With somebody logged in, the event names them as the one who did it.
    const char *actor = desk->token[0] != '\0' ? desk->token : NULL;
    if (name[0] == '\0') {
        puts("create NAME");
    } else if (ask_new(desk, name, &fresh)) {
        int32_t status = session_user_create(desk->store, actor, name, fresh.text, fresh.length, user_id, sizeof user_id);
        if (status == SESSION_OK) {
            printf("Created %s (user %s).\n", name, user_id);
        } else if (status == SESSION_PASSWORD_WEAK) {
            explain_weak(desk->store, SESSION_WEAK_NOT); // the policy changed since it was asked
        } else {
            explain("session_user_create", status, NULL);
        }
    }
    wipe(&fresh, sizeof fresh);
}

// session_login says it, as the header tells.
void explain_throttled(struct desk *desk, const char *name, const struct secret *password)
{
    char token[SESSION_TOKEN_SIZE];
    session_info info = {.size = sizeof info};
    int32_t status = session_login(desk->store, name, password->text, password->length, NULL, token, sizeof token, &info);
    if (status == SESSION_OK) { // the wait was over by now
        puts("Please try again.");
        explain("session_logout", session_logout(desk->store, token), NULL);
    } else {
        explain("session_login", status, &info);
    }
    wipe(token, sizeof token);
}

static void change_password(struct desk *desk, const char *name, const char *keep_token)
{
    struct secret old = {.length = 0}, fresh = {.length = 0};
    if (read_secret("Old password, or code: ", &old) && ask_new(desk, name, &fresh)) {
        int32_t status = session_password_change(desk->store, name, old.text, old.length, fresh.text, fresh.length,
                                                 keep_token);
        if (status == SESSION_OK) {
            puts("Changed. Every other session of this user has ended.");
        } else if (status == SESSION_BAD_CREDENTIALS) {
            puts("Wrong password.");
        } else if (status == SESSION_THROTTLED) {
            explain_throttled(desk, name, &old);
        } else if (status == SESSION_PASSWORD_WEAK) {
            explain_weak(desk->store, SESSION_WEAK_NOT);
        } else {
            explain("session_password_change", status, NULL);
        }
    }
    wipe(&old, sizeof old);
    wipe(&fresh, sizeof fresh);
}

static void passwd(struct desk *desk)
{
    session_info info;
    if (live(desk, &info)) {
        change_password(desk, info.user_name, desk->token);
    }
}

static void login(struct desk *desk, const char *given)
{
    char name[LINE_SIZE];
    size_t length = 0;
    struct secret password = {.length = 0};
    session_login_options options = {.size = sizeof options, .label = "demo"};
    session_info info = {.size = sizeof info};

    if (desk->token[0] != '\0') {
        if (live(desk, &info)) {
            printf("%s is logged in; log out first.\n", info.user_name);
        }
        if (desk->token[0] != '\0') {
            return; // also after a fault: the session may be live
        }
    }
    if (given[0] != '\0') {
        strcpy(name, given);
    } else if (read_line("Name: ", name, sizeof name, &length) == LINE_END) {
        return;
    }
    if (read_secret("Password: ", &password)) {
        info = (session_info){.size = sizeof info};
        int32_t status = session_login(desk->store, name, password.text, password.length, &options, desk->token,
                                       sizeof desk->token, &info);
        wipe(&password, sizeof password);
        if (status == SESSION_OK) {
            printf("Welcome, %s. Logged in ", info.user_name);
            print_until(&info);
        } else if (status == SESSION_MUST_CHANGE) {
            puts("The password has to be changed before the next login.");
            change_password(desk, name, NULL);
        } else {
            explain("session_login", status, &info);
        }
    }
    wipe(&password, sizeof password);
}

/* ---- the loop ---- */

static void help(void)
{
    puts("login [NAME]   check name and password, open a session\n"
         "create NAME    create a user (this demo lets everybody; your program decides)\n"
         "whoami         who is logged in, until when\n"
         "logout         end the session\n"
         "quit           log out and leave\n"
         "With a live session:\n"
         "passwd         change your password\n"
         "users          all users\n"
         "sessions       all sessions\n"
         "events         the last 20 events\n"
         "reset NAME     a one-time code for who forgot the password\n"
         "override WHY   a second person says yes to something\n"
         "preset NAME    time-outs: aal1, aal2, aal3, default\n"
         "backup FOLDER  copy the store into a new folder\n"
         "check          look at every row and the whole audit trail");
}

static bool obey(struct desk *desk, const char *command, const char *rest)
{
    static const struct {
        const char *name;
        void (*list)(session_store *);
    } lists[] = {{"users", list_users}, {"sessions", list_sessions}, {"events", list_events}, {"check", check_store}};
    static const struct {
        const char *name;
        void (*run)(struct desk *desk, const char *rest);
    } managing[] = {{"reset", reset_password}, {"override", override}, {"preset", set_preset}, {"backup", back_up}};
    session_info info;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(command, lists[i].name) == 0) {
            if (live(desk, &info)) {
                lists[i].list(desk->store);
            }
            return true;
        }
    }
    for (size_t i = 0; i < sizeof managing / sizeof managing[0]; i++) {
        if (strcmp(command, managing[i].name) == 0) {
            if (live(desk, &info)) {
                managing[i].run(desk, rest);
            }
            return true;
        }
    }
    if (strcmp(command, "quit") == 0) {
        return false;
    } else if (strcmp(command, "login") == 0) {
        login(desk, rest);
    } else if (strcmp(command, "create") == 0) {
        create(desk, rest);
    } else if (strcmp(command, "whoami") == 0) {
        whoami(desk);
    } else if (strcmp(command, "passwd") == 0) {
        passwd(desk);
    } else if (strcmp(command, "logout") == 0) {
        logout(desk);
    } else if (strcmp(command, "help") == 0) {
        help();
    } else if (command[0] != '\0') {
        puts("No such command; help lists them.");
    }
    return true;
}

static void create_first_user(struct desk *desk)
{
    session_user user = {.size = sizeof user};
    char name[LINE_SIZE];
    size_t length = 0;
    int32_t status;
    while ((status = session_user_next(desk->store, NULL, &user)) == SESSION_DONE) {
        puts("This store has no user yet.");
        if (read_line("Name of the first user (empty: later): ", name, sizeof name, &length) == LINE_END || length == 0) {
            return;
        }
        create(desk, name);
    }
    explain("session_user_next", status, NULL);
}

void run_prompt(void)
{
    struct desk desk = {.store = NULL};
    char line[LINE_SIZE];
    size_t length = 0;
    enum line got;
    bool more = true;

    int32_t status = session_open_app("desksession-demo", NULL, &desk.store);
    if (status == SESSION_NO_KEY || status == SESSION_FOREIGN) {
        puts("\nIf its key is gone for good, session_adopt gives the store a new one: accounts live on, sessions end.");
    }
    if (status != SESSION_OK) {
        give_up("session_open_app", status);
    }
    puts("\nNow by hand, in your own store. help lists the commands.");
    create_first_user(&desk);
    while (more && (got = read_line("> ", line, sizeof line, &length)) != LINE_END) {
        if (got == LINE_CUT || strlen(line) != length) {
            puts("That line cannot be read.");
            continue;
        }
        while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL) {
            line[--length] = '\0';
        }
        char *command = line + strspn(line, " \t");
        char *rest = command + strcspn(command, " \t");
        if (*rest != '\0') {
            *rest++ = '\0';
            rest += strspn(rest, " \t");
        }
        more = obey(&desk, command, rest);
    }
    if (more) {
        puts(""); // the end of input came instead of quit
    }
    if (desk.token[0] != '\0') {
        logout(&desk);
    }
    forget(&desk);
    status = session_close(desk.store);
    if (status != SESSION_OK) {
        give_up("session_close", status);
    }
}
