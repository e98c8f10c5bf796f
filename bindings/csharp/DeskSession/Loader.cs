// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Where P/Invoke would look by itself: never in the working directory.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]

namespace DeskSession
{
#if NET8_0_OR_GREATER
    internal static class Loader
    {
        private static IntPtr library;

        internal static void Load(string path)
        {
            bool first = library == IntPtr.Zero;
            library = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? WindowsLoader.Load(path) : NativeLibrary.Load(path);
            if (first)
            {
                NativeLibrary.SetDllImportResolver(
                    typeof(Loader).Assembly, (name, assembly, search) => name == Native.Name ? library : IntPtr.Zero);
            }
        }
    }
#else
    // Without a resolver, but a library that is loaded already is found by its bare name. (Not by Mono: there it has to lie
    // beside the assembly, where P/Invoke finds it anyway.)
    internal static class Loader
    {
        private const int Now = 2, Global = 0x100;

        internal static void Load(string path)
        {
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            {
                WindowsLoader.Load(path);
            }
            else if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            {
                LastError(); // so that the runtime need not look it up later, which would clear the error
                if (dlopen(path, Now | Global) == IntPtr.Zero)
                {
                    throw new DllNotFoundException(LastError());
                }
            }
        }

        // One place that calls it: the runtime may look a function up for each.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static string LastError() => Marshal.PtrToStringAnsi(dlerror());

        [DllImport("libdl.so.2", CharSet = CharSet.Ansi)]
        private static extern IntPtr dlopen(string path, int flags);

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlerror();
    }
#endif
}
