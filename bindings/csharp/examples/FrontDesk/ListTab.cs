// A tab for administrators: a list, buttons under it, and what they do in the name of who is signed in.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Drawing;
using System.Linq;
using System.Threading.Tasks;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public abstract class ListTab : TabPage
    {
        private readonly FlowLayoutPanel bar = new FlowLayoutPanel { Dock = DockStyle.Bottom, AutoSize = true };
        private readonly Label told = new Label { Name = "told", AutoSize = true, Dock = DockStyle.Bottom };
        private readonly Action ended;
        private bool busy;

        protected ListTab(Desk desk, string title, Action ended, params string[] columns) : base(Texts.Of(title))
        {
            Desk = desk;
            this.ended = ended;
            Padding = new Padding(6);
            UseVisualStyleBackColor = true;
            List = NewList(title, columns);
            List.SelectedIndexChanged += (sender, e) => ShowSelected(Selected);
            Controls.Add(List);
            Controls.Add(told);
            Controls.Add(bar);
        }

        protected Desk Desk { get; }

        public ListView List { get; }

        /// <summary>The row's own id, kept with it.</summary>
        protected string Selected => List.SelectedItems.Count == 0 ? null : (string)List.SelectedItems[0].Tag;

        /// <summary>name and columns: keys of texts.</summary>
        public static ListView NewList(string name, params string[] columns)
        {
            var list = new ListView
            {
                Name = "list", AccessibleName = Texts.Of(name), Dock = DockStyle.Fill, View = View.Details, FullRowSelect = true,
                MultiSelect = false, HideSelection = false,
            };
            list.Columns.AddRange(columns.Select(text => new ColumnHeader { Text = Texts.Of(text) }).ToArray());
            return list;
        }

        public static ListViewItem Row(string id, params string[] cells) => new ListViewItem(cells) { Tag = id };

        public static string Time(DateTimeOffset? time) => time.HasValue ? time.Value.ToLocalTime().ToString("HH:mm") : "–";

        /// <summary>As wide as their texts; the last one takes the rest.</summary>
        public static void FitColumns(ListView list)
        {
            int rest = list.ClientSize.Width - 4;
            foreach (ColumnHeader column in list.Columns)
            {
                IEnumerable<string> texts = list.Items.Cast<ListViewItem>().Select(row => row.SubItems[column.Index].Text);
                int width = texts.Concat(new[] { column.Text }).Max(text => TextRenderer.MeasureText(text, list.Font).Width) + 24;
                column.Width = column.Index == list.Columns.Count - 1 ? Math.Max(width, rest) : width;
                rest -= width;
            }
        }

        public async void Reload()
        {
            string selected = Selected;
            try
            {
                ListViewItem[] rows = await Desk.Run(store => Rows(store).ToArray());
                List.BeginUpdate();
                List.Items.Clear();
                List.Items.AddRange(rows);
                FitColumns(List);
                List.EndUpdate();
                foreach (ListViewItem row in rows.Where(row => selected != null && (string)row.Tag == selected))
                {
                    row.Selected = true;
                }
            }
            catch (DeskSessionException fault)
            {
                Tell(Desk.Sentence(fault));
            }
            catch (OperationCanceledException)
            {
                // The window was closed.
            }
        }

        protected abstract IEnumerable<ListViewItem> Rows(Store store);

        protected virtual void ShowSelected(string id)
        {
        }

        protected T AddToBar<T>(T control) where T : Control
        {
            bar.Controls.Add(control);
            return control;
        }

        protected void Tell(string text) => told.Text = text;

        /// <summary>Verifies, acts in the person's name, says what came of it, and shows the list anew.</summary>
        protected async Task<T> Act<T>(Func<Store, SessionToken, T> call) where T : Answer
        {
            if (busy)
            {
                return null;
            }
            busy = true;
            T answer = null;
            try
            {
                answer = await Desk.Act(call);
                Tell(answer == null || answer.IsYes ? "" : "⚠ " + Texts.OfAnswer(answer.Status));
                if (answer == null || answer.Status == Status.NotAllowed)
                {
                    ended();
                }
                Reload();
            }
            catch (DeskSessionException fault)
            {
                Tell("⚠ " + Desk.Sentence(fault));
            }
            catch (OperationCanceledException)
            {
                // The window was closed.
            }
            busy = false;
            return answer;
        }
    }
}
