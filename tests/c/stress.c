// Processes and threads on one store, verifying what others are ending, killed with SIGKILL now and then. Promise 2: no verify
// that starts after the ending call has returned, in any process, says yes; and while nobody ends a session, its verify says yes.
//   stress FOLDER SECONDS [PROCESSES THREADS]     (Linux)
#include "thread.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 48, MOST_CHANGING = 6, MOST_PROCESSES = 16, KILL_EVERY_MS = 700 };

// What is known of a slot's session. CHANGING: somebody is ending it or opening the next one.
enum { LIVE, CHANGING, OVER };

// One user and one session at a time. `turn` moves with every change of state, so that who reads it before and after a verify
// knows whether the state was the same all the while.
struct slot {
    atomic_uint turn; // 4 * how often + state
    atomic_int owner; // the process that changes it
    char user_id[SESSION_ID_SIZE];
    char name[16];
    char token[SESSION_TOKEN_SIZE];
};

// Between the processes.
static struct common {
    atomic_int stop;
    atomic_ulong yes, no, unknown, ended, opened, kills;
    struct slot slots[SLOTS];
} *common;

static session_store *store;
static int process, threads;

// Patient: so many threads on few cores wait for one another longer than people would.
static void open_patiently(const char *folder)
{
    SIZED(session_options, options);
    options.busy_timeout_ms = 60000;
    OK(session_open(folder, &options, &store));
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned draw(unsigned *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

static int state_of(unsigned turn)
{
    return (int)(turn % 4);
}

static unsigned next_turn(unsigned turn, int state)
{
    return (turn / 4 + 1) * 4 + (unsigned)state;
}

static void open_session(struct slot *slot)
{
    OK(login(store, slot->name, PASSWORD, slot->token));
    atomic_fetch_add(&common->opened, 1);
    atomic_store(&slot->turn, next_turn(atomic_load(&slot->turn), LIVE));
}

// One of the ways to end a session. It has returned before the slot is OVER.
static void end_session(struct slot *slot, unsigned way)
{
    uint64_t ended = 0;
    switch (way % 4) {
    case 0:
        OK(session_logout(store, slot->token));
        break;
    case 1:
        OK(session_revoke_user(store, NULL, slot->user_id, NULL, &ended));
        CHECK(ended == 1);
        break;
    case 2:
        OK(session_user_enable(store, NULL, slot->user_id, 0));
        break;
    default: {
        SIZED(session_info, info);
        OK(session_peek(store, slot->token, &info));
        OK(session_revoke(store, NULL, info.session_id));
    }
    }
    CHECK(session_verify(store, slot->token, NULL) != SESSION_OK);
    if (way % 4 == 2)
        OK(session_user_enable(store, NULL, slot->user_id, 1));
    atomic_fetch_add(&common->ended, 1);
    atomic_store(&slot->turn, next_turn(atomic_load(&slot->turn), OVER));
}

static int count_changing(void)
{
    int changing = 0;
    for (const struct slot *slot = common->slots; slot < common->slots + SLOTS; slot++)
        changing += state_of(atomic_load(&slot->turn)) == CHANGING;
    return changing;
}

static void change(struct slot *slot, unsigned way)
{
    unsigned turn = atomic_load(&slot->turn);
    if (state_of(turn) == CHANGING || count_changing() >= MOST_CHANGING)
        return;
    if (!atomic_compare_exchange_strong(&slot->turn, &turn, next_turn(turn, CHANGING)))
        return;
    atomic_store(&slot->owner, process);
    if (state_of(turn) == LIVE)
        end_session(slot, way);
    else
        open_session(slot);
}

static void verify(struct slot *slot)
{
    char token[SESSION_TOKEN_SIZE];
    SIZED(session_info, info);
    unsigned before = atomic_load(&slot->turn);
    memcpy(token, slot->token, sizeof token);
    int32_t status = session_verify(store, token, &info);
    unsigned after = atomic_load(&slot->turn);
    if (before != after || state_of(before) == CHANGING) { // also a token that was half written
        atomic_fetch_add(&common->unknown, 1);
    } else if (state_of(before) == LIVE) {
        WANT(SESSION_OK, status);
        CHECK(strcmp(info.user_id, slot->user_id) == 0 && strcmp(info.user_name, slot->name) == 0);
        atomic_fetch_add(&common->yes, 1);
    } else {
        CHECK(status == SESSION_LOGGED_OUT || status == SESSION_REVOKED);
        CHECK(info.ended_at != 0);
        atomic_fetch_add(&common->no, 1);
    }
}

static void *work(void *argument)
{
    unsigned dice = 0x9E3779B9u * (unsigned)(1 + process * 64 + (int)(intptr_t)argument) ^ (unsigned)now_ms();
    while (!atomic_load(&common->stop)) {
        for (int i = 0; i < 200; i++)
            verify(&common->slots[draw(&dice) % SLOTS]);
        change(&common->slots[draw(&dice) % SLOTS], draw(&dice) >> 8);
    }
    return NULL;
}

static void run_process(const char *folder)
{
    thread started[64];
    open_patiently(folder);
    for (intptr_t i = 0; i < threads; i++)
        started[i] = start_thread(work, (void *)i);
    for (int i = 0; i < threads; i++)
        join_thread(started[i]);
    OK(session_close(store));
    exit(0);
}

static pid_t start_process(const char *folder, int number)
{
    pid_t child = fork(); // nothing is open here
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
        process = number;
        run_process(folder);
    }
    return child;
}

// What a killed process was at may be done or not: its slots are made to be OVER. By a process of its own, since this one may
// hold no store while it starts others.
static void clean_up(const char *folder, int number)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        uint64_t ended = 0;
        open_patiently(folder);
        for (struct slot *slot = common->slots; slot < common->slots + SLOTS; slot++) {
            unsigned turn = atomic_load(&slot->turn);
            if (state_of(turn) != CHANGING || atomic_load(&slot->owner) != number)
                continue;
            OK(session_user_enable(store, NULL, slot->user_id, 1));
            OK(session_revoke_user(store, NULL, slot->user_id, NULL, &ended));
            // The token of a login that was cut off may be anybody's guess.
            OK(login(store, slot->name, PASSWORD, slot->token));
            OK(session_logout(store, slot->token));
            atomic_store(&slot->turn, next_turn(turn, OVER));
        }
        OK(session_close(store));
        exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void prepare(const char *folder)
{
    open_patiently(folder);
    hash_fast(store);
    for (int i = 0; i < SLOTS; i++) {
        struct slot *slot = &common->slots[i];
        snprintf(slot->name, sizeof slot->name, "user %d", i);
        OK(create(store, slot->name, slot->user_id));
        open_session(slot);
    }
    OK(session_close(store));
}

// Every row and the chain are whole, and who is live is who should be.
static void look_back(const char *folder)
{
    open_patiently(folder);
    uint64_t faults = 0;
    OK(session_check(store, &faults));
    for (int i = 0; i < SLOTS; i++)
        verify(&common->slots[i]);
    OK(session_close(store));
}

int main(int argc, char **argv)
{
    pid_t running[MOST_PROCESSES];
    CHECK(argc == 3 || argc == 5);
    const char *folder = argv[1];
    int64_t end = now_ms() + 1000 * atoi(argv[2]);
    int processes = argc == 5 ? atoi(argv[3]) : 8;
    threads = argc == 5 ? atoi(argv[4]) : 8;
    CHECK(processes > 1 && processes <= MOST_PROCESSES && threads > 0 && threads <= 64);
    common = mmap(NULL, sizeof *common, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(common != MAP_FAILED);
    prepare(folder);
    for (int i = 0; i < processes; i++)
        running[i] = start_process(folder, i);
    for (int victim = 0; now_ms() < end; victim = (victim + 1) % processes) {
        int status = 0;
        int64_t until = now_ms() + KILL_EVERY_MS;
        while (now_ms() < until && now_ms() < end) {
            struct timespec pause = {0, 20000000};
            nanosleep(&pause, NULL);
            for (int i = 0; i < processes; i++) // one that failed has said why
                CHECK(waitpid(running[i], &status, WNOHANG) == 0);
        }
        CHECK(kill(running[victim], SIGKILL) == 0 && waitpid(running[victim], &status, 0) == running[victim]);
        CHECK(WIFSIGNALED(status));
        atomic_fetch_add(&common->kills, 1);
        clean_up(folder, victim);
        running[victim] = start_process(folder, victim);
    }
    atomic_store(&common->stop, 1);
    for (int i = 0; i < processes; i++) {
        int status = 0;
        CHECK(waitpid(running[i], &status, 0) == running[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    look_back(folder);
    CHECK(common->yes > 0 && common->no > 0 && common->ended > 0 && common->kills > 0);
    printf("%d processes of %d threads: %lu yes, %lu no, %lu while it changed; %lu sessions opened, %lu ended, %lu kills\n", processes,
           threads, common->yes, common->no, common->unknown, common->opened, common->ended, common->kills);
    return 0;
}
