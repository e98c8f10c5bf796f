/* What cannot be written in Rust: fcntl is variadic, and SQLite calls it through a pointer.
 *
 * Another SQLite in this process drops POSIX locks whenever it closes a file that we have open too. Open file description
 * locks are not affected, so every POSIX lock call of our SQLite becomes one of those. The descriptors that ever held one are
 * remembered, so that a child of fork can let go of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#if defined(__APPLE__) && !defined(F_OFD_SETLK)
#define F_OFD_SETLK 90 /* bsd/sys/fcntl.h of Darwin; public since macOS 15 */
#define F_OFD_GETLK 92
#endif

enum { TRACKED = 65536 };
static _Atomic unsigned char tracked[TRACKED];

static void track(int fd, unsigned char on) {
    if (fd >= 0 && fd < TRACKED) atomic_store(&tracked[fd], on);
}

static int lock_call(int fd, int command, struct flock *lock) {
    lock->l_pid = 0; /* the kernel refuses anything else */
    track(fd, 1);
    return fcntl(fd, command, lock);
}

/* For SQLite's system-call table: as fcntl. */
int desksession_fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (command == F_SETLK) return lock_call(fd, F_OFD_SETLK, argument);
    if (command == F_GETLK) return lock_call(fd, F_OFD_GETLK, argument);
    return fcntl(fd, command, argument);
}

/* For SQLite's system-call table: as close. */
int desksession_close(int fd) {
    if (fd >= 0 && fd < TRACKED && atomic_load(&tracked[fd])) {
        /* A fork right here must not leave a child the descriptor with its locks. */
        struct flock all = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
        fcntl(fd, F_OFD_SETLK, &all);
    }
    track(fd, 0);
    return close(fd);
}

/* One byte, for the lock file: type is F_RDLCK, F_WRLCK or F_UNLCK. 0, or -1 with errno. */
int desksession_lock_byte(int fd, int type, long long offset) {
    struct flock lock = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = (off_t)offset, .l_len = 1};
    return lock_call(fd, F_OFD_SETLK, &lock);
}

/* In the child of a fork: a descriptor kept open would keep the parent's locks after the parent's death. */
void desksession_close_tracked(void) {
    for (int fd = 0; fd < TRACKED; fd++) {
        if (atomic_exchange(&tracked[fd], 0)) close(fd);
    }
}
