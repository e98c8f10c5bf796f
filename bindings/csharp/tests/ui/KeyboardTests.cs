// The program as a process of its own, at a real keyboard: xdotool types (ASCII only; what else it sends is not reliable).
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using DeskSession;
using static TestStore;

public static class KeyboardTests
{
    public static void FirstRunThenSignIn()
    {
        using (var test = new TestStore())
        {
            using (Process desk = Start(test.Folder))
            {
                Keys("type", "anna");
                Keys("key", "Tab");
                Keys("type", Words);
                Keys("key", "Tab", "Tab"); // past the box that reveals it
                Keys("type", Words);
                Keys("key", "Return");
                Check.Soon(() => test.Store.Sessions().Count() == 1, "the first administrator is signed in");
                End(desk);
            }
            using (Process desk = Start(test.Folder))
            {
                Keys("type", "anna");
                Keys("key", "Tab");
                Keys("type", "wrong");
                Keys("key", "Return");
                Check.Soon(() => test.Store.Events().Any(line => line.Kind == EventKind.LoginFailed), "wrong");
                Keys("key", "ctrl+a");
                Keys("type", Words);
                Keys("key", "Return");
                Check.Soon(() => test.Store.Sessions().Count() == 2, "signed in");
                End(desk);
            }
        }
    }

    private static Process Start(string folder)
    {
        string program = Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location), "front-desk.exe");
        string runtime = Process.GetCurrentProcess().MainModule.FileName;
        Process desk = Process.Start(runtime, "--debug \"" + program + "\" --language en --folder \"" + folder + "\"");
        Run("search --sync --onlyvisible --name Front.Desk windowfocus --sync");
        return desk;
    }

    // Without a window manager nothing can ask a window to close.
    private static void End(Process desk)
    {
        Check.Equal(false, desk.HasExited, "crashed");
        desk.Kill();
        desk.WaitForExit();
    }

    private static void Keys(string how, params string[] keys)
    {
        Run(how + " --delay 20 " + string.Join(" ", keys.Select(key => "\"" + key + "\"")));
    }

    private static void Run(string arguments)
    {
        using (Process xdotool = Process.Start("xdotool", arguments))
        {
            Check.True(xdotool.WaitForExit(30000) && xdotool.ExitCode == 0, "xdotool " + arguments);
        }
    }
}
