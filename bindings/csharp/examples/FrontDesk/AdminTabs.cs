// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Linq;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public sealed class SessionsTab : ListTab
    {
        private readonly Button revoke;

        public SessionsTab(Desk desk, Action ended)
            : base(desk, "Sessions", ended, "Who", "Since", "LastSeen", "Label", "State")
        {
            revoke = AddToBar(Page.NewButton("revoke", Texts.Of("Revoke"), (sender, e) => Revoke()));
            ShowSelected(null);
        }

        protected override IEnumerable<ListViewItem> Rows(Store store)
        {
            return store.Sessions().Reverse().Select(one => Row(
                one.Id, one.UserName, Time(one.CreatedAt), Time(one.LastSeenAt), one.Label, Texts.OfEnd(one.State)));
        }

        protected override void ShowSelected(string id) => revoke.Enabled = id != null;

        private async void Revoke()
        {
            string id = Selected;
            await Act((store, actor) => store.Revoke(id, actor));
        }
    }

    public sealed class AuditTab : ListTab
    {
        public AuditTab(Desk desk, Action ended)
            : base(desk, "Audit", ended, "Time", "What", "Who", "AboutWhom", "Detail")
        {
            AddToBar(Page.NewButton("reload", Texts.Of("Reload"), (sender, e) => Reload()));
        }

        protected override IEnumerable<ListViewItem> Rows(Store store)
        {
            Dictionary<string, string> names = store.Users().ToDictionary(user => user.Id, user => user.Name);
            return store.Events().Reverse().Select(line => Row(
                line.Number.ToString(), Time(line.At), line.Tampered ? Texts.Of("Tampered") : Texts.Of("Event" + line.Kind),
                line.ActorId == "" ? line.OsAccount : NameOf(names, line.ActorId), NameOf(names, line.UserId), line.Detail));
        }

        private static string NameOf(Dictionary<string, string> names, string id)
        {
            string name;
            return names.TryGetValue(id, out name) ? name : "";
        }
    }
}
