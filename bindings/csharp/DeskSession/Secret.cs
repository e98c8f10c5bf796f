// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Runtime.InteropServices;

namespace DeskSession
{
    // Bytes outside the garbage collector's reach, which would leave copies behind. Wiped when disposed of, or by the
    // finaliser; never while a call uses them.
    internal sealed unsafe class Secret : SafeHandle
    {
        /// <summary>NULL, for an optional parameter.</summary>
        internal static readonly Secret None = new Secret();

        private readonly int capacity;

        private Secret() : base(IntPtr.Zero, ownsHandle: true)
        {
        }

        internal Secret(int capacity) : this()
        {
            this.capacity = capacity;
            SetHandle(Marshal.AllocHGlobal(capacity));
            Wipe();
        }

        /// <summary>A copy as UTF-8 with a NUL after it.</summary>
        internal Secret(char* text, int length, string parameter) : this(Utf8.Length(text, length, parameter) + 1)
        {
            Length = Utf8.Write(text, length, (byte*)handle, capacity - 1);
        }

        /// <summary>A copy with a NUL after it.</summary>
        internal Secret(byte[] bytes) : this(bytes.Length + 1)
        {
            Length = bytes.Length;
            Marshal.Copy(bytes, 0, handle, bytes.Length);
        }

        internal int Length { get; }

        internal UIntPtr Size => (UIntPtr)(uint)Length;

        internal UIntPtr Capacity => (UIntPtr)(uint)capacity;

        public override bool IsInvalid => handle == IntPtr.Zero;

        internal static Secret Text(string text, string parameter)
        {
            if (text == null)
            {
                throw new ArgumentNullException(parameter);
            }
            Utf8.RefuseNul(text, parameter);
            fixed (char* start = text)
            {
                return new Secret(start, text.Length, parameter);
            }
        }

        internal string Reveal()
        {
            bool held = false;
            try
            {
                DangerousAddRef(ref held);
                return Utf8.Read((byte*)handle, capacity);
            }
            finally
            {
                if (held)
                {
                    DangerousRelease();
                }
            }
        }

        protected override bool ReleaseHandle()
        {
            Wipe();
            Marshal.FreeHGlobal(handle);
            return true;
        }

        private void Wipe()
        {
            byte* bytes = (byte*)handle;
            for (int i = 0; i < capacity; i++)
            {
                bytes[i] = 0;
            }
        }
    }
}
