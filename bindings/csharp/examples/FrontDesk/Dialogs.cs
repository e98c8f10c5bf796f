// The pages that open in a window of their own.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Drawing;
using System.Globalization;
using System.Threading.Tasks;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public sealed class PageDialog : Form
    {
        private PageDialog(Page page)
        {
            Text = Texts.Of("Title");
            StartPosition = FormStartPosition.CenterParent;
            FormBorderStyle = FormBorderStyle.FixedDialog;
            MinimizeBox = MaximizeBox = ShowInTaskbar = false;
            Controls.Add(page);
            AcceptButton = page.Accept;
            CancelButton = page.Cancel;
            ActiveControl = page;
        }

        public static DialogResult Ask(Control owner, Page page)
        {
            using (var dialog = new PageDialog(page) { Font = owner.FindForm().Font })
            {
                Size wanted = page.Controls[0].GetPreferredSize(Size.Empty);
                dialog.ClientSize = new Size(wanted.Width + 30, wanted.Height + 60);
                return dialog.ShowDialog(owner);
            }
        }
    }

    /// <summary>A manager's override: another person says yes with name and password.</summary>
    public sealed class RefundPage : Page
    {
        private readonly TextBox amount, reason, name, password;

        public RefundPage(Desk desk) : base(desk, Texts.Of("Refund"))
        {
            amount = AddField("amount", Texts.Of("Amount"));
            reason = AddField("reason", Texts.Of("Reason"));
            name = AddField("manager", Texts.Of("SecondPerson"));
            password = AddField("managerPassword", Texts.Of("Password"), secret: true);
            AddMessage();
            AddButtons(
                NewButton("approve", Texts.Of("Approve"), (sender, e) => Start()),
                NewButton("cancel", Texts.Of("Cancel"), (sender, e) => Close(DialogResult.Cancel)));
        }

        /// <summary>"12.50: reason", and who approved it; null until then.</summary>
        public string Purpose { get; private set; }

        public string ApprovedBy { get; private set; }

        private void Start()
        {
            decimal money;
            bool read = decimal.TryParse(amount.Text, NumberStyles.AllowDecimalPoint, CultureInfo.CurrentCulture, out money);
            if (!read || money <= 0 || reason.Text.Trim() == "")
            {
                Say(Texts.Of("AmountAndReason"));
                return;
            }
            string purpose = money.ToString("0.00", CultureInfo.InvariantCulture) + ": " + reason.Text.Trim();
            Work(Texts.Of("Checking"), () => Approve(purpose));
        }

        private async Task Approve(string purpose)
        {
            string second = name.Text, secret = password.Text;
            Answer<User> answer = await Desk.Act((store, asks) => store.Authorize(asks, second, secret, "refund " + purpose));
            if (answer == null)
            {
                Close(DialogResult.Abort);
            }
            else if (!answer.IsYes)
            {
                Say(answer.Status == Status.NotAllowed ? Texts.Of("NotYourself") : Texts.OfAnswer(answer.Status));
            }
            else if (!((Rights)answer.Value.Permissions).HasFlag(Rights.Manager))
            {
                Say(Texts.Of("NoManager", answer.Value.Name));
            }
            else
            {
                Purpose = purpose;
                ApprovedBy = answer.Value.Name;
                Close(DialogResult.OK);
            }
        }
    }

    public sealed class NewUserPage : Page
    {
        private readonly TextBox name, password;

        public NewUserPage(Desk desk) : base(desk, Texts.Of("NewUser"))
        {
            name = AddField("userName", Texts.Of("Name"));
            password = AddField("userPassword", Texts.Of("Password"), secret: true);
            AddMessage();
            AddButtons(
                NewButton("create", Texts.Of("Create"), (sender, e) => Work(Texts.Of("Checking"), Create)),
                NewButton("cancel", Texts.Of("Cancel"), (sender, e) => Close(DialogResult.Cancel)));
        }

        private async Task Create()
        {
            string user = name.Text, secret = password.Text;
            Answer<string> created = await Desk.Act((store, actor) => store.CreateUser(user, secret, actor));
            if (created == null || created.IsYes)
            {
                Close(DialogResult.OK);
            }
            else
            {
                Say(created.Status == Status.PasswordWeak ? created.Advice : Texts.OfAnswer(created.Status));
            }
        }
    }

    /// <summary>Shows a one-time code, once.</summary>
    public sealed class CodePage : Page
    {
        public CodePage(Desk desk, string user, string code, DateTime until) : base(desk, Texts.Of("Reset"))
        {
            TextBox box = AddField("code", Texts.Of("Code"));
            box.Text = code;
            box.ReadOnly = true;
            AddHint("until").Text = Texts.Of("CodeFor", user, until);
            Button close = NewButton("close", Texts.Of("Close"), (sender, e) => Close(DialogResult.OK));
            AddButtons(close);
        }
    }
}
