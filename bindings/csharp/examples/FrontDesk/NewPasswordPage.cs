// Chooses a password: for the first administrator, after a one-time code, or by one's own wish. They differ in the fields above
// and in what is done with it.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Threading.Tasks;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public sealed class NewPasswordPage : Page
    {
        private readonly TextBox name, old, password, repeat;
        private readonly Label hint;
        private readonly string knownName, knownOld;
        private readonly Action done;

        /// <summary>The first run: there is nobody yet.</summary>
        public NewPasswordPage(Desk desk, Action done) : base(desk, Texts.Of("FirstRun"))
        {
            this.done = done;
            name = AddField("name", Texts.Of("Name"));
            AddRest(out password, out repeat, out hint);
            AddButtons(NewButton("create", Texts.Of("Create"), (sender, e) => Start(CreateFirst)));
            ActiveControl = name;
        }

        /// <summary>Another password; an old one that is null is asked for.</summary>
        public NewPasswordPage(Desk desk, string name, string old, Action done, Action cancelled)
            : base(desk, Texts.Of("NewPassword"))
        {
            knownName = name;
            knownOld = old;
            this.done = done;
            this.old = old == null ? AddField("old", Texts.Of("OldPassword"), secret: true) : null;
            AddRest(out password, out repeat, out hint);
            AddButtons(
                NewButton("change", Texts.Of("Change"), (sender, e) => Start(Change)),
                NewButton("cancel", Texts.Of("Cancel"), (sender, e) => cancelled()));
            ActiveControl = this.old ?? password;
        }

        private string UserName => name == null ? knownName : name.Text;

        private void AddRest(out TextBox first, out TextBox second, out Label told)
        {
            first = AddField("new", Texts.Of("NewPassword"), secret: true);
            told = AddHint("hint");
            second = AddField("repeat", Texts.Of("Repeat"), secret: true);
            AddMessage();
            first.TextChanged += (sender, e) => ShowHint();
        }

        // Hashes nothing and reads one row: quick enough for the window's thread.
        private void ShowHint()
        {
            try
            {
                PasswordAnswer told = Desk.Store.CheckPassword(password.Text, UserName == "" ? null : UserName);
                string words = told.IsYes ? "✓ " + Texts.Of("Score" + told.Score) : "✗ " + Refused(told.Weakness);
                hint.Text = password.Text == "" ? "" : words;
            }
            catch (ArgumentException)
            {
                hint.Text = Texts.Of("NotText"); // half of a character, still being typed
            }
        }

        private string Refused(Weakness weakness)
        {
            return Texts.Of("Weak" + weakness, Desk.Store.GetPolicy(PolicyItem.PasswordMin));
        }

        private void Start(Func<Task> work)
        {
            if (password.Text != repeat.Text)
            {
                Say(Texts.Of("NotTheSame"));
                repeat.Focus();
                return;
            }
            Work(Texts.Of("Checking"), work);
        }

        private async Task CreateFirst()
        {
            string user = name.Text, secret = password.Text;
            Answer<string> created = await Desk.Run(store => store.CreateUser(user, secret));
            if (!created.IsYes)
            {
                Explain(created.Status);
                return;
            }
            await Desk.Run(store => store.PermitUser(created.Value, (ulong)(Rights.Administrator | Rights.Manager)));
            await SignIn(user, secret);
        }

        private async Task Change()
        {
            string before = knownOld ?? old.Text, secret = password.Text;
            SessionToken keep = Desk.Token;
            Answer changed = await Desk.Run(store => store.ChangePassword(knownName, before, secret, keep));
            if (!changed.IsYes)
            {
                Explain(changed.Status);
            }
            else if (keep == null)
            {
                await SignIn(knownName, secret);
            }
            else
            {
                done();
            }
        }

        private async Task SignIn(string user, string secret)
        {
            LoginAnswer login = await Desk.Login(user, secret);
            if (login.IsYes)
            {
                Desk.SignIn(login);
                done();
            }
            else
            {
                Explain(login.Status);
            }
        }

        private void Explain(Status status)
        {
            bool weak = status == Status.PasswordWeak;
            Say(weak ? Refused(Desk.Store.CheckPassword(password.Text, UserName).Weakness) : Texts.OfAnswer(status));
        }
    }
}
