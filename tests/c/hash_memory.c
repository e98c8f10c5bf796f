// What a password hash takes of memory it gives back when the call returns, and where it gets none the call says so.
//   hash_memory FOLDER     (Linux)
#include "check.h"

#include <sys/resource.h>

#define MIB 1024         // in KiB
#define HASH (64 * MIB)  // the default policy's
#define PEAK (HASH + 8 * MIB)
#define LEFT (4 * MIB)

static long status_kib(const char *field)
{
    char line[256];
    long kib = -1;
    FILE *file = fopen("/proc/self/status", "r");
    CHECK(file != NULL);
    while (kib < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtol(line + strlen(field), NULL, 10);
    fclose(file);
    CHECK(kib > 0);
    return kib;
}

static void log_in(session_store *store)
{
    char token[SESSION_TOKEN_SIZE];
    OK(login(store, "Anna", PASSWORD, token));
    OK(session_logout(store, token));
}

// VmHWM begins anew; without that (kernels before 4.0, some containers) the peak cannot be told.
static int forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    return file != NULL && (fputs("5", file) >= 0) + (fclose(file) == 0) == 2;
}

static void check_resident(session_store *store)
{
    log_in(store);
    for (int i = 0; i < 3; i++) {
        long before = status_kib("VmRSS:");
        int peak_known = forget_peak();
        log_in(store);
        long peak = status_kib("VmHWM:") - before, left = status_kib("VmRSS:") - before;
        if ((peak_known && (peak < HASH / 2 || peak > PEAK)) || left > LEFT)
            fprintf(stderr, "KiB above %ld before: peak %ld, after %ld\n", before, peak, left);
        CHECK(!peak_known || (peak >= HASH / 2 && peak <= PEAK));  // no peak at all: nothing was measured
        CHECK(left <= LEFT);
    }
}

// Room for all that a login does, but for its hash.
static void check_refusal(session_store *store)
{
    struct rlimit usual, narrow;
    char token[SESSION_TOKEN_SIZE], id[SESSION_ID_SIZE];
    CHECK(getrlimit(RLIMIT_AS, &usual) == 0);
    narrow = usual;
    narrow.rlim_cur = (rlim_t)(status_kib("VmSize:") + HASH / 2) * 1024;
    CHECK(setrlimit(RLIMIT_AS, &narrow) == 0);
    WANT(SESSION_NO_MEMORY, login(store, "Anna", PASSWORD, token));
    WANT(SESSION_NO_MEMORY, login(store, "Nobody", PASSWORD, token));
    WANT(SESSION_NO_MEMORY, create(store, "Mara", id));
    CHECK(setrlimit(RLIMIT_AS, &usual) == 0);
    log_in(store);
}

int main(int argc, char **argv)
{
    char id[SESSION_ID_SIZE];
    CHECK(argc == 2);
    session_store *store = open_store(argv[1]);
    OK(create(store, "Anna", id));
    check_resident(store);
    check_refusal(store);
    OK(session_close(store));
    return 0;
}
