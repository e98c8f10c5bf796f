// Prints what Windows shows of a file: its version as numbers, then each text, "Name: value". For Windows alone.
//   file_version FILE
#include "check.h"

#include <winver.h>

int main(int argc, char **argv)
{
    static const wchar_t *const names[] = {L"ProductName", L"FileDescription", L"FileVersion", L"ProductVersion",
                                           L"OriginalFilename", L"LegalCopyright"};
    wchar_t path[4096], key[64];
    DWORD unused, size;
    UINT length;
    VS_FIXEDFILEINFO *numbers;
    const WORD *language;
    CHECK(argc == 2 && MultiByteToWideChar(CP_UTF8, 0, argv[1], -1, path, 4096) > 0);
    CHECK((size = GetFileVersionInfoSizeW(path, &unused)) > 0);
    void *info = malloc(size);
    CHECK(info != NULL && GetFileVersionInfoW(path, 0, size, info));
    CHECK(VerQueryValueW(info, L"\\", (void **)&numbers, &length) && length == sizeof *numbers);
    CHECK(numbers->dwFileType == VFT_DLL && numbers->dwProductVersionMS == numbers->dwFileVersionMS);
    CHECK(numbers->dwProductVersionLS == numbers->dwFileVersionLS);
    printf("%u.%u.%u.%u\n", HIWORD(numbers->dwFileVersionMS), LOWORD(numbers->dwFileVersionMS),
           HIWORD(numbers->dwFileVersionLS), LOWORD(numbers->dwFileVersionLS));
    CHECK(VerQueryValueW(info, L"\\VarFileInfo\\Translation", (void **)&language, &length) && length >= 4);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[512];
        wchar_t *value;
        swprintf(key, 64, L"\\StringFileInfo\\%04x%04x\\%ls", language[0], language[1], names[i]);
        CHECK(VerQueryValueW(info, key, (void **)&value, &length) && length > 0);
        CHECK(WideCharToMultiByte(CP_UTF8, 0, value, -1, text, sizeof text, NULL, NULL) > 0);
        printf("%ls: %s\n", names[i], text);
    }
    free(info);
    return 0;
}
