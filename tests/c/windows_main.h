// Gives main() its arguments in UTF-8, as elsewhere, and what is printed as it is. Link with -municode.
#ifndef WINDOWS_MAIN_H
#define WINDOWS_MAIN_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

int utf8_main(int argc, char **argv);

#ifdef __cplusplus
extern "C"
#endif
int wmain(int argc, wchar_t **wide)
{
    char **argv = (char **)calloc((size_t)argc + 1, sizeof *argv);
    for (int i = 0; argv != NULL && i < argc; i++) {
        const int size = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, NULL, 0, NULL, NULL);
        argv[i] = (char *)malloc((size_t)size);
        if (argv[i] == NULL || WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, argv[i], size, NULL, NULL) != size)
            abort();
    }
    _setmode(_fileno(stdout), _O_BINARY);
    return utf8_main(argc, argv);
}

#define main utf8_main

#endif
