// The story of a login, told in a temporary store; then, at a terminal, a prompt to try it by hand.
//
//   cc -std=c11 -Iinclude bindings/c/*.c -ldesksession -o demo
//   ./demo                  the story, and the prompt if standard input is a terminal
//   ./demo --interactive    the story and the prompt, also through a pipe
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "demo.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static char temporary[PATH_SIZE];
static int steps;

static _Noreturn void system_failed(const char *what)
{
    fflush(stdout);
    perror(what);
    exit(EXIT_FAILURE);
}

/* ---- a place that leaves nothing behind ---- */

static int remove_entry(const char *path, const struct stat *state, int kind, struct FTW *at)
{
    (void)state, (void)kind, (void)at;
    return remove(path);
}

static void remove_temporary(void)
{
    if (temporary[0] != '\0' && nftw(temporary, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0) {
        perror(temporary);
    }
    temporary[0] = '\0';
}

static void join(char path[PATH_SIZE], const char *folder, const char *name)
{
    int length = snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    if (length < 0 || length >= PATH_SIZE) {
        errno = ENAMETOOLONG;
        system_failed(name);
    }
}

static void make_temporary(void)
{
    const char *place = getenv("TMPDIR");
    char path[PATH_SIZE];
    join(path, place != NULL && place[0] == '/' ? place : "/tmp", "desksession-demo.XXXXXX");
    if (mkdtemp(path) == NULL) {
        system_failed(path);
    }
    strcpy(temporary, path);
    atexit(remove_temporary);
}

/* ---- telling ---- */

static void step(const char *title)
{
    printf("\n%d. %s\n", ++steps, title);
    fflush(stdout);
}

static void expect(const char *call, int32_t status, int32_t wanted)
{
    if (status != wanted) {
        fprintf(stderr, "step %d should have answered %s\n", steps, session_status_name(wanted));
        give_up(call, status);
    }
    printf("     %-23s %s\n", call, session_status_name(status));
}

static void why(const char *reason)
{
    printf("     Why: %s.\n", reason);
}

static void print_owner(const session_info *info)
{
    printf("     %s until %s, sooner if idle after %s\n", info->user_name,
           local_time(info->expires_at, (char[TIME_SIZE]){0}), local_time(info->idle_expires_at, (char[TIME_SIZE]){0}));
}

/* ---- the second process ---- */

// Its exit code is the status; 1 stands for everything else and is no answer of session_verify.
static int see(const char *folder)
{
    char token[SESSION_TOKEN_SIZE];
    size_t length = 0;
    session_store *store = NULL;
    session_options existing = {.size = sizeof existing, .flags = SESSION_OPEN_EXISTING};
    session_info info = {.size = sizeof info};

    if (read_line("", token, sizeof token, &length) != LINE_OK) {
        fputs("--see expects a token on standard input\n", stderr);
        return EXIT_FAILURE;
    }
    int32_t status = session_open(folder, &existing, &store);
    if (status != SESSION_OK) {
        give_up("session_open in the second process", status);
    }
    status = session_verify(store, token, &info);
    wipe(token, sizeof token);
    printf("     process %ld opened the store itself and was told %s\n", (long)getpid(), session_status_name(status));
    if (status == SESSION_OK) {
        print_owner(&info);
    } else if (status >= 100) {
        report("session_verify in the second process", status);
    }
    session_close(store);
    return fflush(stdout) == 0 ? (int)status : EXIT_FAILURE;
}

static int32_t ask_second_process(const char *self, const char *folder, const char *token)
{
    int pipe_ends[2], state;
    fflush(stdout);
    if (pipe(pipe_ends) != 0) {
        system_failed("pipe");
    }
    pid_t child = fork();
    if (child < 0) {
        system_failed("fork");
    }
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        close(pipe_ends[1]);
        if (pipe_ends[0] != STDIN_FILENO) {
            dup2(pipe_ends[0], STDIN_FILENO);
            close(pipe_ends[0]);
        }
        execlp(self, self, "--see", folder, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    close(pipe_ends[0]);
    size_t length = strlen(token); // far below PIPE_BUF: one write, which does not block
    bool sent = write(pipe_ends[1], token, length) == (ssize_t)length;
    close(pipe_ends[1]);
    while (waitpid(child, &state, 0) < 0) {
        if (errno != EINTR) {
            system_failed("waitpid");
        }
    }
    if (!sent || !WIFEXITED(state) || WEXITSTATUS(state) == EXIT_FAILURE) {
        fprintf(stderr, "step %d: the second process could not tell\n", steps);
        exit(EXIT_FAILURE);
    }
    return WEXITSTATUS(state);
}

/* ---- the story ---- */

static const char name[] = "Anna Müller", password[] = "seven green kettles sing", wrong[] = "seven green kettles sink";

static void tell_override(session_store *store, const char *token)
{
    static const char manager[] = "Mara Weiß", secret[] = "forty geese over a wet meadow", purpose[] = "refund 17.50";
    char manager_id[SESSION_ID_SIZE];
    session_user who = {.size = sizeof who};

    step("A manager says yes at the cashier's till");
    expect("session_user_create",
           session_user_create(store, NULL, manager, secret, strlen(secret), manager_id, sizeof manager_id), SESSION_OK);
    expect("session_user_permit", session_user_permit(store, token, manager_id, 1), SESSION_OK);
    expect("session_authorize", session_authorize(store, token, name, password, strlen(password), purpose, &who),
           SESSION_NOT_ALLOWED);
    expect("session_authorize", session_authorize(store, token, manager, secret, strlen(secret), purpose, &who), SESSION_OK);
    printf("     %s, permissions %" PRIx64 "; the audit trail has who asked, who said yes and for what:\n", who.user_name,
           who.permissions);
    show_last_event(store);
    why("nobody says yes to their own request; throttled as a login, and the cashier's session goes on as it was");
}

static void tell_reset(session_store *store, const char *user_id)
{
    static const char fresh[] = "nine lanterns over a harbour";
    char code[SESSION_CODE_SIZE], token[SESSION_TOKEN_SIZE];

    step("A forgotten password is replaced by a one-time code");
    expect("session_password_reset", session_password_reset(store, NULL, user_id, code, sizeof code), SESSION_OK);
    printf("     %s, to be handed to %s\n", code, name);
    expect("session_login", session_login(store, name, password, strlen(password), NULL, token, sizeof token, NULL),
           SESSION_BAD_CREDENTIALS);
    why("the old password has stopped, every session of this user has ended");

    step("The code is good for a new password and nothing else");
    expect("session_login", session_login(store, name, code, strlen(code), NULL, token, sizeof token, NULL),
           SESSION_MUST_CHANGE);
    expect("session_password_change",
           session_password_change(store, name, code, strlen(code), fresh, strlen(fresh), NULL), SESSION_OK);
    expect("session_login", session_login(store, name, fresh, strlen(fresh), NULL, token, sizeof token, NULL), SESSION_OK);
    why("once, within 24 hours; so whoever handed it over does not know the password that follows");
    wipe(code, sizeof code);
    wipe(token, sizeof token);
}

static void tell(const char *self)
{
    char folder[PATH_SIZE], user_id[SESSION_ID_SIZE], token[SESSION_TOKEN_SIZE];
    session_store *store = NULL;
    session_user user = {.size = sizeof user};
    session_info info = {.size = sizeof info};

    join(folder, temporary, "store");
    step("A store is created on first use");
    expect("session_open", session_open(folder, NULL, &store), SESSION_OK);
    printf("     %s\n", folder);
    why("one folder, for this OS account alone; the key lies elsewhere, so a stolen copy holds no live session");

    step("The first user is created");
    expect("session_user_next", session_user_next(store, NULL, &user), SESSION_DONE);
    expect("session_user_create",
           session_user_create(store, NULL, name, password, strlen(password), user_id, sizeof user_id), SESSION_OK);
    printf("     %s, user id %s\n", name, user_id);
    why("argon2id with a salt of its own; at least 15 characters, and none of the common passwords");

    step("A wrong password is refused");
    expect("session_login", session_login(store, name, wrong, strlen(wrong), NULL, token, sizeof token, &info),
           SESSION_BAD_CREDENTIALS);
    why("wrong name and wrong password are one answer after the same work; attempts are counted and soon have to wait");

    step("The right password opens a session");
    expect("session_login", session_login(store, name, password, strlen(password), NULL, token, sizeof token, &info),
           SESSION_OK);
    printf("     a token of %zu characters (never shown), public session id %s\n", strlen(token), info.session_id);
    why("the token carries 256 random bits of the operating system; the store keeps a keyed hash of them, never the token");

    step("The token tells who it is");
    expect("session_verify", session_verify(store, token, &info), SESSION_OK);
    print_owner(&info);
    why("checked live at every call: absolute expiry, idle expiry, revocation and the user's state");

    step("A second process sees the same session");
    expect("session_verify", ask_second_process(self, folder, token), SESSION_OK);
    why("no server between them; the token went through a pipe, as everybody can read command lines");

    tell_override(store, token);

    step("Logout");
    expect("session_logout", session_logout(store, token), SESSION_OK);
    why("the revocation is on disk before the call returns");

    step("The old token is refused here");
    expect("session_verify", session_verify(store, token, &info), SESSION_LOGGED_OUT);
    printf("     was %s's, ended at %s\n", info.user_name, local_time(info.ended_at, (char[TIME_SIZE]){0}));
    why("each end of a session has its own answer, so the program can say why it asks again");

    step("The old token is refused in the second process");
    expect("session_verify", ask_second_process(self, folder, token), SESSION_LOGGED_OUT);
    why("every process sees a logout at its next check");

    tell_reset(store, user_id);

    wipe(token, sizeof token);
    expect("session_close", session_close(store), SESSION_OK);
}

// In a home of its own, so that the store's key is temporary too. Ctrl-C waits until everything is removed.
static void tell_story(const char *self)
{
    sigset_t held, before;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &before);

    const char *home = getenv("XDG_DATA_HOME");
    char *kept = home != NULL ? strdup(home) : NULL;
    char data[PATH_SIZE];
    make_temporary();
    join(data, temporary, "data");
    if ((home != NULL && kept == NULL) || mkdir(data, 0700) != 0 || setenv("XDG_DATA_HOME", data, 1) != 0) {
        system_failed("a temporary home");
    }
    tell(self);
    remove_temporary();
    if ((kept != NULL ? setenv("XDG_DATA_HOME", kept, 1) : unsetenv("XDG_DATA_HOME")) != 0) {
        system_failed("XDG_DATA_HOME");
    }
    free(kept);
    fflush(stdout);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(int count, char **words)
{
    bool interactive = count == 2 && strcmp(words[1], "--interactive") == 0;
    if (session_abi_version() != SESSION_ABI_VERSION) {
        fprintf(stderr, "the loaded desksession %s has ABI %" PRIu32 ", this program needs %d\n", session_version(),
                session_abi_version(), SESSION_ABI_VERSION);
        return EXIT_FAILURE;
    }
    if (count == 3 && strcmp(words[1], "--see") == 0) {
        return see(words[2]);
    }
    if (count != 1 && !interactive) {
        fputs("usage: demo [--interactive]\n", stderr);
        return EXIT_FAILURE;
    }
    signal(SIGPIPE, SIG_IGN);
    printf("desksession %s: the story of a login, in a temporary store\n", session_version());
    tell_story(words[0]);
    printf("\nAll %d steps went as told; the temporary store is removed.\n", steps);
    if (interactive || isatty(STDIN_FILENO)) {
        run_prompt();
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
