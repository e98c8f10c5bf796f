// Passwords as bytes: a NUL is one of them, no length makes the library read what it must not, too long answers as wrong.
//   passwords FOLDER
#include "system.h"

#include <stdint.h>

static session_store *store;

static int32_t try(const char *name, const char *password, size_t length)
{
    char token[SESSION_TOKEN_SIZE];
    memset(token, 0xAA, sizeof token);
    int32_t status = session_login(store, name, password, length, NULL, token, sizeof token, NULL);
    CHECK((status == SESSION_OK) == (token[0] != '\0'));
    return status;
}

static void a_nul_is_a_byte(void)
{
    static const char one[] = "violet kettle on\0the ninth step", two[] = "violet kettle on\0the tenth step";
    char id[SESSION_ID_SIZE];
    OK(session_user_create(store, NULL, "Nora", one, sizeof one - 1, id, sizeof id));
    WANT(SESSION_BAD_CREDENTIALS, try("Nora", two, sizeof two - 1));
    WANT(SESSION_BAD_CREDENTIALS, try("Nora", one, strlen(one)));
    WANT(SESSION_BAD_CREDENTIALS, try("Nora", one, sizeof one));
    OK(try("Nora", one, sizeof one - 1));
    OK(session_password_change(store, "Nora", one, sizeof one - 1, two, sizeof two - 1, NULL));
    OK(try("Nora", two, sizeof two - 1));
    WANT(SESSION_BAD_CREDENTIALS, try("Nora", one, sizeof one - 1));
}

// 1024 readable bytes that end where a page begins which nobody may read.
static char *before_the_wall(void)
{
    size_t page;
    char *pages = page_before_a_wall(&page), *password = pages + page - SESSION_PASSWORD_MAX;
    uint32_t state = 1;  // no pattern that counts as weak
    for (int i = 0; i < SESSION_PASSWORD_MAX; i++) {
        state = state * 1664525 + 1013904223;
        password[i] = (char)('a' + (state >> 24) % 26);
    }
    return password;
}

// A code is what people make of it: case, blanks and dashes are no part of it, a NUL and a character more are.
static void codes_as_typed(void)
{
    char id[SESSION_ID_SIZE], code[SESSION_CODE_SIZE], typed[2 * SESSION_CODE_SIZE] = " ";
    OK(create(store, "Cora", id));
    OK(session_password_reset(store, NULL, id, code, sizeof code));
    const size_t length = strlen(code);
    for (size_t i = 0; i < length; i++) {
        const char c = code[i];
        const char as_typed[] = {c == '-' ? ' ' : c == '0' ? 'o' : c == '1' ? 'l' : c >= 'A' ? (char)(c + 'a' - 'A') : c, '\0'};
        strcat(typed, as_typed);
    }
    WANT(SESSION_MUST_CHANGE, try("Cora", typed, strlen(typed)));
    WANT(SESSION_MUST_CHANGE, try("Cora", code, length));
    WANT(SESSION_BAD_CREDENTIALS, try("Cora", code, length + 1));
    WANT(SESSION_BAD_CREDENTIALS, try("Cora", code, length - 1));
    WANT(SESSION_BAD_CREDENTIALS, try("Cora", strcat(code, "7"), length + 1));
}

static void too_long(char *wall, size_t length)
{
    char id[SESSION_ID_SIZE];
    uint32_t reason = 0;
    WANT(SESSION_BAD_CREDENTIALS, try("Anna", wall, length));
    WANT(SESSION_BAD_CREDENTIALS, session_authorize(store, NULL, "Anna", wall, length, "a refund", NULL));
    WANT(SESSION_PASSWORD_WEAK, session_password_check(store, NULL, wall, length, &reason, NULL));
    CHECK(reason == SESSION_WEAK_LONG);
    WANT(SESSION_PASSWORD_WEAK, session_user_create(store, NULL, "Lena", wall, length, id, sizeof id));
    WANT(SESSION_BAD_CREDENTIALS, session_password_change(store, "Anna", wall, length, PASSWORD, strlen(PASSWORD), NULL));
    WANT(SESSION_PASSWORD_WEAK, session_password_change(store, "Anna", PASSWORD, strlen(PASSWORD), wall, length, NULL));
}

int main(int argc, char **argv)
{
    char id[SESSION_ID_SIZE];
    const size_t million = 1024 * 1024;
    char *megabyte = malloc(million), *wall = before_the_wall();
    CHECK(argc == 2 && megabyte != NULL);
    memset(megabyte, 'p', million);
    store = open_store(argv[1]);
    hash_fast(store);
    OK(session_policy_set(store, NULL, SESSION_POLICY_THROTTLE_FREE, 100));
    OK(create(store, "Anna", id));

    a_nul_is_a_byte();
    codes_as_typed();

    // The longest password works; whatever is longer is a wrong one, and its bytes past the longest are never read.
    OK(session_user_create(store, NULL, "Max", wall, SESSION_PASSWORD_MAX, id, sizeof id));
    OK(try("Max", wall, SESSION_PASSWORD_MAX));
    WANT(SESSION_BAD_CREDENTIALS, try("Max", wall, SESSION_PASSWORD_MAX + 1));
    too_long(wall, SIZE_MAX);
    too_long(wall, SIZE_MAX / 2 + 1);
    too_long(wall, SESSION_PASSWORD_MAX + 1);
    too_long(megabyte, million);

    WANT(SESSION_BAD_CREDENTIALS, try("Anna", "", 0));
    WANT(SESSION_BAD_ARGUMENT, try("Anna", "violet \xFF\xFE kettle", 16));
    WANT(SESSION_BAD_CREDENTIALS, try("nobody", PASSWORD, strlen(PASSWORD)));
    WANT(SESSION_BAD_ARGUMENT, try("no\xFF" "body", PASSWORD, strlen(PASSWORD)));
    WANT(SESSION_BAD_ARGUMENT, session_authorize(store, NULL, "Anna", "violet \xFF\xFE kettle", 16, "a refund", NULL));
    OK(try("Anna", PASSWORD, strlen(PASSWORD)));
    OK(session_close(store));
    free(megabyte);
    return 0;
}
