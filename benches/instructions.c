// What benches/instructions.py counts under callgrind: one path of the library, again and again.
//
//   instructions FOLDER TOKENS cold|warm|login COUNT    a store that `fill` made; XDG_DATA_HOME as it was then
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bench.h"

#include <valgrind/callgrind.h>

static const char password[] = "nine quiet otters swim"; // as benches/fill.c

static void log_in(session_store *store, long number)
{
    char name[32], token[SESSION_TOKEN_SIZE];
    session_info info = {.size = sizeof info};
    snprintf(name, sizeof name, "user %ld", number);
    SESSION(session_login(store, name, password, strlen(password), NULL, token, sizeof token, &info));
}

static void verify_all(session_store *store, FILE *tokens, long count)
{
    char token[SESSION_TOKEN_SIZE + 1];
    session_info info = {.size = sizeof info};
    rewind(tokens);
    for (long i = 0; i < count; i++) {
        CHECK(fgets(token, sizeof token, tokens) != NULL);
        token[strcspn(token, "\n")] = '\0';
        SESSION(session_verify(store, token, &info));
    }
}

int main(int count, char **words)
{
    session_store *store = NULL;
    CHECK(count == 5);
    long calls = argument(count, words, 4, 1);
    FILE *tokens = fopen(words[2], "r");
    CHECK(tokens != NULL);
    bench_start_with_keys();
    SESSION(session_open(words[1], NULL, &store));
    if (strcmp(words[3], "login") == 0) {
        log_in(store, 0); // the first one prepares statements
        CALLGRIND_ZERO_STATS;
        for (long i = 1; i <= calls; i++) {
            log_in(store, i);
        }
    } else {
        verify_all(store, tokens, strcmp(words[3], "warm") == 0 ? calls : 1);
        CALLGRIND_ZERO_STATS;
        verify_all(store, tokens, calls);
    }
    CALLGRIND_DUMP_STATS;
    CALLGRIND_ZERO_STATS; // the end is not counted
    SESSION(session_close(store));
    return EXIT_SUCCESS;
}
