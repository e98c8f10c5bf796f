// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DeskSession
{
    internal static unsafe class WindowsLoader
    {
        // What the library itself needs comes from the system, or lies beside it: never from the working directory or PATH.
        private const int ItsOwnFolder = 0x100, System32 = 0x800;

        internal static IntPtr Load(string path)
        {
            IntPtr library = LoadLibraryEx(path, IntPtr.Zero, ItsOwnFolder | System32);
            return library != IntPtr.Zero ? library : throw new DllNotFoundException(Why(Marshal.GetLastWin32Error()));
        }

        private static string Why(int error)
        {
            const int NoModule = 126, NoProcedure = 127, NotForThisProcess = 193;
            // Windows' own words tell of "%1", and of a missing file that is there.
            string why = error == NotForThisProcess ? "it is no library, or one for another processor"
                : error == NoModule ? "a library that it needs is missing"
                : error == NoProcedure ? "a function of the system that it needs is missing"
                : new Win32Exception(error).Message;
            return (error == NotForThisProcess ? null : TooOld()) ?? why + " (error " + error + ")";
        }

        /// <summary>Rust's runtime needs functions that an older Windows lacks. Null where it is new enough.</summary>
        private static string TooOld()
        {
            const int Size = 276; // RTL_OSVERSIONINFOW
            uint* version = stackalloc uint[Size / sizeof(uint)];
            *version = Size;
            RtlGetVersion(version); // the true one, whatever the program's manifest says
            uint major = version[1], minor = version[2], build = version[3];
            return major > 10 || (major == 10 && build >= 14393) ? null
                : "desksession needs Windows 10 (version 1607) or Server 2016, or newer; this is Windows " + major + "." + minor
                    + "." + build;
        }

        [DllImport("kernel32", EntryPoint = "LoadLibraryExW", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern IntPtr LoadLibraryEx(string path, IntPtr reserved, int flags);

        [DllImport("ntdll", ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int RtlGetVersion(uint* version);
    }
}
