// Pictures of the pages for the documentation: written to docs/images with UPDATE_SCREENSHOTS=1, else only looked at.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Windows.Forms;
using DeskSession;
using FrontDesk;
using static TestStore;

public static class ScreenshotTests
{
    public static void Pictures()
    {
        using (var test = new TestStore())
        {
            string anna = test.User();
            test.Store.PermitUser(anna, 3).EnsureYes();
            test.Store.PermitUser(test.User(Otto, Other), 2).EnsureYes();
            string eva = test.User("Eva Klein");
            test.User("Søren Ågård");
            using (var window = new Window(test))
            {
                window.Type("name", Anna);
                window.Type("password", Words);
                Take(window, "signin");
                window.SignedIn();
                Window.All(window.Form).OfType<MainPage>().Single().ShowRefund("12.50: broken cup", Otto);
                Take(window, "main");
                test.Store.EnableUser(eva, false).EnsureYes();
                var tabs = window.Find<TabControl>("tabs");
                tabs.SelectedIndex = 1;
                ListView list = ((ListTab)tabs.SelectedTab).List;
                window.Pump(() => list.Items.Count == 4, "four users");
                list.Items[1].Selected = true;
                Take(window, "users");
            }
        }
    }

    private static void Take(Window window, string name)
    {
        string folder = Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1"
            ? Path.Combine(Files.Setting("DESKSESSION_SOURCE"), "docs", "images") : window.Test.Home;
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "winforms-" + name + ".png");
        Stopwatch drawn = Stopwatch.StartNew();
        window.Pump(() => drawn.ElapsedMilliseconds > 300, "drawn");
        string arguments = string.Format(
            "-window 0x{0:x} -crop {1}x{2}+0+0 +repage -colors 64 PNG8:{3}",
            window.Form.Handle.ToInt64(), window.Form.ClientSize.Width, window.Form.ClientSize.Height, file);
        using (Process import = Process.Start("import", arguments))
        {
            window.Pump(() => import.HasExited, "taken");
            Check.Equal(0, import.ExitCode, "import");
        }
        byte[] picture = File.ReadAllBytes(file);
        Check.True(picture[1] == 'P' && picture.Length > 2000 && picture.Length < 30000, name + ": " + picture.Length + " bytes");
    }
}
