// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    /// <summary>A call could not be carried out; for a check this means: not logged in. Never holds a password, token or
    /// key.</summary>
    public sealed class DeskSessionException : Exception
    {
        internal DeskSessionException(Status status, string advice)
        {
            Status = status;
            Name = Call.StatusName((int)status);
            Advice = advice;
        }

        /// <summary>What happened. The one thing to branch on.</summary>
        public Status Status { get; }

        /// <summary>The name of the status in C, "SESSION_BUSY".</summary>
        public string Name { get; }

        /// <summary>What exactly failed, with the remedy where there is one. For people and logs.</summary>
        public string Advice { get; }

        /// <summary>Name and advice.</summary>
        public override string Message
        {
            get { return Advice.StartsWith(Name, StringComparison.Ordinal) ? Advice : Name + ": " + Advice; }
        }
    }

    /// <summary>The native library is missing, is for another processor or bitness, needs a newer Windows, or does not fit to
    /// this assembly. The message says where it was looked for and what to do.</summary>
    public sealed class LibraryLoadException : Exception
    {
        internal LibraryLoadException(string message, Exception inner = null) : base(message, inner)
        {
        }
    }
}
