// One layout on every platform, without holes; and every constant of the header is the one the library tells.
// constants.inc: a line X(NAME) for every #define of the header that has a number, made by tests/c_abi.rs.
#include "check.h"

#define AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), #type "." #member)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)

AT(session_options, size, 0);
AT(session_options, flags, 4);
AT(session_options, key_source, 8);
AT(session_options, scope, 12);
AT(session_options, busy_timeout_ms, 16);
AT(session_options, reserved, 20);
AT(session_options, key, 24);
SIZE(session_options, 56);

AT(session_user, size, 0);
AT(session_user, flags, 4);
AT(session_user, created_at, 8);
AT(session_user, last_login_at, 16);
AT(session_user, password_changed_at, 24);
AT(session_user, permissions, 32);
AT(session_user, failures, 40);
AT(session_user, live_sessions, 44);
AT(session_user, user_id, 48);
AT(session_user, user_name, 88);
SIZE(session_user, 344);

AT(session_login_options, size, 0);
AT(session_login_options, flags, 4);
AT(session_login_options, label, 8);
SIZE(session_login_options, 72);

AT(session_info, size, 0);
AT(session_info, flags, 4);
AT(session_info, created_at, 8);
AT(session_info, authenticated_at, 16);
AT(session_info, last_seen_at, 24);
AT(session_info, expires_at, 32);
AT(session_info, idle_expires_at, 40);
AT(session_info, ended_at, 48);
AT(session_info, retry_after_ms, 56);
AT(session_info, permissions, 64);
AT(session_info, session_id, 72);
AT(session_info, user_id, 112);
AT(session_info, user_name, 152);
AT(session_info, label, 408);
AT(session_info, state, 472);
AT(session_info, reserved, 476);
SIZE(session_info, 480);

AT(session_event, size, 0);
AT(session_event, kind, 4);
AT(session_event, id, 8);
AT(session_event, at, 16);
AT(session_event, actor_id, 24);
AT(session_event, user_id, 64);
AT(session_event, session_id, 104);
AT(session_event, detail, 144);
AT(session_event, os_account, 400);
SIZE(session_event, 464);

AT(session_fault, size, 0);
AT(session_fault, status, 4);
AT(session_fault, number, 8);
AT(session_fault, table, 16);
AT(session_fault, row, 32);
AT(session_fault, detail, 72);
SIZE(session_fault, 328);

int main(int argc, char **argv)
{
    CHECK(argc == 1 && argv[0] != NULL);
#define X(name) {#name, name},
    static const struct { const char *name; int64_t value; } constants[] = {
#include "constants.inc"
        {"sizeof(session_options)", sizeof(session_options)},
        {"sizeof(session_user)", sizeof(session_user)},
        {"sizeof(session_login_options)", sizeof(session_login_options)},
        {"sizeof(session_info)", sizeof(session_info)},
        {"sizeof(session_event)", sizeof(session_event)},
        {"sizeof(session_fault)", sizeof(session_fault)},
    };
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        int64_t told = -1;
        check_status(__FILE__, __LINE__, constants[i].name, SESSION_OK, session_constant(constants[i].name, &told));
        if (told != constants[i].value)
            check_failed(__FILE__, __LINE__, constants[i].name);
    }
    return 0;
}
