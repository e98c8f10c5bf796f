// Two copies of the library in one process (two plugins that each bring their own), and other processes beside them, all
// at one store: whatever was acknowledged to anybody is true for everybody.
//   two_copies COPY OTHER_COPY FOLDER     (two files with the same library; not linked with it)
#include "child.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

#define HANDLES 4   // two of each copy
#define WORKERS 8   // threads, two at each handle
#define CHILDREN 2
#define LOGINS 10   // of each worker and child
#define USERS 4
#define MOST ((WORKERS + CHILDREN) * LOGINS)

struct copy {
#define FUNCTION(name) __typeof__(session_##name) *name
    FUNCTION(open);
    FUNCTION(close);
    FUNCTION(policy_set);
    FUNCTION(user_create);
    FUNCTION(user_get);
    FUNCTION(login);
    FUNCTION(verify);
    FUNCTION(peek);
    FUNCTION(logout);
    FUNCTION(next);
    FUNCTION(event_next);
    FUNCTION(status_name);
    FUNCTION(last_error);
};

static struct copy copies[2];
static const char *folder;

#define TOLD(copy, wanted, call) told(__LINE__, copy, #call, wanted, (call))
#define YES(copy, call) TOLD(copy, SESSION_OK, call)

static void told(int line, const struct copy *copy, const char *what, int32_t wanted, int32_t got)
{
    char detail[SESSION_ERROR_SIZE];
    if (got == wanted)
        return;
    copy->last_error(detail, sizeof detail);
    fprintf(stderr, "%s:%d: %s: %s, not %s (%s)\n", __FILE__, line, what, copy->status_name(got),
            copy->status_name(wanted), detail);
    exit(1);
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);
    CHECK(found != NULL);
    return found;
}

static void load(struct copy *copy, const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
#define RESOLVE(name) *(void **)&copy->name = symbol(library, "session_" #name)
    RESOLVE(open);
    RESOLVE(close);
    RESOLVE(policy_set);
    RESOLVE(user_create);
    RESOLVE(user_get);
    RESOLVE(login);
    RESOLVE(verify);
    RESOLVE(peek);
    RESOLVE(logout);
    RESOLVE(next);
    RESOLVE(event_next);
    RESOLVE(status_name);
    RESOLVE(last_error);
}

static session_store *open_with(const struct copy *copy)
{
    session_store *store = NULL;
    SIZED(session_options, options);
    options.busy_timeout_ms = 60000;  // this is about right answers, not about quick ones
    YES(copy, copy->open(folder, &options, &store));
    return store;
}

// What was acknowledged.
static struct {
    char token[SESSION_TOKEN_SIZE];
    int out;
} done[MOST];
static int done_count;
static pthread_mutex_t done_lock = PTHREAD_MUTEX_INITIALIZER;

static void acknowledged(const char *token, int out)
{
    CHECK(pthread_mutex_lock(&done_lock) == 0);
    CHECK(done_count < MOST);
    snprintf(done[done_count].token, SESSION_TOKEN_SIZE, "%s", token);
    done[done_count++].out = out;
    CHECK(pthread_mutex_unlock(&done_lock) == 0);
}

static void printed(const char *token, int out)
{
    printf("%s %d\n", token, out);
    fflush(stdout);
}

static void work(const struct copy *copy, session_store *store, int number, void (*report)(const char *, int))
{
    char name[16], token[SESSION_TOKEN_SIZE];
    snprintf(name, sizeof name, "User %d", number % USERS);
    for (int i = 0; i < LOGINS; i++) {
        YES(copy, copy->login(store, name, PASSWORD, strlen(PASSWORD), NULL, token, sizeof token, NULL));
        YES(copy, copy->verify(store, token, NULL));
        if (i % 2 == 0) {
            YES(copy, copy->logout(store, token));
            TOLD(copy, SESSION_LOGGED_OUT, copy->verify(store, token, NULL));
        }
        report(token, i % 2 == 0);
    }
}

static session_store *handles[HANDLES];
static char standing[SESSION_TOKEN_SIZE];
static atomic_int over;

static void *worker(void *argument)
{
    const int number = (int)(intptr_t)argument, handle = number % HANDLES;
    work(&copies[handle % 2], handles[handle], number, acknowledged);
    return NULL;
}

// Closing a file is what makes POSIX locks of the same process vanish.
static void *opener(void *argument)
{
    const struct copy *copy = &copies[(intptr_t)argument];
    while (!atomic_load(&over)) {
        session_store *store = open_with(copy);
        YES(copy, copy->verify(store, standing, NULL));
        YES(copy, copy->close(store));
    }
    return NULL;
}

static void check_all(const struct copy *copy, session_store *store)
{
    int sessions = 0, live = 0, logins = 0, logouts = 0, out = 0;
    int64_t last = 0;
    int32_t status;
    SIZED(session_info, info);
    SIZED(session_event, event);
    for (int i = 0; i < done_count; i++) {
        TOLD(copy, done[i].out ? SESSION_LOGGED_OUT : SESSION_OK, copy->verify(store, done[i].token, NULL));
        out += done[i].out;
    }
    char after[SESSION_ID_SIZE] = "";
    while ((status = copy->next(store, NULL, after[0] ? after : NULL, &info)) == SESSION_OK) {
        memcpy(after, info.session_id, sizeof after);
        sessions++;
        live += info.state == SESSION_OK;
    }
    TOLD(copy, SESSION_DONE, status);
    while ((status = copy->event_next(store, last, &event)) == SESSION_OK) {
        CHECK(event.id == last + 1);
        last = event.id;
        logins += event.kind == SESSION_EVENT_LOGIN;
        logouts += event.kind == SESSION_EVENT_LOGOUT;
    }
    TOLD(copy, SESSION_DONE, status);
    CHECK(done_count == MOST);
    CHECK(sessions == MOST + 1 && live == MOST + 1 - out);
    CHECK(logins == MOST + 1 && logouts == out);
}

static void as_child(const char *library, int number)
{
    load(&copies[0], library);
    session_store *store = open_with(&copies[0]);
    work(&copies[0], store, number, printed);
    YES(&copies[0], copies[0].close(store));
}

int main(int argc, char **argv)
{
    pthread_t workers[WORKERS], openers[2];
    struct child children[CHILDREN];
    char token[SESSION_TOKEN_SIZE], id[SESSION_ID_SIZE];
    int out;
    CHECK(argc >= 4);
    folder = argv[3];
    if (argc == 5) {
        as_child(argv[1], atoi(argv[4]));
        return 0;
    }
    load(&copies[0], argv[1]);
    load(&copies[1], argv[2]);
    CHECK(copies[0].open != copies[1].open);
    for (int i = 0; i < HANDLES; i++)
        handles[i] = open_with(&copies[i % 2]);
    YES(&copies[0], copies[0].policy_set(handles[0], NULL, SESSION_POLICY_KDF_MEMORY_KIB, 19456));
    YES(&copies[1], copies[1].policy_set(handles[1], NULL, SESSION_POLICY_KDF_PASSES, 2));
    for (int i = 0; i < USERS; i++) {
        char name[16];
        snprintf(name, sizeof name, "User %d", i);
        YES(&copies[i % 2], copies[i % 2].user_create(handles[i], NULL, name, PASSWORD, strlen(PASSWORD), id, sizeof id));
    }
    YES(&copies[0], copies[0].login(handles[0], "User 0", PASSWORD, strlen(PASSWORD), NULL, standing, sizeof standing, NULL));

    for (intptr_t i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&workers[i], NULL, worker, (void *)i) == 0);
    for (intptr_t i = 0; i < 2; i++)
        CHECK(pthread_create(&openers[i], NULL, opener, (void *)i) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        char number[2] = {(char)('0' + i), '\0'};
        children[i] = start_child((char *[]){argv[0], argv[1 + i], argv[1 + i], argv[3], number, NULL});
    }
    for (int i = 0; i < CHILDREN; i++) {
        while (fscanf(children[i].output, "%71s %d", token, &out) == 2)
            acknowledged(token, out);
        finish_child(children[i]);
    }
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_join(workers[i], NULL) == 0);
    atomic_store(&over, 1);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(openers[i], NULL) == 0);

    for (int i = 0; i < HANDLES; i++) {
        check_all(&copies[i % 2], handles[i]);
        YES(&copies[i % 2], copies[i % 2].close(handles[i]));
    }
    return 0;
}
