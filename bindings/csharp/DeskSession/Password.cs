// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    /// <summary>A password on its way into one call, which wipes it whatever the outcome. Made from a string, or from a char[]
    /// or a byte[] (UTF-8), which you can wipe yourself as soon as the call has begun: the password is a copy. A NUL is a
    /// character of it like any other.</summary>
    public sealed unsafe class Password : IDisposable
    {
        private readonly Secret secret;

        /// <summary>A copy of the text.</summary>
        /// <exception cref="ArgumentException">A lone surrogate, which is not a character.</exception>
        public Password(string text)
        {
            Require(text, nameof(text));
            fixed (char* start = text)
            {
                secret = new Secret(start, text.Length, nameof(text));
            }
        }

        /// <summary>A copy of the characters.</summary>
        /// <exception cref="ArgumentException">A lone surrogate, which is not a character.</exception>
        public Password(char[] text)
        {
            Require(text, nameof(text));
            fixed (char* start = text)
            {
                secret = new Secret(start, text.Length, nameof(text));
            }
        }

        /// <summary>A copy of the bytes.</summary>
        public Password(byte[] utf8)
        {
            Require(utf8, nameof(utf8));
            secret = new Secret(utf8);
        }

        /// <summary>So that calls take a string.</summary>
        public static implicit operator Password(string text) => text == null ? null : new Password(text);

        /// <summary>So that calls take a char[].</summary>
        public static implicit operator Password(char[] text) => text == null ? null : new Password(text);

        /// <summary>So that calls take a byte[].</summary>
        public static implicit operator Password(byte[] utf8) => utf8 == null ? null : new Password(utf8);

        /// <summary>Wipes it. Calls do that too.</summary>
        public void Dispose() => secret.Dispose();

        internal static Secret Of(Password password, string parameter)
        {
            Require(password, parameter);
            return password.secret.IsClosed ? throw new ObjectDisposedException(nameof(Password)) : password.secret;
        }

        private static void Require(object value, string parameter)
        {
            if (value == null)
            {
                throw new ArgumentNullException(parameter);
            }
        }
    }
}
