// What the test programs want of the operating system, on Unix and on Windows. Paths are UTF-8.
#ifndef SYSTEM_H
#define SYSTEM_H

#include "check.h"

#ifdef _WIN32

struct wide {
    wchar_t text[4096];
};

static inline struct wide widen(const char *path)
{
    struct wide wide;
    CHECK(MultiByteToWideChar(CP_UTF8, 0, path, -1, wide.text, 4096) > 0);
    return wide;
}

static inline DWORD attributes(const char *path)
{
    const struct wide wide = widen(path);
    return GetFileAttributesW(wide.text);
}

static inline int exists(const char *path)
{
    return attributes(path) != INVALID_FILE_ATTRIBUTES;
}

// Its rights are not looked at: the library itself refuses a folder that others may enter.
static inline int is_private_folder(const char *path)
{
    return exists(path) && (attributes(path) & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

static inline FILE *create_file(const char *path)
{
    const struct wide wide = widen(path);
    return _wfopen(wide.text, L"wb");
}

static inline int rename_path(const char *from, const char *to)
{
    const struct wide wide_from = widen(from), wide_to = widen(to);
    return MoveFileW(wide_from.text, wide_to.text) ? 0 : -1;
}

// Two pages, of which nobody may touch the second. `size`: of one.
static inline char *page_before_a_wall(size_t *size)
{
    DWORD old;
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    *size = system.dwPageSize;
    char *pages = VirtualAlloc(NULL, 2 * *size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK(pages != NULL && VirtualProtect(pages + *size, *size, PAGE_NOACCESS, &old));
    return pages;
}

#else

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int exists(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0;
}

static inline int is_private_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode) && (found.st_mode & 077) == 0;
}

static inline FILE *create_file(const char *path)
{
    return fopen(path, "w");
}

static inline int rename_path(const char *from, const char *to)
{
    return rename(from, to);
}

// Two pages, of which nobody may touch the second. `size`: of one.
static inline char *page_before_a_wall(size_t *size)
{
    *size = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED && mprotect(pages + *size, *size, PROT_NONE) == 0);
    return pages;
}

#endif

// Where the keys of this account's stores lie.
static inline void find_keys(char path[4096])
{
    OK(session_app_folder("Keys", SESSION_SCOPE_USER, path, 4096 - 32));
    char *place = strstr(path, "Keys" SEPARATOR "desksession");
    CHECK(place != NULL);
    strcpy(place, "desksession" SEPARATOR "keys");
}

static inline void put_keys_out_of_reach(void)
{
    char keys[4096], away[4096];
    find_keys(keys);
    snprintf(away, sizeof away, "%.4000s-away", keys);
    CHECK(rename_path(keys, away) == 0);
}

#endif
