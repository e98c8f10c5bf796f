// What every test program shares: checks that name file and line, structs that know their size, a store that hashes fast.
#ifndef CHECK_H
#define CHECK_H

#include "desksession.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include "windows_main.h"
#define SEPARATOR "\\"
#else
#define SEPARATOR "/"
#endif

#define PASSWORD "violet kettle on the ninth step"

#define CHECK(truth) ((truth) ? (void)0 : check_failed(__FILE__, __LINE__, #truth))
#define WANT(status, call) check_status(__FILE__, __LINE__, #call, (status), (call))
#define OK(call) WANT(SESSION_OK, call)

// A zeroed struct that carries its size.
#define SIZED(type, name) \
    type name;            \
    memset(&name, 0, sizeof name); \
    name.size = (uint32_t)sizeof name

static inline void check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(1);
}

static inline void check_status(const char *file, int line, const char *what, int32_t wanted, int32_t got)
{
    if (got == wanted)
        return;
    char detail[SESSION_ERROR_SIZE];
    session_last_error(detail, sizeof detail);
    fprintf(stderr, "%s:%d: %s: %s, not %s (%s)\n", file, line, what, session_status_name(got),
            session_status_name(wanted), detail);
    exit(1);
}

// The default password hash is meant to be slow; tests hash at the floor.
static inline void hash_fast(session_store *store)
{
    OK(session_policy_set(store, NULL, SESSION_POLICY_KDF_MEMORY_KIB, 19456));
    OK(session_policy_set(store, NULL, SESSION_POLICY_KDF_PASSES, 2));
}

static inline session_store *open_store(const char *folder)
{
    session_store *store = NULL;
    OK(session_open(folder, NULL, &store));
    CHECK(store != NULL);
    return store;
}

static inline int32_t create(session_store *store, const char *name, char *user_id)
{
    return session_user_create(store, NULL, name, PASSWORD, strlen(PASSWORD), user_id, SESSION_ID_SIZE);
}

static inline int32_t login(session_store *store, const char *name, const char *password, char *token)
{
    return session_login(store, name, password, strlen(password), NULL, token, SESSION_TOKEN_SIZE, NULL);
}

#endif
