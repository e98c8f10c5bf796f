// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    /// <summary>A secret that the library made. It is not in <see cref="object.ToString"/> nor in a debugger's view, and is
    /// wiped when disposed of.</summary>
    public abstract class SecretText : IDisposable
    {
        internal SecretText(Secret secret)
        {
            Secret = secret;
        }

        internal Secret Secret { get; }

        /// <summary>The secret as a string, which nobody can wipe.</summary>
        /// <exception cref="ObjectDisposedException">It has been wiped.</exception>
        public string Reveal() => Secret.Reveal();

        /// <summary>The name of the type, never the secret.</summary>
        public sealed override string ToString() => GetType().Name;

        /// <summary>Wipes it. A token's session lives on.</summary>
        public void Dispose() => Secret.Dispose();
    }

    /// <summary>The one secret of a session. Keep it in memory, never in a file or a log.</summary>
    public sealed class SessionToken : SecretText
    {
        internal SessionToken(Secret secret) : base(secret)
        {
        }

        /// <summary>A token that another part of the program, or another program, has been handed as text.</summary>
        public static SessionToken FromText(string text) => new SessionToken(Secret.Text(text, nameof(text)));

        internal static Secret Of(SessionToken token, string parameter)
        {
            return token == null ? throw new ArgumentNullException(parameter) : token.Open();
        }

        internal static Secret Optional(SessionToken token) => token == null ? Secret.None : token.Open();

        // Mono's marshaller would keep hold of the store if it met the wiped token itself.
        private Secret Open() => Secret.IsClosed ? throw new ObjectDisposedException(nameof(SessionToken)) : Secret;
    }

    /// <summary>A one-time code in the place of a forgotten password. Show it once.</summary>
    public sealed class OneTimeCode : SecretText
    {
        internal OneTimeCode(Secret secret) : base(secret)
        {
        }
    }
}
