// The native library is found where it belongs and nowhere else, and whatever is wrong with it is said in one sentence.
// Each case is a program in a folder of its own. DESKSESSION_STANDINS: where test.sh built native/standin.c.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;

public static class LoadingTests
{
    private const string FileName = "libdesksession.so";
    private static readonly string Here = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);

    public static void Found()
    {
        // Mono looks beside the assembly only.
        string[] folders = Type.GetType("Mono.Runtime") != null ? new[] { "" } : new[] { "", "x64", "runtimes/linux-x64/native" };
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
        Told("elsewhere", Path.Combine(Here, FileName), "LibraryLoadException: The desksession library is missing.");
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
        Told("", text, "LibraryLoadException: ", "cannot be loaded into this x64 process: ");
        File.Delete(text);
    }

    public static void AnotherBitness()
    {
        string patched = Path.GetTempFileName();
        byte[] bytes = File.ReadAllBytes(StandIn("abi9"));
        bytes[4] = 1; // EI_CLASS: 32 bit
        File.WriteAllBytes(patched, bytes);
        Told("", patched, "LibraryLoadException: ", "cannot be loaded into this x64 process: ", "ELFCLASS32");
        File.Delete(patched);
    }

    public static void UnknownNumbersAreNotYes()
    {
        Told("", StandIn("answer98"), "98 False True");
        Told("", StandIn("answer121"), "DeskSessionException: SESSION_?: an unknown answer");
        Told("", StandIn("answerminus"), "DeskSessionException: SESSION_?: an unknown answer");
    }

    private static string StandIn(string name) => Path.Combine(Files.Setting("DESKSESSION_STANDINS"), name + ".so");

    /// <summary>What Probe says in a copy of this program with a library in one of its folders.</summary>
    private static void Told(string folder, string library, params string[] words)
    {
        string home = Files.Temporary();
        foreach (string file in Directory.GetFiles(Here).Where(file => Path.GetFileName(file) != FileName))
        {
            File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
        }
        string place = Directory.CreateDirectory(Path.Combine(home, folder)).FullName;
        if (library != null)
        {
            File.Copy(library, Path.Combine(place, FileName));
        }
        string told = Run(home, place);
        Directory.Delete(home, true);
        foreach (string word in words)
        {
            Check.True(told.Contains(word), "<" + word + "> in <" + told + ">");
        }
        Check.Equal(1, told.Trim().Split('\n').Length, "lines of " + told);
    }

    private static string Run(string home, string workingDirectory)
    {
        string program = Path.Combine(home, Path.GetFileName(Assembly.GetExecutingAssembly().Location));
        var start = new ProcessStartInfo(
            Process.GetCurrentProcess().MainModule.FileName, "\"" + program + "\" " + Probe.Argument + " \"" + home + "/store\"");
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = workingDirectory;
        using (Process process = Process.Start(start))
        {
            string told = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return told;
        }
    }
}
