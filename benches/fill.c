// Makes a store of any size, with the library built for tests (src/abi/hooks.rs).
//
//   fill FOLDER USERS LIVE ENDED TOKENS    so many live and ended sessions; the tokens of the live ones go to that file, line by line
//
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bench.h"

int32_t session_test_fill(session_store *store, const char *password, size_t password_len, uint32_t users, uint32_t live,
                          uint32_t ended, const char *tokens);

int main(int count, char **words)
{
    static const char password[] = "nine quiet otters swim";
    session_store *store = NULL;
    CHECK(count == 6);
    uint32_t users = (uint32_t)argument(count, words, 2, 1), live = (uint32_t)argument(count, words, 3, 1);
    uint32_t ended = (uint32_t)strtoul(words[4], NULL, 10);
    SESSION(session_open(words[1], NULL, &store));
    SESSION(session_policy_set(store, NULL, SESSION_POLICY_KDF_MEMORY_KIB, 19456));
    SESSION(session_policy_set(store, NULL, SESSION_POLICY_KDF_PASSES, 2));
    SESSION(session_test_fill(store, password, strlen(password), users, live, ended, words[5]));
    SESSION(session_close(store));
    return EXIT_SUCCESS;
}
