// The window: shows one page at a time, and watches over the session.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.ComponentModel;
using System.Drawing;
using System.Windows.Forms;
using DeskSession;
using DeskSession.WinForms;

namespace FrontDesk
{
    public sealed class MainForm : Form
    {
        private readonly Desk desk;
        private readonly Container components = new Container();
        private readonly SessionGuard guard;
        private readonly Panel content = new Panel { Dock = DockStyle.Fill };
        private readonly FlowLayoutPanel warning;
        private readonly Label warningText = new Label { Name = "warning", AutoSize = true, Margin = new Padding(9, 9, 9, 6) };
        private readonly Button stay;

        public MainForm(Desk desk, float textSize)
        {
            this.desk = desk;
            Font = new Font(SystemFonts.MessageBoxFont.FontFamily, textSize);
            Text = Texts.Of("Title");
            ClientSize = new Size((int)(760 * textSize / 9), (int)(480 * textSize / 9));
            StartPosition = FormStartPosition.CenterScreen;
            stay = Page.NewButton("stay", Texts.Of("Stay"), (sender, e) => guard.StaySignedIn());
            warning = Page.Beside(warningText, stay);
            warning.Dock = DockStyle.Top;
            warning.BackColor = Color.Khaki;
            warning.Visible = false;
            Controls.Add(content);
            Controls.Add(warning);
            guard = new SessionGuard(components);
            guard.Alive += (sender, e) => ShowSession(e, warn: false);
            guard.Expiring += (sender, e) => ShowSession(e, warn: true);
            guard.Ended += (sender, e) => AskToSignIn(desk.Session.UserName, Texts.OfEnd(e.Reason));
            if (desk.IsEmpty())
            {
                Show(new NewPasswordPage(desk, EnterMain));
            }
            else
            {
                AskToSignIn("", "");
            }
        }

        public SessionGuard Guard => guard;

        private void Show(Control page)
        {
            foreach (Control old in content.Controls)
            {
                // Not at once: it may be this page's own button that was pressed.
                BeginInvokeOrNow(old.Dispose);
            }
            content.Controls.Clear();
            content.Controls.Add(page);
            AcceptButton = (page as Page)?.Accept;
            CancelButton = (page as Page)?.Cancel;
            ActiveControl = page;
        }

        private void BeginInvokeOrNow(Action action)
        {
            if (IsHandleCreated)
            {
                BeginInvoke(action);
            }
            else
            {
                action();
            }
        }

        private void AskToSignIn(string name, string reason)
        {
            guard.Stop();
            warning.Visible = false;
            desk.Forget();
            Show(new SignInPage(desk, name, reason, EnterMain, (user, old) => Show(NewPassword(user, old))));
        }

        private NewPasswordPage NewPassword(string user, string old)
        {
            Action cancelled = () => AskToSignIn(user, "");
            return new NewPasswordPage(desk, user, old, EnterMain, desk.Token == null ? cancelled : EnterMain);
        }

        private void EnterMain()
        {
            guard.Start(desk.Store, desk.Token);
            var page = new MainPage(desk, () => Show(NewPassword(desk.Session.UserName, null)), SignOut, guard.StaySignedIn);
            page.ShowUntil(desk.Ends);
            Show(page);
        }

        private async void SignOut()
        {
            SessionToken token = desk.Token;
            string name = desk.Session.UserName;
            guard.Stop();
            try
            {
                await desk.Run(store => store.Logout(token));
                AskToSignIn(name, Texts.Of("SignedOut"));
            }
            catch (DeskSessionException fault)
            {
                AskToSignIn(name, Texts.Of("NotSignedOut") + " " + Desk.Sentence(fault));
            }
        }

        private void ShowSession(SessionLiveEventArgs e, bool warn)
        {
            warning.Visible = warn;
            stay.Visible = e.CanStay;
            warningText.Text = "⚠ " + Texts.Of("EndsSoon", Math.Max(0, Math.Ceiling(e.Remaining.TotalSeconds)));
            if (content.Controls.Count == 1)
            {
                (content.Controls[0] as MainPage)?.ShowUntil(e.Ends);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                components.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
