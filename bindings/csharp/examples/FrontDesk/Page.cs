// One page of the window: rows of label and field, an error under each field, buttons, and work that leaves the window alive.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Drawing;
using System.Threading.Tasks;
using System.Windows.Forms;
using DeskSession;

namespace FrontDesk
{
    public class Page : UserControl
    {
        private readonly TableLayoutPanel rows = new TableLayoutPanel
        {
            AutoSize = true, AutoSizeMode = AutoSizeMode.GrowAndShrink, ColumnCount = 2, Padding = new Padding(24),
        };

        private readonly Label message = new Label
        {
            Name = "message", AutoSize = true, MaximumSize = new Size(560, 0), Margin = new Padding(3, 9, 3, 9),
        };

        protected Page(Desk desk, string title)
        {
            Desk = desk;
            Dock = DockStyle.Fill;
            AutoScroll = true;
            // As much room on the left as on the right, and above as below.
            var middle = new TableLayoutPanel { Dock = DockStyle.Fill, ColumnCount = 3, RowCount = 3 };
            foreach (float share in new[] { 50f, 0f, 50f })
            {
                middle.ColumnStyles.Add(share == 0 ? new ColumnStyle() : new ColumnStyle(SizeType.Percent, share));
                middle.RowStyles.Add(share == 0 ? new RowStyle() : new RowStyle(SizeType.Percent, share));
            }
            middle.Controls.Add(rows, 1, 1);
            Controls.Add(middle);
            var heading = new Label { Text = title, AutoSize = true, Margin = new Padding(3, 3, 3, 15) };
            heading.Font = new Font(heading.Font.FontFamily, SystemFonts.MessageBoxFont.SizeInPoints * 1.5f);
            AddWide(heading);
        }

        protected Desk Desk { get; }

        /// <summary>What Enter presses.</summary>
        public Button Accept { get; private set; }

        /// <summary>What Escape presses; null = nothing.</summary>
        public Button Cancel { get; private set; }

        protected bool IsBusy { get; private set; }

        public Label Message => message;

        protected TextBox AddField(string name, string label, bool secret = false)
        {
            var box = new TextBox { Name = name, Width = 280, AccessibleName = label, Anchor = AnchorStyles.Left };
            var caption = new Label { Text = label, AutoSize = true, Anchor = AnchorStyles.Left, Margin = new Padding(3, 6, 15, 6) };
            rows.Controls.Add(caption);
            if (!secret)
            {
                rows.Controls.Add(box);
                return box;
            }
            box.UseSystemPasswordChar = true;
            var reveal = new CheckBox
            {
                Name = name + "Reveal", Text = Texts.Of("Show"), AccessibleName = Texts.Of("Show") + ": " + label,
                AutoSize = true, Anchor = AnchorStyles.Left,
            };
            reveal.CheckedChanged += (sender, e) => box.UseSystemPasswordChar = !reveal.Checked;
            rows.Controls.Add(Beside(box, reveal));
            return box;
        }

        protected Label AddHint(string name)
        {
            var hint = new Label { Name = name, AutoSize = true, MaximumSize = new Size(420, 0) };
            rows.Controls.Add(new Label { AutoSize = true });
            rows.Controls.Add(hint);
            return hint;
        }

        protected void AddMessage() => AddWide(message);

        protected void AddButtons(Button accept, Button cancel = null)
        {
            Accept = accept;
            Cancel = cancel;
            rows.Controls.Add(new Label { AutoSize = true });
            rows.Controls.Add(cancel == null ? Beside(accept) : Beside(accept, cancel));
        }

        public static Button NewButton(string name, string text, EventHandler click)
        {
            var button = new Button
            {
                Name = name, Text = text, AutoSize = true, AutoSizeMode = AutoSizeMode.GrowAndShrink,
                Padding = new Padding(8, 2, 8, 2),
            };
            button.Click += click;
            return button;
        }

        public static FlowLayoutPanel Beside(params Control[] controls)
        {
            var panel = new FlowLayoutPanel
            {
                AutoSize = true, AutoSizeMode = AutoSizeMode.GrowAndShrink, WrapContents = false, Margin = Padding.Empty,
            };
            panel.Controls.AddRange(controls);
            return panel;
        }

        /// <summary>Says what is wrong, in words; the sign tells it apart without colour.</summary>
        protected void Say(string problem)
        {
            message.ForeColor = Color.Firebrick;
            message.Text = problem == "" ? "" : "⚠ " + problem;
        }

        /// <summary>Presses while it runs are not heard, so ten quick ones are one attempt.</summary>
        protected async void Work(string busy, Func<Task> work)
        {
            if (IsBusy)
            {
                return;
            }
            SetBusy(true);
            message.ForeColor = SystemColors.ControlText;
            message.Text = busy;
            try
            {
                await work();
            }
            catch (DeskSessionException fault)
            {
                Say(Desk.Sentence(fault));
            }
            catch (OperationCanceledException)
            {
                // The window was closed.
            }
            SetBusy(false);
        }

        protected virtual void SetBusy(bool busy)
        {
            IsBusy = busy;
            rows.Enabled = !busy;
        }

        /// <summary>Closes the dialog that the page is in.</summary>
        protected void Close(DialogResult result) => FindForm().DialogResult = result;

        private void AddWide(Control control)
        {
            rows.Controls.Add(control);
            rows.SetColumnSpan(control, 2);
        }
    }
}
