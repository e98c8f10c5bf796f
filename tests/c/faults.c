// Preloaded (LD_PRELOAD): lets the disk fail, or the process die, at the n-th call that may change something in a folder.
//   FAULT_ROOT    the folder; calls on other paths are left alone
//   FAULT_AT      which call, from 1; 0 = none
//   FAULT_MODE    kill: SIGKILL before the call; torn: the same, but half of a write is done; eio, enospc: the call fails
//   FAULT_STICKY  1 = every call from that one on fails
//   FAULT_COUNT   a file outside the folder that receives the number of calls at the end of the process
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { KILL, TORN, FAIL };

static enum mode mode;
static char root[PATH_MAX];
static long fault_at;
static int sticky, failure;
static atomic_long calls;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAULT_MODE");
    mode = text == NULL || strcmp(text, "kill") == 0 ? KILL : strcmp(text, "torn") == 0 ? TORN : FAIL;
    failure = text != NULL && strcmp(text, "enospc") == 0 ? ENOSPC : EIO;
    sticky = getenv("FAULT_STICKY") != NULL;
    fault_at = getenv("FAULT_AT") == NULL ? 0 : atol(getenv("FAULT_AT"));
    if (getenv("FAULT_ROOT") == NULL || realpath(getenv("FAULT_ROOT"), root) == NULL)
        abort();
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file != NULL) {
        fprintf(file, "%ld\n", atomic_load(&calls));
        fclose(file);
    }
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int below_root(const char *path)
{
    size_t length = strlen(root);
    return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static int fd_inside(int fd)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return 0;
    path[size] = '\0';
    return below_root(path);
}

static int path_inside(int folder, const char *path)
{
    if (path[0] == '/')
        return below_root(path);
    return folder == AT_FDCWD ? 0 : fd_inside(folder);
}

// Whether this is the call. In mode kill there is no answer.
static int struck(int inside)
{
    if (!inside)
        return 0;
    long now = atomic_fetch_add(&calls, 1) + 1;
    if (fault_at == 0 || now < fault_at || (now > fault_at && !sticky))
        return 0;
    if (mode == KILL)
        die();
    errno = failure;
    return 1;
}

static int fails(int inside)
{
    if (!struck(inside))
        return 0;
    if (mode == TORN)
        die();
    return 1;
}

#define REAL(name)                                     \
    static __typeof__(name) *real;                     \
    if (real == NULL)                                  \
        *(void **)&real = dlsym(RTLD_NEXT, #name)

#define CALL(name, inside, parameters, arguments)      \
    int name parameters                                \
    {                                                  \
        REAL(name);                                    \
        return fails(inside) ? -1 : real arguments;    \
    }

#define WRITE(name, parameters, half, whole)           \
    ssize_t name parameters                            \
    {                                                  \
        REAL(name);                                    \
        if (struck(fd_inside(fd))) {                   \
            if (mode == FAIL)                          \
                return -1;                             \
            if (real half >= 0)                        \
                die();                                 \
        }                                              \
        return real whole;                             \
    }

#define OPEN(name)                                                     \
    int name(const char *path, int flags, ...)                         \
    {                                                                  \
        REAL(name);                                                    \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        mode_t rights = flags & O_CREAT ? va_arg(rest, mode_t) : 0;    \
        va_end(rest);                                                  \
        return fails(path_inside(AT_FDCWD, path)) ? -1 : real(path, flags, rights); \
    }

#define OPENAT(name)                                                   \
    int name(int folder, const char *path, int flags, ...)             \
    {                                                                  \
        REAL(name);                                                    \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        mode_t rights = flags & O_CREAT ? va_arg(rest, mode_t) : 0;    \
        va_end(rest);                                                  \
        return fails(path_inside(folder, path)) ? -1 : real(folder, path, flags, rights); \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
WRITE(write, (int fd, const void *bytes, size_t size), (fd, bytes, size / 2), (fd, bytes, size))
WRITE(pwrite, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size / 2, at), (fd, bytes, size, at))
WRITE(pwrite64, (int fd, const void *bytes, size_t size, off64_t at), (fd, bytes, size / 2, at), (fd, bytes, size, at))
WRITE(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count / 2), (fd, parts, count))
CALL(fsync, fd_inside(fd), (int fd), (fd))
CALL(fdatasync, fd_inside(fd), (int fd), (fd))
CALL(ftruncate, fd_inside(fd), (int fd, off_t size), (fd, size))
CALL(ftruncate64, fd_inside(fd), (int fd, off64_t size), (fd, size))
CALL(rename, path_inside(AT_FDCWD, to), (const char *from, const char *to), (from, to))
CALL(renameat, path_inside(folder, to), (int from_folder, const char *from, int folder, const char *to),
     (from_folder, from, folder, to))
CALL(renameat2, path_inside(folder, to), (int from_folder, const char *from, int folder, const char *to, unsigned flags),
     (from_folder, from, folder, to, flags))
CALL(link, path_inside(AT_FDCWD, to), (const char *from, const char *to), (from, to))
CALL(linkat, path_inside(folder, to), (int from_folder, const char *from, int folder, const char *to, int flags),
     (from_folder, from, folder, to, flags))
CALL(unlink, path_inside(AT_FDCWD, path), (const char *path), (path))
CALL(unlinkat, path_inside(folder, path), (int folder, const char *path, int flags), (folder, path, flags))
CALL(mkdir, path_inside(AT_FDCWD, path), (const char *path, mode_t rights), (path, rights))
CALL(mkdirat, path_inside(folder, path), (int folder, const char *path, mode_t rights), (folder, path, rights))
