// Front Desk, page by page.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Windows.Forms;
using DeskSession;
using FrontDesk;
using static TestStore;

public static class FlowTests
{
    public static void FirstRun()
    {
        using (var test = new TestStore())
        using (var window = new Window(test))
        {
            window.Type("name", Anna);
            window.Type("new", "short");
            Check.True(window.Text("hint").Contains("15"), window.Text("hint"));
            window.Type("new", Words);
            Check.True(window.Text("hint").StartsWith("✓"), window.Text("hint"));
            window.Press("create");
            Check.True(window.Text("message").Contains("differ"), window.Text("message"));
            window.Type("repeat", Words);
            window.Press("create");
            window.Pump(() => window.Shows("tabs"), "signed in");
            Check.True(window.Text("who").StartsWith("Signed in as " + Anna + " until "), window.Text("who"));
            Check.Equal(3UL, test.Store.Users().Single().Permissions);
            Check.Equal(4, window.Find<TabControl>("tabs").TabPages.Count);
        }
    }

    public static void SignInWrongThenRight()
    {
        using (var test = new TestStore())
        {
            test.User("日本 Otto");
            using (var window = new Window(test))
            {
                window.SignIn("日本 Otto", Other);
                Check.Equal(false, window.Find<Button>("signIn").Enabled, "the button while hashing");
                Check.Equal(false, window.Find<TextBox>("password").Enabled, "the field while hashing");
                Check.Equal("Checking…", window.Text("message"));
                window.Pump(() => window.Text("message").Contains("Wrong name or password."), "wrong");
                window.SignedIn("日本 otto");
                Check.Equal(1, window.Find<TabControl>("tabs").TabPages.Count, "tabs of somebody who is no administrator");
                window.Press("signOut");
                window.Pump(() => window.Shows("signIn"), "signed out");
                Check.Equal("日本 Otto", window.Text("name"));
                Check.Equal(Status.LoggedOut, test.Store.Sessions().Single().State);
            }
        }
    }

    public static void TenQuickPressesAreOneAttempt()
    {
        using (var test = new TestStore())
        {
            test.User();
            using (var window = new Window(test))
            {
                for (int i = 0; i < 10; i++)
                {
                    window.SignIn(Anna, Words);
                }
                window.Pump(() => window.Shows("tabs"), "signed in");
                Check.Equal(1, test.Store.Events().Count(line => line.Kind == EventKind.LoginAttempt));
            }
        }
    }

    public static void TheWindowStaysAliveWhileHashing()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.Store.SetPolicy(PolicyItem.KdfMemoryKib, 65536).EnsureYes();
            test.Store.SetPolicy(PolicyItem.KdfPasses, 3).EnsureYes();
            test.Store.Login(Anna, Words).EnsureYes();
            using (var window = new Window(test))
            {
                window.SignIn(Anna, Other); // once, so that all is compiled
                window.Pump(() => window.Text("message").Contains("Wrong"), "wrong");
                window.LongestTurn = TimeSpan.Zero;
                window.SignIn(Anna, Other);
                window.Pump(() => window.Find<Button>("signIn").Enabled, "wrong again");
                double blocked = window.LongestTurn.TotalMilliseconds;
                Console.WriteLine("        the window's thread was blocked for {0:F1} ms at most during a login", blocked);
                Check.True(blocked < 100, "not blocked"); // 16 is the aim; other programs may be busy
            }
        }
    }

    public static void ThrottledWithACountdown()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.Store.SetPolicy(PolicyItem.ThrottleFree, 0).EnsureYes();
            using (var window = new Window(test))
            {
                window.SignIn(Anna, Other);
                window.Pump(() => window.Text("message").Contains("Wrong"), "wrong");
                window.SignIn(Anna, Words);
                window.Pump(() => window.Text("message").Contains("Try again in 1 s."), "throttled");
                Check.Equal(false, window.Find<Button>("signIn").Enabled);
                window.Pump(() => window.Find<Button>("signIn").Enabled, "the countdown is over");
                window.SignedIn();
            }
        }
    }

    public static void DisabledAndMustChange()
    {
        using (var test = new TestStore())
        {
            string anna = test.User();
            test.Store.EnableUser(anna, false).EnsureYes();
            using (var window = new Window(test))
            {
                window.SignIn(Anna, Words);
                window.Pump(() => window.Text("message").Contains("disabled"), "disabled");
                test.Store.EnableUser(anna, true).EnsureYes();
                string code = test.Store.ResetPassword(anna).Value.Reveal();
                window.SignIn(Anna, code.ToLowerInvariant());
                window.Pump(() => window.Shows("change"), "a new password is asked for");
                window.Type("new", "abcdefghijklmnop");
                window.Type("repeat", "abcdefghijklmnop");
                window.Press("change");
                window.Pump(() => window.Text("message").Contains("Many people use it"), "refused in words");
                window.Type("new", Other);
                window.Type("repeat", Other);
                window.Press("change");
                window.Pump(() => window.Shows("tabs"), "signed in");
            }
            Check.Yes(test.Store.Login(Anna, Other));
        }
    }

    public static void ChangePasswordFromTheMainPage()
    {
        using (var test = new TestStore())
        {
            test.User();
            using (var window = new Window(test))
            {
                window.SignedIn();
                window.Press("changePassword");
                window.Type("old", Other);
                window.Type("new", Other);
                window.Type("repeat", Other);
                window.Press("change");
                window.Pump(() => window.Text("message").Contains("Wrong"), "the old one is wrong");
                window.Type("old", Words);
                window.Press("change");
                window.Pump(() => window.Shows("tabs"), "changed, still signed in");
                Check.Yes(test.Store.Peek(window.Desk.Token));
            }
        }
    }

    public static void ARefundNeedsAManager()
    {
        using (var test = new TestStore())
        {
            test.User();
            string otto = test.User(Otto, Other);
            using (var window = new Window(test))
            {
                window.SignedIn();
                window.InDialog("refund", dialog =>
                {
                    window.Press("approve", dialog);
                    Check.True(window.Text("message", dialog).Contains("12.50"), "an amount is asked for");
                    window.Type("amount", 12.5m.ToString(CultureInfo.CurrentCulture), dialog);
                    window.Type("reason", "broken", dialog);
                    window.Type("manager", Otto, dialog);
                    window.Type("managerPassword", Other, dialog);
                    window.Press("approve", dialog);
                    window.Pump(() => window.Text("message", dialog).Contains("may not approve"), "not a manager");
                    test.Store.PermitUser(otto, 2).EnsureYes();
                    window.Press("approve", dialog);
                });
                ListViewItem row = window.Find<ListView>("refunds").Items.Cast<ListViewItem>().Single();
                Check.Equal("12.50: broken", row.SubItems[1].Text);
                Check.Equal(Otto, row.SubItems[2].Text);
            }
            Check.Equal("refund 12.50: broken", test.Store.Events().Last(line => line.Kind == EventKind.Authorized).Detail);
        }
    }

    public static void Administration()
    {
        using (var test = new TestStore())
        {
            string anna = test.User();
            test.Store.PermitUser(anna, 1).EnsureYes();
            using (var window = new Window(test))
            {
                window.SignedIn();
                ListTab users = Open(window, 1);
                window.InDialog("newUser", dialog =>
                {
                    window.Type("userName", Otto, dialog);
                    window.Type("userPassword", Other, dialog);
                    window.Press("create", dialog);
                });
                window.Pump(() => users.List.Items.Count == 2, "two users");
                User otto = test.Store.FindUser(Otto).Value;
                users.List.Items[1].Selected = true;
                window.Pump(() => window.Find<CheckBox>("manager").Enabled, "selected");
                window.Find<CheckBox>("manager").Checked = true;
                window.Pump(() => test.Store.GetUser(otto.Id).Value.Permissions == 2, "a manager");
                window.Pump(() => users.List.Items[1].SubItems[2].Text == "Manager", "shown");
                window.Pump(() => users.List.SelectedItems.Count == 1, "selected again");
                window.Press("enable");
                window.Pump(() => test.Store.GetUser(otto.Id).Value.Disabled, "disabled");
                window.Pump(() => window.Text("enable") == "Enable", "shown as disabled");
                window.Press("enable");
                window.Pump(() => !test.Store.GetUser(otto.Id).Value.Disabled, "enabled");
                window.Pump(() => window.Text("enable") == "Disable" && window.Find<Button>("reset").Enabled, "shown as enabled");
                string code = null;
                window.InDialog("reset", dialog =>
                {
                    code = window.Text("code", dialog);
                    window.Press("close", dialog);
                });
                Check.Answer(Status.MustChange, test.Store.Login(Otto, code));
                Check.Equal(anna, test.Store.Events().Last(line => line.Kind == EventKind.PasswordReset).ActorId);
                ListTab audit = Open(window, 3);
                string[] events = audit.List.Items.Cast<ListViewItem>().Select(row => row.SubItems[1].Text).ToArray();
                Check.True(events.Contains("code issued"), "the audit trail");
                ListTab sessions = Open(window, 2);
                sessions.List.Items[0].Selected = true;
                window.Pump(() => window.Find<Button>("revoke").Enabled, "selected");
                window.Press("revoke");
                window.Pump(() => window.Shows("signIn"), "the own session was revoked");
                Check.True(window.Text("message").Contains("Ended by somebody else"), window.Text("message"));
            }
        }
    }

    private static ListTab Open(Window window, int index)
    {
        var tabs = window.Find<TabControl>("tabs");
        tabs.SelectedIndex = index;
        var tab = (ListTab)tabs.SelectedTab;
        window.Pump(() => tab.List.Items.Count > 0, "rows");
        return tab;
    }

    public static void TwoWindowsOnOneStore()
    {
        using (var test = new TestStore())
        {
            test.User();
            using (var first = new Window(test))
            using (var second = new Window(test))
            {
                first.SignedIn();
                second.SignedIn();
                test.Store.RevokeUser(test.Store.FindUser(Anna).Value.Id, first.Desk.Session.Id).EnsureYes();
                second.Pump(() => second.Shows("signIn"), "revoked");
                Check.True(first.Shows("tabs"), "the first goes on");
            }
        }
    }

    public static void ClosedDuringALogin()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.Store.SetPolicy(PolicyItem.KdfMemoryKib, 262144).EnsureYes();
            test.Store.Login(Anna, Words).EnsureYes();
            using (var window = new Window(test))
            {
                window.SignIn(Anna, Words);
                window.Pump(() => test.Store.Events().Count(line => line.Kind == EventKind.LoginAttempt) == 2, "hashing");
                window.Form.Close();
            }
            Check.List(new[] { Status.Ok, Status.LoggedOut }, test.Store.Sessions().Select(one => one.State).ToArray());
        }
    }

    public static void Accessible()
    {
        using (var test = new TestStore())
        using (var window = new Window(test, textSize: 125))
        {
            Control[] all = Window.All(window.Form).ToArray();
            foreach (TextBox box in all.OfType<TextBox>())
            {
                Check.True(!string.IsNullOrEmpty(box.AccessibleName), box.Name + " has a name");
                Check.Equal(box.Name != "name", box.UseSystemPasswordChar, box.Name);
            }
            foreach (Control control in all.Where(one => one.Visible && (one is Label || one is Button)))
            {
                bool fits = control.PreferredSize.Width <= control.Width + 1 && control.Right <= control.Parent.Width;
                Check.True(fits, "<" + control.Text + "> fits");
            }
            var reveal = window.Find<CheckBox>("newReveal");
            reveal.Checked = true;
            Check.Equal(false, window.Find<TextBox>("new").UseSystemPasswordChar);
            Check.Equal("create", ((Button)window.Form.AcceptButton).Name);
        }
    }

    public static void GermanIsComplete()
    {
        Texts.Choose("de");
        Check.Equal("Anmelden", Texts.Of("SignIn"));
        foreach (EventKind kind in Enum.GetValues(typeof(EventKind)).Cast<EventKind>().Where(kind => kind != EventKind.None))
        {
            Check.True(Texts.Of("Event" + kind) != "Event" + kind, kind.ToString());
        }
        foreach (Weakness weakness in Enum.GetValues(typeof(Weakness)).Cast<Weakness>().Where(one => one != Weakness.Not))
        {
            Check.True(Texts.Of("Weak" + weakness, 15) != "Weak" + weakness, weakness.ToString());
        }
        Texts.Choose("en");
    }
}
