// Lines and hidden passwords. No stdio on this side: its buffer would keep a copy of every password.
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "demo.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { ENDING = sizeof ending / sizeof ending[0] };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

void wipe(void *memory, size_t size)
{
    volatile unsigned char *byte = memory;
    while (size-- > 0) {
        *byte++ = 0;
    }
}

// 1 = a byte, 0 = end of input or a caught signal. `open_mask` lets signals in while waiting, and only then.
static int next_byte(char *byte, const sigset_t *open_mask)
{
    for (;;) {
        fd_set input;
        FD_ZERO(&input);
        FD_SET(STDIN_FILENO, &input);
        if (pselect(STDIN_FILENO + 1, &input, NULL, NULL, NULL, open_mask) > 0) {
            ssize_t got = read(STDIN_FILENO, byte, 1);
            if (got >= 0 || errno != EINTR) {
                return got == 1;
            }
        } else if (errno != EINTR || caught != 0) {
            return 0;
        }
    }
}

static enum line collect(char *text, size_t cap, size_t *length, const sigset_t *open_mask)
{
    char byte = 0;
    size_t kept = 0;
    bool any = false, cut = false;
    while (next_byte(&byte, open_mask)) {
        any = true;
        if (byte == '\n') {
            break;
        }
        if (kept + 1 < cap) {
            text[kept++] = byte;
        } else {
            cut = true;
        }
    }
    wipe(&byte, sizeof byte);
    text[kept] = '\0';
    *length = kept;
    return !any ? LINE_END : cut ? LINE_CUT : LINE_OK;
}

static void show(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

enum line read_line(const char *prompt, char *text, size_t cap, size_t *length)
{
    show(prompt);
    return collect(text, cap, length, NULL);
}

// Signals wait until the terminal is as it was; then they take their usual course.
static bool read_hidden(const char *prompt, struct secret *secret, const struct termios *usual)
{
    struct termios hidden = *usual;
    struct sigaction watch = {.sa_handler = on_signal}, before[ENDING];
    sigset_t held, open_mask;
    enum line line;

    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    sigemptyset(&watch.sa_mask);
    sigemptyset(&held);
    for (int i = 0; i < ENDING; i++) {
        sigaddset(&held, ending[i]);
    }
    do {
        caught = 0;
        sigprocmask(SIG_BLOCK, &held, &open_mask);
        for (int i = 0; i < ENDING; i++) {
            sigaction(ending[i], &watch, &before[i]);
        }
        // Quiet first, then ask: nothing typed after the question is lost or seen.
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        show(prompt);
        line = collect(secret->text, sizeof secret->text, &secret->length, &open_mask);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, usual);
        show("\n");
        for (int i = 0; i < ENDING; i++) {
            sigaction(ending[i], &before[i], NULL);
        }
        if (caught != 0) {
            wipe(secret, sizeof *secret);
            raise(caught);
        }
        sigprocmask(SIG_SETMASK, &open_mask, NULL);
    } while (caught != 0); // still here: stopped and continued, so ask again
    return line != LINE_END;
}

bool read_secret(const char *prompt, struct secret *secret)
{
    struct termios usual;
    if (tcgetattr(STDIN_FILENO, &usual) == 0) {
        return read_hidden(prompt, secret, &usual);
    }
    return read_line(prompt, secret->text, sizeof secret->text, &secret->length) != LINE_END;
}
