// The structs of the C header, member by member under the same names.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System.Runtime.InteropServices;

namespace DeskSession
{
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeOptions
    {
        internal const int KeyLength = 32;

        internal uint size, flags, key_source, scope, busy_timeout_ms, reserved;
        internal fixed byte key[KeyLength];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeFault
    {
        internal uint size;
        internal int status;
        internal ulong number;
        internal fixed byte table[Native.TableSize];
        internal fixed byte row[Native.IdSize];
        internal fixed byte detail[Native.DetailSize];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeUser
    {
        internal uint size, flags;
        internal long created_at, last_login_at, password_changed_at;
        internal ulong permissions;
        internal uint failures, live_sessions;
        internal fixed byte user_id[Native.IdSize];
        internal fixed byte user_name[Native.NameSize];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeLoginOptions
    {
        internal uint size, flags;
        internal fixed byte label[Native.LabelSize];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeInfo
    {
        internal uint size, flags;
        internal long created_at, authenticated_at, last_seen_at, expires_at, idle_expires_at, ended_at, retry_after_ms;
        internal ulong permissions;
        internal fixed byte session_id[Native.IdSize];
        internal fixed byte user_id[Native.IdSize];
        internal fixed byte user_name[Native.NameSize];
        internal fixed byte label[Native.LabelSize];
        internal int state;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeEvent
    {
        internal uint size, kind;
        internal long id, at;
        internal fixed byte actor_id[Native.IdSize];
        internal fixed byte user_id[Native.IdSize];
        internal fixed byte session_id[Native.IdSize];
        internal fixed byte detail[Native.DetailSize];
        internal fixed byte os_account[Native.AccountSize];
    }
}
