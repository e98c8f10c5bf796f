// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Threading.Tasks;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public sealed class SignInPage : Page
    {
        private readonly TextBox name, password;
        private readonly Timer countdown = new Timer { Interval = 250 };
        private readonly Action signedIn;
        private readonly Action<string, string> mustChange;
        private DateTime waitUntil;

        public SignInPage(Desk desk, string name, string reason, Action signedIn, Action<string, string> mustChange)
            : base(desk, Texts.Of("SignIn"))
        {
            this.signedIn = signedIn;
            this.mustChange = mustChange;
            this.name = AddField("name", Texts.Of("Name"));
            password = AddField("password", Texts.Of("Password"), secret: true);
            AddMessage();
            AddButtons(NewButton("signIn", Texts.Of("SignIn"), (sender, e) => Work(Texts.Of("Checking"), SignIn)));
            countdown.Tick += (sender, e) => ShowWait();
            this.name.Text = name;
            Message.Text = reason;
            ActiveControl = name == "" ? this.name : password;
        }

        private async Task SignIn()
        {
            LoginAnswer login = await Desk.Login(name.Text, password.Text);
            switch (login.Status)
            {
                case Status.Ok:
                    Desk.SignIn(login);
                    signedIn();
                    break;
                case Status.MustChange:
                    mustChange(name.Text, password.Text);
                    break;
                case Status.Throttled when login.RetryAfter.HasValue:
                    waitUntil = DateTime.UtcNow + login.RetryAfter.Value;
                    countdown.Start();
                    break;
                default:
                    Say(Texts.OfAnswer(login.Status));
                    password.SelectAll();
                    break;
            }
        }

        protected override void SetBusy(bool busy)
        {
            base.SetBusy(busy);
            if (!busy && countdown.Enabled)
            {
                ShowWait();
            }
            else if (!busy)
            {
                password.Focus();
            }
        }

        private void ShowWait()
        {
            double seconds = Math.Ceiling((waitUntil - DateTime.UtcNow).TotalSeconds);
            Accept.Enabled = seconds <= 0;
            Say(seconds > 0 ? Texts.Of("Wait", seconds) : "");
            countdown.Enabled = seconds > 0;
        }

        protected override void Dispose(bool disposing)
        {
            countdown.Dispose();
            base.Dispose(disposing);
        }
    }
}
