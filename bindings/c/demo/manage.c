// What an administrator does: a code for a forgotten password, a second person's yes, presets, backup, check.
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void reset_password(struct desk *desk, const char *name)
{
    char code[SESSION_CODE_SIZE];
    session_user user = {.size = sizeof user};
    if (name[0] == '\0') {
        puts("reset NAME");
        return;
    }
    int32_t status = session_user_find(desk->store, name, &user);
    if (status == SESSION_OK) {
        status = session_password_reset(desk->store, desk->token, user.user_id, code, sizeof code);
    }
    if (status == SESSION_OK) {
        printf("%s is logged out everywhere, the old password is gone. Hand over this code, good for 24 hours and one change:\n"
               "%s\nlogin %s takes it as the password and asks for a new one.\n",
               user.user_name, code, user.user_name);
    } else {
        explain("session_password_reset", status, NULL);
    }
    wipe(code, sizeof code);
}

static void ask_second_person(struct desk *desk, const char *name, const struct secret *password, const char *purpose)
{
    session_user who = {.size = sizeof who};
    session_info info;
    int32_t status = session_authorize(desk->store, desk->token, name, password->text, password->length, purpose, &who);
    if (status == SESSION_OK) {
        // Whether this person may say yes is the program's business: here everybody may.
        printf("%s says yes (permissions %" PRIx64 "). The audit trail has it:\n", who.user_name, who.permissions);
        show_last_event(desk->store);
    } else if (status == SESSION_THROTTLED) {
        explain_throttled(desk, name, password);
    } else if (status != SESSION_NOT_ALLOWED) {
        explain("session_authorize", status, NULL);
    } else if (live(desk, &info)) {
        puts("That is your own account: a second person has to say yes.");
    }
}

void override(struct desk *desk, const char *purpose)
{
    char name[LINE_SIZE];
    size_t length = 0;
    struct secret password = {.length = 0};
    if (purpose[0] == '\0') {
        puts("override PURPOSE");
    } else if (read_line("Name of who says yes: ", name, sizeof name, &length) != LINE_END &&
               read_secret("Password: ", &password)) {
        ask_second_person(desk, name, &password, purpose);
    }
    wipe(&password, sizeof password);
}

void set_preset(struct desk *desk, const char *name)
{
    static const struct {
        const char *name;
        uint32_t preset;
    } presets[] = {
        {"aal1", SESSION_PRESET_AAL1_TIMEOUTS},
        {"aal2", SESSION_PRESET_AAL2_TIMEOUTS},
        {"aal3", SESSION_PRESET_AAL3_TIMEOUTS},
        {"default", SESSION_PRESET_DEFAULT_TIMEOUTS},
    };
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++) {
        if (strcmp(name, presets[i].name) == 0) {
            int32_t status = session_policy_preset(desk->store, desk->token, presets[i].preset);
            if (status == SESSION_OK) {
                puts("Set, for every process. Sessions that are live follow where it is shorter.");
            }
            explain("session_policy_preset", status, NULL);
            return;
        }
    }
    puts("preset aal1 | aal2 | aal3 | default");
}

void back_up(struct desk *desk, const char *folder)
{
    if (folder[0] == '\0') {
        puts("backup NEW_FOLDER");
        return;
    }
    int32_t status = session_backup(desk->store, desk->token, folder);
    if (status == SESSION_OK) {
        puts("Copied: accounts, policy and audit trail, no session and no key.\n"
             "It opens on this PC; elsewhere session_adopt gives it a new key.");
    } else if (status >= 100) {
        report("session_backup", status); // of the new folder, mostly: no reason to leave
    } else {
        explain("session_backup", status, NULL);
    }
}

void check_store(session_store *store)
{
    session_fault fault = {.size = sizeof fault};
    uint64_t count = 0;
    int32_t status = session_check(store, &count);
    if (status == SESSION_OK) {
        printf("Faults: %" PRIu64 "%s\n", count, count == 0 ? ", the store is whole." : "");
        while ((status = session_fault_next(store, fault.number, &fault)) == SESSION_OK) {
            printf("%s %s: %s, %s\n", fault.table, fault.row, session_status_name(fault.status), fault.detail);
        }
    }
    explain("session_check", status, NULL);
}
