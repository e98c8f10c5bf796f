// The native library is found where it belongs and nowhere else, and whatever is wrong with it is said in one sentence.
// Each case is a program in a folder of its own. DESKSESSION_STANDINS: where native/build.sh made the libraries.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;

public static class LoadingTests
{
    private static readonly string Ending = Files.OnWindows ? ".dll" : ".so";
    private static readonly string FileName = Files.OnWindows ? "desksession.dll" : "libdesksession.so";
    private const string Elsewhere = "elsewhere"; // the working directory, and first in PATH
    private const string Unloadable = "cannot be loaded into this x64 process: ";
    private const string AnotherProcessor = "it is no library, or one for another processor (error 193)";
    private static readonly string Here = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);

    public static void Found()
    {
        // Mono looks beside the assembly only.
        string runtime = Files.OnWindows ? "runtimes/win-x64/native" : "runtimes/linux-x64/native";
        string[] folders = Type.GetType("Mono.Runtime") != null ? new[] { "" } : new[] { "", "x64", runtime };
        foreach (string folder in folders)
        {
            Told(folder, Path.Combine(Here, FileName), "Unknown False True");
        }
    }

    public static void Missing()
    {
        Told("", null, "LibraryLoadException: The desksession library is missing. A x64 process needs one of: ", FileName);
    }

    public static void NeverTheWorkingDirectory()
    {
        Told(Elsewhere, Path.Combine(Here, FileName), "LibraryLoadException: The desksession library is missing.");
    }

    public static void WhatItNeedsLiesBesideIt()
    {
        string missing = Files.OnWindows ? "a library that it needs is missing (error 126)" : "needed.so: cannot open";
        foreach (string needed in new[] { "needed" + Ending, Path.Combine(Elsewhere, "needed" + Ending) })
        {
            string told = InCopy(home =>
            {
                File.Copy(StandIn("needy"), Path.Combine(home, FileName));
                File.Copy(StandIn("needed"), Path.Combine(home, needed));
            });
            Says(told, FileName, needed.StartsWith(Elsewhere) ? missing : "has ABI version 9");
        }
    }

    public static void AnotherAbi()
    {
        Told("", StandIn("abi9"), "LibraryLoadException: ", FileName + " has ABI version 9, DeskSession.Net needs 1: use the library");
    }

    public static void AnotherLibrary()
    {
        Told("", StandIn("other"), "LibraryLoadException: ", FileName + " is not the desksession library.");
    }

    public static void NotALibrary()
    {
        string text = Path.GetTempFileName();
        File.WriteAllText(text, "not a library");
        Told("", text, "LibraryLoadException: ", Unloadable + (Files.OnWindows ? AnotherProcessor : ""));
        File.Delete(text);
    }

    public static void AnotherBitness()
    {
        Told("", StandIn("x86"), "LibraryLoadException: ", Unloadable, Files.OnWindows ? AnotherProcessor : "ELFCLASS32");
    }

    // Compiled for a debugger, the binding would take twice as long.
    public static void TheBindingIsOptimised()
    {
        var how = (DebuggableAttribute)Attribute.GetCustomAttribute(typeof(DeskSession.Store).Assembly, typeof(DebuggableAttribute));
        Check.True(how == null || !how.IsJITOptimizerDisabled, "csc -optimize+");
    }

    public static void UnknownNumbersAreNotYes()
    {
        Told("", StandIn("answer98"), "98 False True");
        Told("", StandIn("answer121"), "DeskSessionException: SESSION_?: an unknown answer");
        Told("", StandIn("answerminus"), "DeskSessionException: SESSION_?: an unknown answer");
    }

    private static string StandIn(string name) => Path.Combine(Files.Setting("DESKSESSION_STANDINS"), name + Ending);

    /// <summary>What a program says that has a library in one of its folders.</summary>
    private static void Told(string folder, string library, params string[] words)
    {
        string told = InCopy(home =>
        {
            string place = Directory.CreateDirectory(Path.Combine(home, folder)).FullName;
            if (library != null)
            {
                File.Copy(library, Path.Combine(place, FileName));
            }
        });
        Says(told, words);
    }

    private static void Says(string told, params string[] words)
    {
        foreach (string word in words)
        {
            Check.True(told.Contains(word), "<" + word + "> in <" + told + ">");
        }
        Check.Equal(1, told.Trim().Split('\n').Length, "lines of " + told);
    }

    /// <summary>What Probe says in a copy of this program without the library, once the copy is prepared.</summary>
    private static string InCopy(Action<string> prepare)
    {
        string home = Files.Temporary();
        Directory.CreateDirectory(Path.Combine(home, Elsewhere));
        foreach (string file in Directory.GetFiles(Here).Where(file => Path.GetFileName(file) != FileName))
        {
            File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
        }
        prepare(home);
        string told = Run(home);
        Directory.Delete(home, true);
        return told;
    }

    private static string Run(string home)
    {
        string program = Path.Combine(home, Path.GetFileName(Assembly.GetExecutingAssembly().Location));
        var start = new ProcessStartInfo(
            Process.GetCurrentProcess().MainModule.FileName,
            "\"" + program + "\" " + Probe.Argument + " \"" + Path.Combine(home, "store") + "\"");
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = Path.Combine(home, Elsewhere);
        start.EnvironmentVariables["PATH"] = start.WorkingDirectory + Path.PathSeparator + start.EnvironmentVariables["PATH"];
        using (Process process = Process.Start(start))
        {
            string told = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return told;
        }
    }
}
