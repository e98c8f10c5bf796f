// Names, ids, tokens, purposes and paths that are none: the answer is a status, the outputs are clear, nothing changed.
//   strange_text FOLDER     (not there yet; for two stores and a file)
#include "picture.h"
#include "system.h"

#define BAD(call) WANT(SESSION_BAD_ARGUMENT, call)

static session_store *store;
static char folder[4096], other_folder[4096], file[4096];
static const size_t length = sizeof PASSWORD - 1;

static void strange_text(char *megabyte)
{
    const char *const no_ids[] = {"", "x", "\xFF\xFE", "00000000-0000-0000-0000-000000000000", who.token, megabyte};
    const char *const no_tokens[] = {"", "ds1_", "\xFF\xFE", who.user_id, megabyte, "ds1_????????????????????????????????????"};
    for (size_t i = 0; i < sizeof no_ids / sizeof no_ids[0]; i++) {
        const char *id = no_ids[i];
        const int32_t wanted = (unsigned char)id[0] == 0xFF ? SESSION_BAD_ARGUMENT : SESSION_USER_UNKNOWN;
        session_user user = {.size = sizeof user};
        WANT(wanted, session_user_get(store, id, &user));
        WANT(wanted, session_user_rename(store, NULL, id, "Dora"));
        WANT(wanted, session_user_enable(store, NULL, id, 0));
        WANT(wanted, session_user_permit(store, NULL, id, 1));
        WANT(wanted, session_user_delete(store, NULL, id));
        WANT(wanted, session_user_unthrottle(store, NULL, id));
        WANT(wanted, session_revoke_user(store, NULL, id, NULL, NULL));
        WANT(wanted == SESSION_BAD_ARGUMENT ? wanted : SESSION_UNKNOWN, session_revoke(store, NULL, id));
        CHECK(user.user_id[0] == '\0');
    }
    for (size_t i = 0; i < sizeof no_tokens / sizeof no_tokens[0]; i++) {
        const int32_t wanted = (unsigned char)no_tokens[i][0] == 0xFF ? SESSION_BAD_ARGUMENT : SESSION_UNKNOWN;
        session_info info = {.size = sizeof info};
        WANT(wanted, session_verify(store, no_tokens[i], &info));
        WANT(wanted, session_peek(store, no_tokens[i], &info));
        WANT(wanted, session_logout(store, no_tokens[i]));
        CHECK(info.user_id[0] == '\0');
    }

    session_user user = {.size = sizeof user};
    BAD(session_user_find(store, "An\xFFna", &user));
    WANT(SESSION_USER_UNKNOWN, session_user_find(store, megabyte, &user));
    const char *const no_names[] = {"", " ", "Anna ", "An\nna", "An\x7Fna", megabyte};
    char text[SESSION_TOKEN_SIZE];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof no_ids / sizeof no_ids[0]; i++) {
        const int bad_text = (unsigned char)no_ids[i][0] == 0xFF;
        WANT(bad_text ? SESSION_BAD_ARGUMENT : SESSION_USER_UNKNOWN,
             session_password_reset(store, NULL, no_ids[i], text, sizeof text));
        CHECK(text[0] == '\0');
    }
    for (size_t i = 0; i < sizeof no_names / sizeof no_names[0]; i++) {
        WANT(SESSION_NAME_REFUSED, create(store, no_names[i], text));
        WANT(SESSION_NAME_REFUSED, session_user_rename(store, NULL, who.user_id, no_names[i]));
    }
    BAD(create(store, "An\xFFna", text));
    BAD(session_user_rename(store, NULL, who.user_id, "An\xFFna"));
    BAD(session_constant("\xFF", &(int64_t){0}));
    BAD(session_constant(megabyte, &(int64_t){0}));
    BAD(session_user_enable(store, NULL, who.user_id, 2));
    BAD(session_user_enable(store, NULL, who.user_id, UINT32_MAX));

    SIZED(session_login_options, options);
    options.flags = 0x80;
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    options.flags = 0;
    memset(options.label, 'x', sizeof options.label);
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    strcpy(options.label, "Till\n2");
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    strcpy(options.label, "Till\xFF");
    BAD(session_login(store, "Anna", PASSWORD, length, &options, text, sizeof text, NULL));
    CHECK(text[0] == '\0');
}

static void strange_purposes(char *megabyte)
{
    char too_long[SESSION_PURPOSE_MAX + 2];
    memset(too_long, 'x', sizeof too_long);
    too_long[SESSION_PURPOSE_MAX + 1] = '\0';
    // Empty, a line feed, DEL, NEL, a line separator, no UTF-8, and a character that ends past the last byte.
    const char *const purposes[] = {"", "a\nb", "a\x7F", "a\xC2\x85", "a\xE2\x80\xA8", "a\xFF", too_long, megabyte,
                                    "a\xC3"};
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        session_user user;
        memset(&user, 0xAA, sizeof user);
        user.size = sizeof user;
        BAD(session_authorize(store, who.token, "Anna", PASSWORD, length, purposes[i], &user));
        CHECK(all(&user, sizeof user.size, sizeof user, 0));
    }
}

// Opens and adopts with one member of the options set to something it may not be.
#define OPEN_WITH(status, member, value)                                  \
    do {                                                                  \
        session_options options = {.size = sizeof options};               \
        session_store *opened = store, *adopted = store;                  \
        options.member = value;                                           \
        WANT(status, session_open(other_folder, &options, &opened));      \
        WANT(status, session_adopt(other_folder, &options, &adopted));    \
        CHECK(opened == NULL && adopted == NULL);                         \
    } while (0)

static void strange_opens(char *megabyte)
{
    session_store *opened = store;
    FILE *stranger = create_file(file);
    CHECK(stranger != NULL && fputs("not a store", stranger) >= 0 && fclose(stranger) == 0);
    WANT(SESSION_NOT_A_STORE, session_open(file, NULL, &opened));
    CHECK(opened == NULL);
    BAD(session_open("", NULL, &opened));
    BAD(session_open("\xFF\xFE", NULL, &opened));
    BAD(session_open_app("", NULL, &opened));
    BAD(session_open_app("..", NULL, &opened));
    BAD(session_open_app("a/b", NULL, &opened));
    BAD(session_open_app("\xFF", NULL, &opened));
    BAD(session_open_app(megabyte, NULL, &opened));
    CHECK(session_open(megabyte, NULL, &opened) >= SESSION_BAD_ARGUMENT && opened == NULL);
    BAD(session_adopt("", NULL, &opened));
    BAD(session_adopt("\xFF\xFE", NULL, &opened));
    CHECK(session_adopt(megabyte, NULL, &opened) >= SESSION_BAD_ARGUMENT && opened == NULL);
    char place[4096] = "x";
    BAD(session_app_folder("Till", SESSION_SCOPE_MACHINE + 1, place, sizeof place));
    CHECK(place[0] == '\0');
    BAD(session_backup(store, NULL, "\xFF\xFE"));

    OPEN_WITH(SESSION_BAD_ARGUMENT, flags, SESSION_OPEN_CREATE);
    OPEN_WITH(SESSION_BAD_ARGUMENT, flags, SESSION_OPEN_CREATE | SESSION_OPEN_EXISTING);
    OPEN_WITH(SESSION_BAD_ARGUMENT, flags, 1u << 31);
    OPEN_WITH(SESSION_BAD_ARGUMENT, key_source, UINT32_MAX);
    OPEN_WITH(SESSION_BAD_ARGUMENT, key_source, SESSION_KEY_CALLER);  // all zero
    OPEN_WITH(SESSION_KEY_MISMATCH, key_source, SESSION_KEY_STORE);
    OPEN_WITH(SESSION_UNSUPPORTED, key_source, SESSION_KEY_KEYSTORE);
    OPEN_WITH(SESSION_BAD_ARGUMENT, scope, UINT32_MAX);
    OPEN_WITH(SESSION_BAD_ARGUMENT, reserved, 1);
}

int main(int argc, char **argv)
{
    const size_t million = 1024 * 1024;
    char *megabyte = malloc(million + 1);
    CHECK(argc == 2 && megabyte != NULL);
    memset(megabyte, 'a', million);
    megabyte[million] = '\0';
    snprintf(folder, sizeof folder, "%s/store", argv[1]);
    snprintf(other_folder, sizeof other_folder, "%s/other", argv[1]);
    snprintf(file, sizeof file, "%s/file", argv[1]);

    OK(session_close(open_store(other_folder)));
    store = open_store(folder);
    prepare(store);
    const struct picture before = look(store);
    strange_text(megabyte);
    strange_purposes(megabyte);
    strange_opens(megabyte);
    const struct picture after = look(store);
    CHECK(memcmp(&before, &after, sizeof before) == 0);

    OK(session_verify(store, who.token, NULL));
    OK(session_close(store));
    free(megabyte);
    return 0;
}
