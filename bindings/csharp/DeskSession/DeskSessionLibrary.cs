// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DeskSession
{
    /// <summary>The native library. It is loaded at the first use of a store, from a full path only: beside this assembly or
    /// the program, or below them in x64, x86, arm64 or runtimes/.../native; never from a search path or the working
    /// directory.</summary>
    public static class DeskSessionLibrary
    {
        private static readonly object Gate = new object();
        private static bool loaded;

        /// <summary>Whether it has been loaded.</summary>
        public static bool IsLoaded
        {
            get
            {
                lock (Gate)
                {
                    return loaded;
                }
            }
        }

        /// <summary>The version of the library, for people.</summary>
        public static unsafe string Version
        {
            get
            {
                Load();
                return Utf8.Read(Native.session_version());
            }
        }

        /// <summary>Loads it now, so that a program can say at its start what is wrong.</summary>
        /// <exception cref="LibraryLoadException">It is missing or does not fit.</exception>
        public static void Load()
        {
            lock (Gate)
            {
                if (!loaded)
                {
                    Bind(Find());
                    loaded = true;
                }
            }
        }

        /// <summary>The name of a status in C, "SESSION_EXPIRED".</summary>
        public static string StatusName(Status status)
        {
            Load();
            return Call.StatusName((int)status);
        }

        /// <summary>One English sentence about a status, for a log.</summary>
        public static string StatusText(Status status)
        {
            Load();
            return Call.StatusText((int)status);
        }

        /// <summary>The value of a constant of the C header, such as "SESSION_TOKEN_SIZE".</summary>
        public static unsafe long Constant(string name)
        {
            Load();
            long value;
            fixed (byte* which = Utf8.Text(name, nameof(name)))
            {
                Call.Do(Native.session_constant(which, &value));
            }
            return value;
        }

        private static string FileName
        {
            get
            {
                return RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "desksession.dll"
                    : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "libdesksession.dylib" : "libdesksession.so";
            }
        }

        private static string Architecture => RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

        private static string Find()
        {
            string[] places = Folders().Select(folder => Path.Combine(folder, FileName)).Distinct().ToArray();
            return places.FirstOrDefault(File.Exists) ?? throw new LibraryLoadException(
                "The desksession library is missing. A " + Architecture + " process needs one of: " + string.Join(", ", places));
        }

        private static IEnumerable<string> Folders()
        {
            string system = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "win"
                : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";
            string assembly = Path.GetDirectoryName(typeof(DeskSessionLibrary).Assembly.Location);
            foreach (string folder in new[] { assembly, AppContext.BaseDirectory })
            {
                if (!string.IsNullOrEmpty(folder)) // empty where the assembly is inside a single-file program
                {
                    yield return folder;
                    yield return Path.Combine(folder, Architecture);
                    yield return Path.Combine(folder, "runtimes", system + "-" + Architecture, "native");
                }
            }
            // What the program's .deps.json names: the package's own folder, before the program is published.
            string host = AppDomain.CurrentDomain.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
            foreach (string folder in host.Split(new[] { Path.PathSeparator }, StringSplitOptions.RemoveEmptyEntries))
            {
                yield return folder;
            }
        }

        // .NET explains at length; the system's own words come last.
        private static string LastLine(string text) => text.Trim().Split('\n').Last();

        private static void Bind(string path)
        {
            uint found;
            try
            {
                Loader.Load(path);
                found = Native.session_abi_version();
            }
            catch (EntryPointNotFoundException error)
            {
                throw new LibraryLoadException(path + " is not the desksession library.", error);
            }
            catch (Exception error) when (error is DllNotFoundException || error is BadImageFormatException)
            {
                throw new LibraryLoadException(
                    path + " cannot be loaded into this " + Architecture + " process: " + LastLine(error.Message), error);
            }
            if (found != Native.AbiVersion)
            {
                throw new LibraryLoadException(
                    path + " has ABI version " + found + ", " + typeof(Native).Assembly.GetName().Name + " needs "
                    + Native.AbiVersion + ": use the library that came with it.");
            }
        }
    }
}
