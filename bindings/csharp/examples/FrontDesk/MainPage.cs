// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Drawing;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public sealed class MainPage : UserControl
    {
        private readonly Desk desk;
        private readonly Action recheck;
        private readonly Label who = new Label { Name = "who", AutoSize = true, Margin = new Padding(3, 9, 20, 3) };
        private readonly ListView refunds = ListTab.NewList("Refunds", "Time", "Refund", "ApprovedBy");

        /// <summary>recheck: what to do where the session turns out to have ended.</summary>
        public MainPage(Desk desk, Action changePassword, Action signOut, Action recheck)
        {
            this.desk = desk;
            this.recheck = recheck;
            Dock = DockStyle.Fill;
            Padding = new Padding(9);
            var head = Page.Beside(
                who,
                Page.NewButton("changePassword", Texts.Of("ChangePassword"), (sender, e) => changePassword()),
                Page.NewButton("signOut", Texts.Of("SignOut"), (sender, e) => signOut()));
            head.Dock = DockStyle.Top;
            var tabs = new TabControl { Name = "tabs", Dock = DockStyle.Fill };
            tabs.TabPages.Add(NewTill());
            if (desk.Rights.HasFlag(Rights.Administrator))
            {
                tabs.TabPages.Add(new UsersTab(desk, recheck));
                tabs.TabPages.Add(new SessionsTab(desk, recheck));
                tabs.TabPages.Add(new AuditTab(desk, recheck));
                tabs.SelectedIndexChanged += (sender, e) => (tabs.SelectedTab as ListTab)?.Reload();
            }
            Controls.Add(tabs);
            Controls.Add(head);
        }

        public void ShowUntil(DateTimeOffset ends) => who.Text = Texts.Of("SignedIn", desk.Session.UserName, ListTab.Time(ends));

        private TabPage NewTill()
        {
            var till = new TabPage(Texts.Of("Till")) { Padding = new Padding(6), UseVisualStyleBackColor = true };
            var bar = Page.Beside(Page.NewButton("refund", Texts.Of("Refund") + "…", (sender, e) => Refund()));
            bar.Dock = DockStyle.Bottom;
            refunds.Name = "refunds";
            refunds.SizeChanged += (sender, e) => ListTab.FitColumns(refunds);
            till.Controls.Add(refunds);
            till.Controls.Add(bar);
            return till;
        }

        public void ShowRefund(string purpose, string approvedBy)
        {
            refunds.Items.Add(ListTab.Row(null, ListTab.Time(DateTimeOffset.Now), purpose, approvedBy));
            ListTab.FitColumns(refunds);
        }

        private void Refund()
        {
            var page = new RefundPage(desk);
            DialogResult result = PageDialog.Ask(this, page);
            if (result == DialogResult.OK)
            {
                ShowRefund(page.Purpose, page.ApprovedBy);
            }
            else if (result == DialogResult.Abort)
            {
                recheck();
            }
        }
    }
}
