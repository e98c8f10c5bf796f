// A library in the place of desksession: of another ABI version, not ours at all, one that needs another library, or one whose
// answer nobody knows yet. build.sh makes them.
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef OTHER
uint32_t other(void) { return 0; }
#elif defined NEEDY
uint32_t other(void);
uint32_t session_abi_version(void) { return ABI + other(); }
#else
uint32_t session_abi_version(void) { return ABI; }
#endif

#ifdef ANSWER
static int handle;

int32_t session_open(const char *folder, const void *options, void **store)
{
    (void)folder, (void)options;
    *store = &handle;
    return 0;
}

// Writes an output that nobody may believe.
int32_t session_verify(void *store, const char *token, char *info)
{
    (void)store, (void)token;
    memset(info + 72, 'x', 30);
    return ANSWER;
}

int32_t session_close(void *store) { return store == &handle ? 0 : 101; }
const char *session_status_name(int32_t status) { return status == 0 ? "SESSION_OK" : "SESSION_?"; }
const char *session_status_text(int32_t status) { return status == 0 ? "yes" : "an unknown answer"; }

int32_t session_last_error(char *text, size_t size)
{
    memset(text, 0, size);
    return 0;
}
#endif
