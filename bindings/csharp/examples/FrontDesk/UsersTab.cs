// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Linq;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public sealed class UsersTab : ListTab
    {
        private readonly Button enable, reset;
        private readonly CheckBox administrator, manager;
        private Dictionary<string, User> users = new Dictionary<string, User>();
        private bool showing;

        public UsersTab(Desk desk, Action ended)
            : base(desk, "Users", ended, "Name", "State", "Rights", "LastSignIn", "LiveSessions")
        {
            AddToBar(Page.NewButton("newUser", Texts.Of("NewUser"), (sender, e) => NewUser()));
            enable = AddToBar(Page.NewButton("enable", Texts.Of("Disable"), (sender, e) => Enable()));
            reset = AddToBar(Page.NewButton("reset", Texts.Of("Reset"), (sender, e) => Reset()));
            administrator = AddRight("administrator", Rights.Administrator);
            manager = AddRight("manager", Rights.Manager);
            ShowSelected(null);
        }

        private CheckBox AddRight(string name, Rights right)
        {
            var box = new CheckBox { Name = name, Text = Texts.Of(right.ToString()), AutoSize = true, Margin = new Padding(9, 7, 3, 3) };
            box.CheckedChanged += (sender, e) => Permit(right, box.Checked);
            return AddToBar(box);
        }

        protected override IEnumerable<ListViewItem> Rows(Store store)
        {
            users = store.Users().ToDictionary(user => user.Id);
            return users.Values.Select(user => Row(
                user.Id, user.Tampered ? user.Id : user.Name, State(user), Texts.OfRights((Rights)user.Permissions),
                Time(user.LastLoginAt), user.LiveSessions.ToString()));
        }

        private static string State(User user)
        {
            string good = user.Disabled ? "Disabled" : user.MustChange ? "HasCode" : "Enabled";
            return Texts.Of(user.Tampered ? "Tampered" : user.Newer ? "Newer" : good);
        }

        protected override void ShowSelected(string id)
        {
            User user;
            bool known = users.TryGetValue(id ?? "", out user) && !user.Tampered && !user.Newer;
            enable.Enabled = reset.Enabled = administrator.Enabled = manager.Enabled = known;
            showing = true;
            enable.Text = Texts.Of(known && user.Disabled ? "Enable" : "Disable");
            administrator.Checked = known && ((Rights)user.Permissions).HasFlag(Rights.Administrator);
            manager.Checked = known && ((Rights)user.Permissions).HasFlag(Rights.Manager);
            showing = false;
        }

        private void NewUser()
        {
            PageDialog.Ask(this, new NewUserPage(Desk));
            Reload();
        }

        private async void Enable()
        {
            User user = users[Selected];
            await Act((store, actor) => store.EnableUser(user.Id, user.Disabled, actor));
        }

        private async void Permit(Rights right, bool given)
        {
            if (!showing && Selected != null)
            {
                User user = users[Selected];
                Rights rights = given ? (Rights)user.Permissions | right : (Rights)user.Permissions & ~right;
                await Act((store, actor) => store.PermitUser(user.Id, (ulong)rights, actor));
            }
        }

        private async void Reset()
        {
            User user = users[Selected];
            Answer<OneTimeCode> answer = await Act((store, actor) => store.ResetPassword(user.Id, actor));
            if (answer != null && answer.IsYes)
            {
                using (OneTimeCode code = answer.Value)
                {
                    PageDialog.Ask(this, new CodePage(Desk, user.Name, code.Reveal(), DateTime.Now.AddHours(24)));
                }
            }
        }
    }
}
