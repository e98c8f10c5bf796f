// A small till: the example of a WinForms program with logins. front-desk [--folder PATH] [--language en|de] [--text-size
// PERCENT]
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Drawing;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public static class Program
    {
        [STAThread]
        public static int Main(string[] arguments)
        {
            Application.EnableVisualStyles();
            Application.SetCompatibleTextRenderingDefault(false);
            Texts.Choose(Option(arguments, "--language"));
            try
            {
                string folder = Option(arguments, "--folder");
                using (var desk = new Desk(folder == null ? Store.OpenApp("Front Desk Demo") : Store.Open(folder)))
                using (var window = new MainForm(desk, Size(Option(arguments, "--text-size"))))
                {
                    Application.Run(window);
                    desk.Finish();
                }
                return 0;
            }
            catch (Exception fault) when (fault is DeskSessionException || fault is LibraryLoadException)
            {
                MessageBox.Show(Desk.Sentence(fault), Texts.Of("Title"), MessageBoxButtons.OK, MessageBoxIcon.Error);
                return 1;
            }
        }

        private static string Option(string[] arguments, string name)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
        }

        private static float Size(string percent)
        {
            int number;
            return SystemFonts.MessageBoxFont.SizeInPoints * (int.TryParse(percent, out number) ? number : 100) / 100;
        }
    }
}
