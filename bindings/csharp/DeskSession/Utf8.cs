// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Text;

namespace DeskSession
{
    // Strict: what is no character is refused, never replaced, since a replaced name or password would be another one.
    internal static unsafe class Utf8
    {
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        /// <summary>NUL-terminated. C would ignore what follows a NUL, so there must be none.</summary>
        internal static byte[] Text(string text, string parameter)
        {
            if (text == null)
            {
                throw new ArgumentNullException(parameter);
            }
            RefuseNul(text, parameter);
            fixed (char* start = text)
            {
                byte[] bytes = new byte[Length(start, text.Length, parameter) + 1];
                fixed (byte* to = bytes)
                {
                    Write(start, text.Length, to, bytes.Length - 1);
                }
                return bytes;
            }
        }

        internal static byte[] Optional(string text, string parameter) => text == null ? null : Text(text, parameter);

        internal static void RefuseNul(string text, string parameter)
        {
            if (text.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("contains a NUL character", parameter);
            }
        }

        internal static int Length(char* text, int length, string parameter)
        {
            try
            {
                return length == 0 ? 0 : Strict.GetByteCount(text, length);
            }
            catch (EncoderFallbackException)
            {
                // Not linked to this one, which tells a part of the text.
            }
            throw new ArgumentException("contains a lone surrogate, which is not a character and has no UTF-8", parameter);
        }

        internal static int Write(char* text, int length, byte* to, int capacity)
        {
            return length == 0 ? 0 : Strict.GetBytes(text, length, to, capacity);
        }

        /// <summary>Up to the NUL, or all of the buffer.</summary>
        internal static string Read(byte* text, int capacity = int.MaxValue)
        {
            int length = 0;
            while (length < capacity && text[length] != 0)
            {
                length++;
            }
            return length == 0 ? "" : Encoding.UTF8.GetString(text, length);
        }
    }
}
