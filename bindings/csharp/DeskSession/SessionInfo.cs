// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    /// <summary>A session. Times are UTC.</summary>
    public sealed unsafe class SessionInfo
    {
        // The library writes here, and properties read on demand: most who verify want a yes and perhaps a name.
        internal NativeInfo Raw;

        internal SessionInfo()
        {
            Raw.size = (uint)sizeof(NativeInfo);
        }

        /// <summary><see cref="Status.Ok"/> = live; otherwise how it ended.</summary>
        public Status State => (Status)Raw.state;

        /// <summary>When it began.</summary>
        public DateTimeOffset? CreatedAt => Time.Of(Raw.created_at);

        /// <summary>When the password was last checked.</summary>
        public DateTimeOffset? AuthenticatedAt => Time.Of(Raw.authenticated_at);

        /// <summary>The last activity.</summary>
        public DateTimeOffset? LastSeenAt => Time.Of(Raw.last_seen_at);

        /// <summary>The absolute limit.</summary>
        public DateTimeOffset? ExpiresAt => Time.Of(Raw.expires_at);

        /// <summary>The idle limit; moves with activity.</summary>
        public DateTimeOffset? IdleExpiresAt => Time.Of(Raw.idle_expires_at);

        /// <summary>When it ended; null = not yet.</summary>
        public DateTimeOffset? EndedAt => Time.Of(Raw.ended_at);

        /// <summary>The user's permission bits, which mean what the program says.</summary>
        public ulong Permissions => Raw.permissions;

        /// <summary>The session's public id. Not a secret.</summary>
        public string Id
        {
            get
            {
                fixed (byte* text = Raw.session_id)
                {
                    return Utf8.Read(text, Native.IdSize);
                }
            }
        }

        /// <summary>The user's public id.</summary>
        public string UserId
        {
            get
            {
                fixed (byte* text = Raw.user_id)
                {
                    return Utf8.Read(text, Native.IdSize);
                }
            }
        }

        /// <summary>The user's name, as it was given.</summary>
        public string UserName
        {
            get
            {
                fixed (byte* text = Raw.user_name)
                {
                    return Utf8.Read(text, Native.NameSize);
                }
            }
        }

        /// <summary><see cref="LoginOptions.Label"/>.</summary>
        public string Label
        {
            get
            {
                fixed (byte* text = Raw.label)
                {
                    return Utf8.Read(text, Native.LabelSize);
                }
            }
        }

        /// <summary><see cref="LoginOptions.Remember"/>.</summary>
        public bool Remembered => (Raw.flags & Native.InfoRemembered) != 0;

        /// <summary>In lists: the row is not what the library wrote; only <see cref="Id"/> is set, <see cref="Store.Revoke"/>
        /// removes it.</summary>
        public bool Tampered => (Raw.flags & Native.InfoTampered) != 0;

        /// <summary>In lists: a newer library wrote something this one must not ignore; only <see cref="Id"/> is set.</summary>
        public bool Newer => (Raw.flags & Native.InfoNewer) != 0;
    }
}
