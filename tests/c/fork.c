// A child that inherited an open store is told so, every time, whatever the parent's threads were doing; the parent and
// its store are unharmed. A child of a process with no open store may open one.
//   fork FOLDER     (not there yet)
#include "every_call.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 200

static session_store *store;
static atomic_int over;

static void *verify_until_over(void *unused)
{
    while (!atomic_load(&over))
        OK(session_verify(store, who.token, NULL));
    return unused;
}

static void check_child(pid_t child)
{
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// In the child: a hang is as bad as a wrong answer.
static void inherited(const char *folder)
{
    session_store *opened = store;
    alarm(30);
    for (int call = 0; call < CALLS; call++) {
        WANT(SESSION_FORKED, every_call(call, store));
        check_cleared(call);
    }
    WANT(SESSION_FORKED, session_open(folder, NULL, &opened));
    CHECK(opened == NULL);
    opened = store;
    WANT(SESSION_FORKED, session_open_app("Till", NULL, &opened));
    CHECK(opened == NULL);
    opened = store;
    WANT(SESSION_FORKED, session_adopt(folder, NULL, &opened));
    CHECK(opened == NULL);
    WANT(SESSION_FORKED, session_close(store));
    CHECK(session_abi_version() == SESSION_ABI_VERSION);
    _exit(0);
}

static void opens_its_own(const char *folder)
{
    char token[SESSION_TOKEN_SIZE];
    alarm(30);
    session_store *mine = open_store(folder);
    OK(login(mine, "Anna", PASSWORD, token));
    OK(session_close(mine));
    _exit(0);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    char token[SESSION_TOKEN_SIZE];
    CHECK(argc == 2);

    who.new_folder = argv[1];
    store = open_store(argv[1]);
    prepare(store);
    CHECK(pthread_create(&thread, NULL, verify_until_over, NULL) == 0);
    for (int round = 0; round < ROUNDS; round++) {
        pid_t child = fork();
        if (child == 0)
            inherited(argv[1]);
        check_child(child);
        OK(session_user_permit(store, NULL, who.user_id, (uint64_t)round));
    }
    atomic_store(&over, 1);
    CHECK(pthread_join(thread, NULL) == 0);
    OK(session_verify(store, who.token, NULL));
    OK(login(store, "Anna", PASSWORD, token));
    OK(session_close(store));

    pid_t child = fork();
    if (child == 0)
        opens_its_own(argv[1]);
    check_child(child);
    store = open_store(argv[1]);
    OK(session_verify(store, token, NULL));
    OK(session_close(store));
    return 0;
}
