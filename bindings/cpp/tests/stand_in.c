// A library that is not ours, or one from the future: it opens, and answers with the status that it was built with.
#include <stdint.h>
#include <stdio.h>

uint32_t session_abi_version(void) { return STAND_IN_ABI; }
const char *session_version(void) { return "9.9.9"; }
const char *session_status_name(int32_t status) { return status == 120 ? "SESSION_UNSUPPORTED" : "SESSION_?"; }
const char *session_status_text(int32_t status) { return (void)status, "a status from the future"; }
int32_t session_last_error(char *text, uint64_t size) { return snprintf(text, size, "from the future") < 0; }

int32_t session_open(const char *folder, const void *options, void **store)
{
    (void)folder, (void)options;
    *store = (void *)1;
    return 0;
}

int32_t session_close(void *store) { return (void)store, 0; }

int32_t session_verify(void *store, const char *token, void *info)
{
    (void)store, (void)token, (void)info;
    return 98;
}

int32_t session_peek(void *store, const char *token, void *info)
{
    (void)store, (void)token, (void)info;
    return 150;
}
