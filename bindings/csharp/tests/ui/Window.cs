// The program in this process: its window, its store, and hands for it.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Windows.Forms;
using DeskSession;
using FrontDesk;

public sealed class Window : IDisposable
{
    public readonly TestStore Test;
    public readonly Desk Desk;
    public readonly MainForm Form;

    /// <summary>The longest time that one turn of the message loop took.</summary>
    public TimeSpan LongestTurn;

    public Window(TestStore test, int textSize = 100)
    {
        Test = test;
        Texts.Choose("en");
        Desk = new Desk(Store.Open(test.Folder));
        Form = new MainForm(Desk, 9f * textSize / 100);
        Form.Guard.LookInterval = TimeSpan.FromMilliseconds(50);
        Form.Show();
        Pump(() => Form.Visible, "shown");
    }

    public T Find<T>(string name, Form form = null) where T : Control
    {
        return All(form ?? Form).OfType<T>().FirstOrDefault(control => control.Name == name)
            ?? throw new Exception("no " + name + " in " + string.Join(" ", All(form ?? Form).Select(control => control.Name)));
    }

    public static IEnumerable<Control> All(Control control)
    {
        return control.Controls.Cast<Control>().SelectMany(inner => new[] { inner }.Concat(All(inner)));
    }

    public bool Shows(string name) => All(Form).Any(control => control.Name == name && control.Visible);

    public void Type(string name, string text, Form form = null) => Find<TextBox>(name, form).Text = text;

    public void Press(string name, Form form = null) => Find<Button>(name, form).PerformClick();

    public string Text(string name, Form form = null) => Find<Control>(name, form).Text;

    public void SignIn(string name, string password)
    {
        Type("name", name);
        Type("password", password);
        Press("signIn");
    }

    public void SignedIn(string name = TestStore.Anna, string password = TestStore.Words)
    {
        SignIn(name, password);
        Pump(() => Shows("tabs"), "signed in");
    }

    /// <summary>Runs the message loop until it is so.</summary>
    public void Pump(Func<bool> condition, string what)
    {
        Stopwatch all = Stopwatch.StartNew();
        while (!condition())
        {
            if (all.Elapsed > TimeSpan.FromSeconds(30))
            {
                string[] shown = All(Form).Where(one => one.Visible && one.Text != "").Select(one => one.Text).ToArray();
                throw new Exception("never: " + what + "; the window shows " + string.Join(" | ", shown));
            }
            Stopwatch turn = Stopwatch.StartNew();
            Application.DoEvents();
            LongestTurn = turn.Elapsed > LongestTurn ? turn.Elapsed : LongestTurn;
            Thread.Sleep(1);
        }
    }

    /// <summary>Presses a button that opens a dialog, and does something there, which has to close it.</summary>
    public void InDialog(string button, Action<Form> script)
    {
        Exception failure = null;
        using (var soon = new System.Windows.Forms.Timer { Interval = 20 })
        {
            soon.Tick += (sender, e) =>
            {
                Form dialog = Application.OpenForms.Cast<Form>().FirstOrDefault(form => form != Form);
                if (dialog == null)
                {
                    return;
                }
                soon.Stop();
                try
                {
                    script(dialog);
                    Pump(() => dialog.DialogResult != DialogResult.None, "an end");
                }
                catch (Exception error)
                {
                    failure = error;
                    dialog.Close();
                }
            };
            soon.Start();
            Press(button);
            Pump(() => !soon.Enabled, "a dialog");
        }
        if (failure != null)
        {
            throw new Exception("in the dialog of " + button, failure);
        }
    }

    public void Dispose()
    {
        Form.Close();
        Form.Dispose();
        Desk.Finish();
        Desk.Dispose();
        Application.DoEvents();
    }
}
