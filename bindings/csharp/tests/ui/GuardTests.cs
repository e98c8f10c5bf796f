// SessionGuard: warns, ends, counts activity at a bounded rate, and leaves a designer alone.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Threading;
using System.Windows.Forms;
using DeskSession;
using DeskSession.WinForms;
using static TestStore;

public static class GuardTests
{
    public static void WarnsAndEnds()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.Store.SetPolicy(PolicyItem.IdleMs, 2000).EnsureYes();
            using (var window = new Window(test))
            {
                window.Form.Guard.WarnBefore = TimeSpan.FromSeconds(1.5);
                window.SignedIn();
                window.Pump(() => window.Shows("warning"), "a warning");
                Check.True(window.Text("warning").Contains("ends in"), window.Text("warning"));
                window.Press("stay");
                window.Pump(() => !window.Shows("warning"), "stays");
                window.Pump(() => window.Shows("signIn"), "the end");
                Check.True(window.Text("message").Contains("nothing was done for too long"), window.Text("message"));
                Check.Equal(Anna, window.Text("name"));
            }
        }
    }

    public static void ActivityCountsAtABoundedRate()
    {
        using (var test = new TestStore())
        using (var guard = new SessionGuard())
        using (var form = new Form())
        {
            guard.LookInterval = TimeSpan.FromMilliseconds(20);
            guard.ActivityInterval = TimeSpan.FromSeconds(1);
            test.User();
            test.Store.SetPolicy(PolicyItem.IdleMs, 3000).EnsureYes();
            SessionToken token = test.Token();
            var ends = new List<DateTimeOffset>();
            Status? ended = null;
            int thread = Thread.CurrentThread.ManagedThreadId;
            guard.Expiring += (sender, e) =>
            {
                Check.Equal(thread, Thread.CurrentThread.ManagedThreadId, "the window's thread");
                ends.Add(e.Ends);
            };
            guard.Ended += (sender, e) => ended = e.Reason;
            form.Show();
            guard.Start(test.Store, token);
            DateTime start = DateTime.UtcNow;
            while (DateTime.UtcNow - start < TimeSpan.FromSeconds(4.5)) // longer than the idle limit
            {
                var key = Message.Create(form.Handle, 0x100, IntPtr.Zero, IntPtr.Zero);
                ((IMessageFilter)guard).PreFilterMessage(ref key);
                Application.DoEvents();
                Thread.Sleep(5);
            }
            Check.Equal(null, ended);
            Check.Yes(test.Store.Peek(token));
            int touches = ends.Distinct().Count() - 1;
            Check.True(touches >= 2 && touches <= 4, "touches in 4.5 s: " + touches);
            while (ended == null && DateTime.UtcNow - start < TimeSpan.FromSeconds(30))
            {
                Application.DoEvents();
                Thread.Sleep(5);
            }
            Check.Equal(Status.Idle, ended.Value);
        }
    }

    public static void ADesignerLoadsNothing()
    {
        // What other tests have loaded is not loaded there.
        AppDomain.CreateDomain("designer", null, AppDomain.CurrentDomain.SetupInformation).DoCallBack(Design);
    }

    private static void Design()
    {
        using (var container = new Container())
        {
            var guard = new SessionGuard(container) { Site = new DesignSite() };
            guard.Start(null, null);
            guard.StaySignedIn();
            Check.Equal(false, DeskSessionLibrary.IsLoaded, "loaded");
        }
    }

    private sealed class DesignSite : ISite
    {
        public IComponent Component => null;

        public IContainer Container => null;

        public bool DesignMode => true;

        public string Name { get; set; }

        public object GetService(Type type) => null;
    }
}
