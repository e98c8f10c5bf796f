// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    /// <summary>What a call answered. Look at <see cref="IsYes"/>, or let <see cref="EnsureYes"/> throw.</summary>
    public class Answer
    {
        internal Answer(Status status)
        {
            Status = status;
            Advice = status == Status.Ok ? "" : Call.Advice((int)status);
        }

        /// <summary>True for <see cref="DeskSession.Status.Ok"/> alone; any other number, known or not, is not yes.</summary>
        public bool IsYes => Status == Status.Ok;

        /// <summary>Which answer.</summary>
        public Status Status { get; }

        /// <summary>Why not, in English, for a log. Empty on yes.</summary>
        public string Advice { get; }

        /// <summary>Throws unless the answer is yes.</summary>
        /// <exception cref="DeskSessionException">The answer is not yes; its status says which.</exception>
        public void EnsureYes()
        {
            if (!IsYes)
            {
                throw new DeskSessionException(Status, Advice);
            }
        }

        /// <summary>The status, for a log.</summary>
        public override string ToString() => Status.ToString();

        internal T OnYes<T>(T value)
        {
            return IsYes ? value : throw new InvalidOperationException("not yes but " + Status + ": look at IsYes first");
        }
    }

    /// <summary>An answer that brings a value on yes.</summary>
    public sealed class Answer<T> : Answer
    {
        private readonly T value;

        internal Answer(Status status, T value) : base(status)
        {
            this.value = value;
        }

        /// <summary>What was asked for.</summary>
        /// <exception cref="InvalidOperationException">The answer is not yes.</exception>
        public T Value => OnYes(value);
    }

    /// <summary>What a login answered.</summary>
    public sealed class LoginAnswer : Answer
    {
        private readonly SessionToken token;
        private readonly SessionInfo session;

        internal LoginAnswer(Status status, SessionToken token, SessionInfo session, TimeSpan? retryAfter) : base(status)
        {
            this.token = token;
            this.session = session;
            RetryAfter = retryAfter;
        }

        /// <summary>The one secret of the session: keep it in memory, hand it to <see cref="Store.Verify"/>.</summary>
        /// <exception cref="InvalidOperationException">The answer is not yes.</exception>
        public SessionToken Token => OnYes(token);

        /// <summary>The new session.</summary>
        /// <exception cref="InvalidOperationException">The answer is not yes.</exception>
        public SessionInfo Session => OnYes(session);

        /// <summary>On <see cref="DeskSession.Status.Throttled"/>: how long to wait; null = until an administrator
        /// helps.</summary>
        public TimeSpan? RetryAfter { get; }
    }

    /// <summary>Whether a token is live, and whose it is.</summary>
    public sealed class SessionAnswer : Answer
    {
        internal SessionAnswer(Status status, SessionInfo session) : base(status)
        {
            Session = session;
        }

        /// <summary>The session: also where it has ended and the token was right, so that a program can tell whose it was. Null
        /// otherwise. Never take it for a yes.</summary>
        public SessionInfo Session { get; }
    }

    /// <summary>Whether a new password would be accepted.</summary>
    public sealed class PasswordAnswer : Answer
    {
        internal PasswordAnswer(Status status, Weakness weakness, int score) : base(status)
        {
            Weakness = weakness;
            Score = score;
        }

        /// <summary>Why not.</summary>
        public Weakness Weakness { get; }

        /// <summary>0 (refused) to 4 (long and varied), a rough guide for a meter.</summary>
        public int Score { get; }
    }
}
