// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    /// <summary>Whether a store is opened, created, or either.</summary>
    public enum OpenMode
    {
        /// <summary>Open, and create where nothing is.</summary>
        OpenOrCreate = 0,

        /// <summary>Open a store that exists, never create one.</summary>
        Existing = 1,

        /// <summary>Create a store; one that exists already is <see cref="Status.BadArgument"/>.</summary>
        Create = 2,
    }

    /// <summary>How to open a store. Everything has a default.</summary>
    public sealed class StoreOptions
    {
        /// <summary>Open, create, or either.</summary>
        public OpenMode Mode { get; set; }

        /// <summary>Where the key is. Anything but <see cref="DeskSession.KeySource.Recorded"/> is a demand.</summary>
        public KeySource KeySource { get; set; }

        /// <summary>Whose store it is. Anything but <see cref="DeskSession.Scope.Recorded"/> is a demand.</summary>
        public Scope Scope { get; set; }

        /// <summary>How long a call may wait for others; zero = 5 seconds, and 1 second for verify and peek.</summary>
        public TimeSpan BusyTimeout { get; set; }

        /// <summary>For <see cref="DeskSession.KeySource.Caller"/>: 32 random bytes, not all zero. Wipe them after
        /// opening.</summary>
        public byte[] Key { get; set; }

        internal static unsafe void Fill(StoreOptions options, NativeOptions* native)
        {
            options = options ?? new StoreOptions();
            native->size = (uint)sizeof(NativeOptions);
            native->flags = (uint)options.Mode;
            native->key_source = (uint)options.KeySource;
            native->scope = (uint)options.Scope;
            native->busy_timeout_ms = checked((uint)options.BusyTimeout.TotalMilliseconds);
            if (options.Key != null)
            {
                FillKey(options.Key, native);
            }
        }

        private static unsafe void FillKey(byte[] key, NativeOptions* native)
        {
            if (key.Length != NativeOptions.KeyLength)
            {
                throw new ArgumentException("a key is " + NativeOptions.KeyLength + " bytes", nameof(Key));
            }
            if (native->key_source == (uint)KeySource.Recorded)
            {
                native->key_source = (uint)KeySource.Caller;
            }
            for (int i = 0; i < key.Length; i++)
            {
                native->key[i] = key[i];
            }
        }
    }

    /// <summary>How to log in. Everything has a default.</summary>
    public sealed class LoginOptions
    {
        /// <summary>The longer, remembered limits. Ask the person first.</summary>
        public bool Remember { get; set; }

        /// <summary>What a list of sessions shows, such as "Till 2": at most 63 bytes of UTF-8, no control
        /// characters.</summary>
        public string Label { get; set; }

        internal static unsafe void Fill(LoginOptions options, NativeLoginOptions* native)
        {
            options = options ?? new LoginOptions();
            native->size = (uint)sizeof(NativeLoginOptions);
            native->flags = options.Remember ? Native.LoginRemembered : 0;
            byte[] label = Utf8.Text(options.Label ?? "", nameof(Label));
            if (label.Length > Native.LabelSize)
            {
                throw new ArgumentException("longer than " + (Native.LabelSize - 1) + " bytes of UTF-8", nameof(Label));
            }
            for (int i = 0; i < label.Length; i++)
            {
                native->label[i] = label[i];
            }
        }
    }
}
