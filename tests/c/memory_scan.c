// After the calls no password and no token is left anywhere in this process's memory, and after session_close no key.
// The secrets are random. This program keeps them masked, but for one page that it wipes before it looks.
//   memory_scan FOLDER     (not there yet; XDG_DATA_HOME holds no other store's key)
#include "memory.h"
#include "thread.h"

#ifndef _WIN32
#include <dirent.h>
#endif

#define MASK 0x5A
#define PIECE 16       // what counts as a find: so many bytes of a secret in a row
#define NEEDLES 11
#define BUFFER (1 << 20)

static struct {
    char password[48], new_password[48], wrong[48];
    char token[SESSION_TOKEN_SIZE], second[SESSION_TOKEN_SIZE];
    char code[SESSION_CODE_SIZE], bare[SESSION_CODE_SIZE], typed[SESSION_CODE_SIZE];
    unsigned char bytes[64];
} *plain;

static struct needle {
    const char *name;
    unsigned char masked[SESSION_TOKEN_SIZE];
    size_t size;
} needles[NEEDLES];
static int needle_count;

static void keep(const char *name, const void *secret, size_t size)
{
    struct needle *needle = &needles[needle_count++];
    CHECK(needle_count <= NEEDLES && size <= sizeof needle->masked);
    needle->name = name;
    needle->size = size;
    for (size_t i = 0; i < size; i++)
        needle->masked[i] = ((const unsigned char *)secret)[i] ^ MASK;
}

static void unmask(const struct needle *needle, void *to)
{
    for (size_t i = 0; i < needle->size; i++)
        ((volatile unsigned char *)to)[i] = needle->masked[i] ^ MASK;
}

static void make_password(char password[48])
{
    random_bytes(password, 47);
    for (int i = 0; i < 47; i++)
        password[i] = (char)('a' + (unsigned char)password[i] % 26);
    memcpy(password + 40, "e\xCC\x81", 3);  // not in NFC: the library has to make a copy
    password[47] = '\0';
}

// The 32 secret bytes are the last of the 48 that the token spells; as text they are its last 42 characters and a bit.
static void keep_token(const char *token)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char *raw = plain->bytes;
    for (int i = 0; i < 16; i++) {
        unsigned group = 0;
        for (int j = 0; j < 4; j++)
            group = group << 6 | (unsigned)(strchr(digits, token[4 + 4 * i + j]) - digits);
        raw[3 * i] = (unsigned char)(group >> 16);
        raw[3 * i + 1] = (unsigned char)(group >> 8);
        raw[3 * i + 2] = (unsigned char)group;
    }
    keep("the token's secret", raw + 16, 32);
    keep("the token's text", token + 26, 42);
}

// As it is shown, as it is hashed and as somebody types it.
static void spell_code(void)
{
    size_t length = 0;
    for (const char *at = plain->code; *at != '\0'; at++)
        if (*at != '-') {
            plain->bare[length] = *at;
            plain->typed[length++] = (char)(*at >= 'A' ? *at + 'a' - 'A' : *at);
        }
    CHECK(length == 20);
}

static int find_in(const unsigned char *buffer, size_t size, const struct needle *needle)
{
    int found = 0;
    for (size_t piece = 0; piece + PIECE <= needle->size; piece += PIECE) {
        const unsigned char *masked = needle->masked + piece, *at = buffer, *end = buffer + size;
        while (end - at >= PIECE && (at = memchr(at, masked[0] ^ MASK, (size_t)(end - at) - PIECE + 1)) != NULL) {
            int same = 1;
            while (same < PIECE && at[same] == (masked[same] ^ MASK))
                same++;
            found += same == PIECE;
            at++;
        }
    }
    return found;
}

// How often a piece of a secret lies in memory that this process can write. `shown`: name the places.
static int scan(int shown)
{
    static unsigned char *buffer;
    static struct region region;
    int found = 0;
    if (buffer == NULL)
        buffer = new_pages(BUFFER);
    for (uintptr_t next = 0; next_region(next, &region); next = region.to) {
        if (region.from == (uintptr_t)buffer)
            continue; // it holds what was read
        // Windows overlap, so that nothing hides on an edge.
        for (uintptr_t at = region.from; at < region.to; at += BUFFER - PIECE) {
            const size_t size = read_region(at, buffer, region.to - at < BUFFER ? region.to - at : BUFFER);
            for (int i = 0; size > 0 && i < needle_count; i++) {
                int here = find_in(buffer, size, &needles[i]);
                if (here > 0 && shown)
                    fprintf(stderr, "%s: %d times in %s", needles[i].name, here, region.name);
                found += here;
            }
        }
    }
    return found;
}

static void wipe(void)
{
    wipe_bytes(plain, sizeof *plain);
}

// A planted copy of each secret is found, and only it: otherwise the silence below would mean nothing.
static void check_the_scanner(void)
{
    for (int i = 0; i < needle_count; i++) {
        void *planted = malloc(needles[i].size);
        CHECK(planted != NULL);
        unmask(&needles[i], planted);
        CHECK(scan(0) >= (int)(needles[i].size / PIECE));
        wipe_bytes(planted, needles[i].size);
        free(planted);
    }
}

#ifdef _WIN32

// The file of a key is sealed there, so this program brings a key of its own.
static struct needle own_key;

static session_store *open_scanned(const char *folder)
{
    session_store *opened = NULL;
    SIZED(session_options, options);
    if (own_key.size == 0) {
        random_bytes(plain->bytes, 32);
        keep("the key", plain->bytes, 32);
        own_key = needles[--needle_count];
        wipe();
    }
    options.key_source = SESSION_KEY_CALLER;
    unmask(&own_key, options.key);
    OK(session_open(folder, &options, &opened));
    wipe_bytes(&options, sizeof options);
    return opened;
}

static void read_key(void)
{
    needles[needle_count++] = own_key;
}

#else

static session_store *open_scanned(const char *folder)
{
    return open_store(folder);
}

static void read_key(void)
{
    char path[4096], file[4400];
    int keys = 0;
    struct dirent *entry;
    snprintf(path, sizeof path, "%s/desksession/keys", getenv("XDG_DATA_HOME"));
    DIR *folder = opendir(path);
    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.') {
            snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            keys++;
        }
    closedir(folder);
    CHECK(keys == 1);
    int key = open(file, O_RDONLY);
    CHECK(key >= 0 && read(key, plain->bytes, sizeof plain->bytes) == 32 && close(key) == 0);
    keep("the key", plain->bytes, 32);
}

#endif

static void *open_and_close(void *folder)
{
    OK(session_close(open_scanned(folder)));
    return NULL;
}

// Nothing runs afterwards that would overwrite what an open left on the stack: neither here nor on a thread that is gone.
static void check_short_visits(char *folder)
{
    open_and_close(folder);
    read_key();
    wipe();
    CHECK(scan(1) == 0);
    join_thread(start_thread(open_and_close, folder));
    CHECK(scan(1) == 0);
    needle_count = 0;
}

static session_store *visited;

static void *log_in(void *needle)
{
    unmask(needle, plain->password);
    OK(login(visited, "Anna", plain->password, plain->token));
    wipe();
    return NULL;
}

// The same for Anna's password: what the hash left is not overwritten by later calls.
static void check_short_logins(session_store *store)
{
    visited = store;
    keep("a password after its login", plain->password, 47);
    wipe();
    log_in(&needles[0]);
    CHECK(scan(1) == 0);
    join_thread(start_thread(log_in, &needles[0]));
    CHECK(scan(1) == 0);
    unmask(&needles[0], plain->password);
    needle_count = 0;
}

int main(int argc, char **argv)
{
    char id[SESSION_ID_SIZE], mara[SESSION_ID_SIZE];
    CHECK(argc == 2);
    plain = new_pages(sizeof *plain);
    check_short_visits(argv[1]);
    make_password(plain->password);

    session_store *store = open_scanned(argv[1]);
    hash_fast(store);
    OK(session_password_check(store, "Anna", plain->password, 47, NULL, NULL));
    OK(session_user_create(store, NULL, "Anna", plain->password, 47, id, sizeof id));
    check_short_logins(store);
    make_password(plain->new_password);
    make_password(plain->wrong);
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Anna", plain->wrong, plain->token));
    WANT(SESSION_BAD_CREDENTIALS, login(store, "Nobody", plain->wrong, plain->token));
    OK(login(store, "Anna", plain->password, plain->token));
    OK(session_verify(store, plain->token, NULL));
    OK(session_user_permit(store, plain->token, id, 1));
    OK(session_password_change(store, "Anna", plain->password, 47, plain->new_password, 47, plain->token));
    OK(login(store, "Anna", plain->new_password, plain->second));
    OK(session_peek(store, plain->second, NULL));
    OK(session_logout(store, plain->second));
    OK(session_user_create(store, NULL, "Mara", plain->password, 47, mara, sizeof mara));
    OK(session_authorize(store, plain->token, "Mara", plain->password, 47, "a refund", NULL));
    WANT(SESSION_BAD_CREDENTIALS, session_authorize(store, plain->token, "Mara", plain->wrong, 47, "a refund", NULL));
    OK(session_password_reset(store, plain->token, mara, plain->code, sizeof plain->code));
    spell_code();
    WANT(SESSION_MUST_CHANGE, session_authorize(store, plain->token, "Mara", plain->code, 24, "a refund", NULL));
    OK(session_password_change(store, "Mara", plain->typed, 20, plain->new_password, 47, NULL));

    keep("a password", plain->password, 47);
    keep("the new password", plain->new_password, 47);
    keep("a wrong password", plain->wrong, 47);
    keep("a code", plain->code, 24);
    keep("a code as it is hashed", plain->bare, 20);
    keep("a code as it was typed", plain->typed, 20);
    keep_token(plain->token);
    keep_token(plain->second);
    wipe();
    CHECK(scan(1) == 0);
    check_the_scanner();

    OK(session_close(store));
    read_key();
    wipe();
    check_the_scanner();
    CHECK(scan(1) == 0);
    return 0;
}
