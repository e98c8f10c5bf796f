// Starts this program once more as another process and reads what it prints.
#ifndef CHILD_H
#define CHILD_H

#include "check.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    FILE *output;
};

static inline struct child start_child(char *const arguments[])
{
    extern char **environ;
    struct child child;
    int ends[2];
    posix_spawn_file_actions_t actions;
    CHECK(pipe2(ends, O_CLOEXEC) == 0);
    CHECK(posix_spawn_file_actions_init(&actions) == 0);
    CHECK(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0);
    CHECK(posix_spawn(&child.pid, "/proc/self/exe", &actions, NULL, arguments, environ) == 0);
    CHECK(posix_spawn_file_actions_destroy(&actions) == 0 && close(ends[1]) == 0);
    child.output = fdopen(ends[0], "r");
    CHECK(child.output != NULL);
    return child;
}

// Call it after the output was read to its end.
static inline void finish_child(struct child child)
{
    int status = 0;
    CHECK(fclose(child.output) == 0);
    CHECK(waitpid(child.pid, &status, 0) == child.pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#endif
