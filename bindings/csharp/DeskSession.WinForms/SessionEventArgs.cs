// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession.WinForms
{
    /// <summary>A live session, and how long it has left.</summary>
    public sealed class SessionLiveEventArgs : EventArgs
    {
        internal SessionLiveEventArgs(SessionInfo session)
        {
            Session = session;
            Ends = session.IdleExpiresAt < session.ExpiresAt ? session.IdleExpiresAt.Value : session.ExpiresAt.Value;
            Remaining = Ends - DateTimeOffset.UtcNow;
        }

        /// <summary>The session.</summary>
        public SessionInfo Session { get; }

        /// <summary>The earlier of the absolute and the idle limit.</summary>
        public DateTimeOffset Ends { get; }

        /// <summary>Until then.</summary>
        public TimeSpan Remaining { get; }

        /// <summary>Whether activity moves the end, as it does where the idle limit comes first.</summary>
        public bool CanStay => Session.IdleExpiresAt < Session.ExpiresAt;
    }

    /// <summary>A session that has ended.</summary>
    public sealed class SessionEndedEventArgs : EventArgs
    {
        internal SessionEndedEventArgs(Status reason, SessionInfo session)
        {
            Reason = reason;
            Session = session;
        }

        /// <summary>Why: idle, expired, logged out elsewhere, revoked, ... or the fault that keeps the store from
        /// telling.</summary>
        public Status Reason { get; }

        /// <summary>Whose it was, where the store could tell; else null.</summary>
        public SessionInfo Session { get; }
    }
}
