// What this process can write, region by region; and pages, random bytes and wiping for those who look through it.
#ifndef MEMORY_H
#define MEMORY_H

#include "check.h"

#include <stdint.h>

struct region {
    uintptr_t from, to;
    char name[512]; // ends a line
};

#ifdef _WIN32

BOOLEAN NTAPI SystemFunction036(void *to, ULONG size); // RtlGenRandom

// The first region that begins at `at` or later.
static inline int next_region(uintptr_t at, struct region *region)
{
    const DWORD writable = PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
    MEMORY_BASIC_INFORMATION found;
    for (; VirtualQuery((void *)at, &found, sizeof found) != 0; at = (uintptr_t)found.BaseAddress + found.RegionSize)
        if (found.State == MEM_COMMIT && (found.Protect & writable) != 0 && (found.Protect & PAGE_GUARD) == 0) {
            region->from = (uintptr_t)found.BaseAddress;
            region->to = region->from + found.RegionSize;
            snprintf(region->name, sizeof region->name, "%p, type %lx, rights %lx\n", found.BaseAddress, found.Type,
                     found.Protect);
            return 1;
        }
    return 0;
}

static inline size_t read_region(uintptr_t at, void *to, size_t size)
{
    SIZE_T got = 0;
    return ReadProcessMemory(GetCurrentProcess(), (void *)at, to, size, &got) ? got : 0;
}

static inline void *new_pages(size_t size)
{
    void *pages = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK(pages != NULL);
    return pages;
}

static inline void random_bytes(void *to, size_t size)
{
    CHECK(SystemFunction036(to, (ULONG)size));
}

static inline void wipe_bytes(void *at, size_t size)
{
    SecureZeroMemory(at, size);
}

#else

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

// The first region that begins at `at` or later.
static inline int next_region(uintptr_t at, struct region *region)
{
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    while (!found && fgets(region->name, sizeof region->name, maps) != NULL) {
        unsigned long from, to;
        char rights[5];
        CHECK(sscanf(region->name, "%lx-%lx %4s", &from, &to, rights) == 3);
        found = from >= at && rights[0] == 'r' && rights[1] == 'w';
        region->from = from;
        region->to = to;
    }
    fclose(maps);
    return found;
}

static inline size_t read_region(uintptr_t at, void *to, size_t size)
{
    static int memory = -1;
    if (memory < 0)
        memory = open("/proc/self/mem", O_RDONLY);
    CHECK(memory >= 0);
    const ssize_t got = pread(memory, to, size, (off_t)at);
    return got > 0 ? (size_t)got : 0;
}

// Shared, so that it is a region by itself.
static inline void *new_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    return pages;
}

static inline void random_bytes(void *to, size_t size)
{
    CHECK(getrandom(to, size, 0) == (ssize_t)size);
}

static inline void wipe_bytes(void *at, size_t size)
{
    explicit_bzero(at, size);
}

#endif

#endif
