// What the files of the demo share:
//   demo.c      main, and the story of a login
//   prompt.c    the same by hand, over the store of this OS account
//   manage.c    what an administrator does there
//   lists.c     its users, sessions and events
//   words.c     times, answers and faults in words
//   terminal.c  lines and hidden passwords
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DEMO_H
#define DEMO_H

#define _XOPEN_SOURCE 700
#define _DARWIN_C_SOURCE 1 // mkdtemp on macOS

#include "desksession.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One byte more than the library takes, so that a longer line is still too long when it arrives there.
struct secret {
    char text[SESSION_PASSWORD_MAX + 2];
    size_t length;
};

enum line { LINE_OK, LINE_CUT, LINE_END };

// Reads a line without its end; what does not fit is dropped (LINE_CUT).
enum line read_line(const char *prompt, char *text, size_t cap, size_t *length);

// Reads a password, unseen if standard input is a terminal. False at the end of input. Wipe it after use.
bool read_secret(const char *prompt, struct secret *secret);

// Overwrites memory in a way the compiler must keep.
void wipe(void *memory, size_t size);

#define TIME_SIZE 32

// Local date and time of a library time; returns text.
const char *local_time(int64_t unix_ms, char text[TIME_SIZE]);

// Prints everything the library tells about a status.
void report(const char *what, int32_t status);

// The same, and ends the program with 1.
_Noreturn void give_up(const char *what, int32_t status);

// Says to a person what a status means. A fault that a new attempt cannot help ends the program.
// info: where the call gave one; NULL is fine.
void explain(const char *call, int32_t status, const session_info *info);

// Says why a new password was refused; reason is SESSION_WEAK_*, SESSION_WEAK_NOT = not known.
void explain_weak(session_store *store, uint32_t reason);

void list_users(session_store *store);
void list_sessions(session_store *store);
void list_events(session_store *store); // the last 20
void show_last_event(session_store *store);

// What a program keeps while it runs: the store, and the token of who sits in front of it (empty = nobody).
struct desk {
    session_store *store;
    char token[SESSION_TOKEN_SIZE];
};

enum { LINE_SIZE = 1024 };

// The check before every protected command.
bool live(struct desk *desk, session_info *info);

// How long to wait, where a call that takes a password did not say.
void explain_throttled(struct desk *desk, const char *name, const struct secret *password);

// For who is logged in; the event names them as the one who did it.
void reset_password(struct desk *desk, const char *name);
void override(struct desk *desk, const char *purpose);
void set_preset(struct desk *desk, const char *name);
void back_up(struct desk *desk, const char *folder);
void check_store(session_store *store);

// Commands from standard input until quit or its end.
void run_prompt(void);

#endif
