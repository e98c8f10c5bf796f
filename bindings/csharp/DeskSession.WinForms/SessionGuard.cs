// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.ComponentModel;
using System.Threading.Tasks;
using System.Windows.Forms;

namespace DeskSession.WinForms
{
    /// <summary>Watches over a session in a window: tells the store of keys and mouse, warns before the end, and tells of it.
    /// Drop it on a form, call <see cref="Start"/> after signing in. Events come on the window's thread; the store is asked on
    /// another. In a designer it does nothing and loads nothing.</summary>
    public sealed class SessionGuard : Component, IMessageFilter
    {
        private readonly Timer timer = new Timer { Interval = 1000 };
        private Store store;
        private SessionToken token;
        private DateTime lastActivity, lastVerify;
        private IntPtr lastMouse;
        private bool looking;

        /// <summary>A guard by itself. Dispose of it.</summary>
        public SessionGuard()
        {
            timer.Tick += async (sender, e) => await Look(IsActivityDue);
        }

        /// <summary>A guard that is disposed of with its form.</summary>
        public SessionGuard(IContainer container) : this()
        {
            container?.Add(this);
        }

        /// <summary>The session is live, and not about to end.</summary>
        public event EventHandler<SessionLiveEventArgs> Alive;

        /// <summary>The session is about to end, <see cref="WarnBefore"/> or less from now. Comes again with every
        /// look.</summary>
        public event EventHandler<SessionLiveEventArgs> Expiring;

        /// <summary>The session has ended; the guard has stopped.</summary>
        public event EventHandler<SessionEndedEventArgs> Ended;

        /// <summary>When to warn. One minute.</summary>
        public TimeSpan WarnBefore { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>Keys and mouse count as activity once in this time. 15 seconds.</summary>
        public TimeSpan ActivityInterval { get; set; } = TimeSpan.FromSeconds(15);

        /// <summary>How often the session is looked at. One second.</summary>
        public TimeSpan LookInterval
        {
            get { return TimeSpan.FromMilliseconds(timer.Interval); }
            set { timer.Interval = (int)value.TotalMilliseconds; }
        }

        private bool IsActivityDue => lastActivity > lastVerify && DateTime.UtcNow - lastVerify >= ActivityInterval;

        /// <summary>Watches over a session from now on. The token stays yours to dispose of, after
        /// <see cref="Stop"/>.</summary>
        public void Start(Store store, SessionToken token)
        {
            if (DesignMode)
            {
                return;
            }
            Stop();
            this.store = store ?? throw new ArgumentNullException(nameof(store));
            this.token = token ?? throw new ArgumentNullException(nameof(token));
            lastVerify = lastActivity = DateTime.UtcNow;
            Application.AddMessageFilter(this);
            timer.Start();
        }

        /// <summary>Watches no longer. The session lives on.</summary>
        public void Stop()
        {
            timer.Stop();
            Application.RemoveMessageFilter(this);
            store = null;
            token = null;
        }

        /// <summary>The person wants to stay: counts as activity at once.</summary>
        public async void StaySignedIn() => await Look(activity: true);

        /// <summary>Notes keys and mouse; takes no message away.</summary>
        bool IMessageFilter.PreFilterMessage(ref Message message)
        {
            const int KeyDown = 0x100, SystemKeyDown = 0x104, MouseMove = 0x200, MouseLeft = 0x201, MouseWheel = 0x20A;
            bool mouse = message.Msg >= MouseLeft && message.Msg <= MouseWheel;
            // Windows sends moves without a movement, too.
            bool moved = message.Msg == MouseMove && message.LParam != lastMouse;
            if (mouse || moved || message.Msg == KeyDown || message.Msg == SystemKeyDown)
            {
                lastActivity = DateTime.UtcNow;
            }
            if (moved)
            {
                lastMouse = message.LParam;
            }
            return false;
        }

        /// <summary>Stops.</summary>
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Stop();
                timer.Dispose();
            }
            base.Dispose(disposing);
        }

        private async Task Look(bool activity)
        {
            if (looking || store == null)
            {
                return;
            }
            looking = true;
            SessionToken watched = token;
            try
            {
                SessionAnswer seen = await Ask(store, watched, activity);
                if (watched == token)
                {
                    Tell(seen.Status, seen.Session);
                }
            }
            catch (DeskSessionException fault)
            {
                // For the others the next look may fare better; what lasts means "not logged in".
                if (watched == token && fault.Status != Status.Busy && fault.Status != Status.NoMemory)
                {
                    Tell(fault.Status, null);
                }
            }
            catch (ObjectDisposedException)
            {
                Stop();
            }
            finally
            {
                looking = false;
            }
        }

        private Task<SessionAnswer> Ask(Store store, SessionToken token, bool activity)
        {
            if (activity)
            {
                lastVerify = DateTime.UtcNow;
            }
            return Task.Run(() => activity ? store.Verify(token) : store.Peek(token));
        }

        private void Tell(Status status, SessionInfo session)
        {
            if (status != Status.Ok)
            {
                Stop();
                Ended?.Invoke(this, new SessionEndedEventArgs(status, session));
                return;
            }
            var live = new SessionLiveEventArgs(session);
            (live.Remaining <= WarnBefore ? Expiring : Alive)?.Invoke(this, live);
        }
    }
}
