// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    internal static class Time
    {
        /// <summary>The library's 0 is none.</summary>
        internal static DateTimeOffset? Of(long unixMs)
        {
            return unixMs == 0 ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        }
    }

    /// <summary>A user. Times are UTC.</summary>
    public sealed class User
    {
        internal unsafe User(NativeUser* native)
        {
            CreatedAt = Time.Of(native->created_at);
            LastLoginAt = Time.Of(native->last_login_at);
            PasswordChangedAt = Time.Of(native->password_changed_at);
            Permissions = native->permissions;
            Failures = (int)native->failures;
            LiveSessions = (int)native->live_sessions;
            Id = Utf8.Read(native->user_id, Native.IdSize);
            Name = Utf8.Read(native->user_name, Native.NameSize);
            Disabled = (native->flags & Native.UserDisabledFlag) != 0;
            MustChange = (native->flags & Native.UserMustChangeFlag) != 0;
            Tampered = (native->flags & Native.UserTamperedFlag) != 0;
            Newer = (native->flags & Native.UserNewerFlag) != 0;
        }

        /// <summary>When the user was created.</summary>
        public DateTimeOffset? CreatedAt { get; }

        /// <summary>The last good login; null = never.</summary>
        public DateTimeOffset? LastLoginAt { get; }

        /// <summary>When the password was last changed.</summary>
        public DateTimeOffset? PasswordChangedAt { get; }

        /// <summary>The permission bits, which mean what the program says.</summary>
        public ulong Permissions { get; }

        /// <summary>Wrong attempts since the last good login.</summary>
        public int Failures { get; }

        /// <summary>How many sessions are live.</summary>
        public int LiveSessions { get; }

        /// <summary>The public id. It never returns, even after the user was deleted.</summary>
        public string Id { get; }

        /// <summary>The name, as it was given.</summary>
        public string Name { get; }

        /// <summary>Cannot log in.</summary>
        public bool Disabled { get; }

        /// <summary>The password has to be changed before the next login.</summary>
        public bool MustChange { get; }

        /// <summary>In lists: the row is not what the library wrote; only <see cref="Id"/> is set,
        /// <see cref="Store.DeleteUser"/> removes it.</summary>
        public bool Tampered { get; }

        /// <summary>In lists: a newer library wrote something this one must not ignore; only <see cref="Id"/> is set.</summary>
        public bool Newer { get; }
    }

    /// <summary>One line of the audit trail. Never holds a secret.</summary>
    public sealed class AuditEvent
    {
        internal unsafe AuditEvent(NativeEvent* native, Status status)
        {
            Number = native->id;
            Kind = (EventKind)native->kind;
            At = Time.Of(native->at);
            ActorId = Utf8.Read(native->actor_id, Native.IdSize);
            UserId = Utf8.Read(native->user_id, Native.IdSize);
            SessionId = Utf8.Read(native->session_id, Native.IdSize);
            Detail = Utf8.Read(native->detail, Native.DetailSize);
            OsAccount = Utf8.Read(native->os_account, Native.AccountSize);
            Tampered = status == Status.Tampered;
            Newer = status == Status.Newer;
        }

        /// <summary>Counts up without gaps.</summary>
        public long Number { get; }

        /// <summary>What happened.</summary>
        public EventKind Kind { get; }

        /// <summary>When, in UTC.</summary>
        public DateTimeOffset? At { get; }

        /// <summary>The user who did it; empty = the host program.</summary>
        public string ActorId { get; }

        /// <summary>To whom.</summary>
        public string UserId { get; }

        /// <summary>To which session.</summary>
        public string SessionId { get; }

        /// <summary>What <see cref="Kind"/> says about it.</summary>
        public string Detail { get; }

        /// <summary>The OS account whose process did it.</summary>
        public string OsAccount { get; }

        /// <summary>The line was edited, or is missing: only <see cref="Number"/> is set.</summary>
        public bool Tampered { get; }

        /// <summary>A newer library wrote it: only <see cref="Number"/> is set.</summary>
        public bool Newer { get; }
    }

    /// <summary>What <see cref="Store.Check"/> found against one row, or against the database as a whole.</summary>
    public sealed class StoreFault
    {
        internal unsafe StoreFault(NativeFault* native)
        {
            Number = native->number;
            Status = (Status)native->status;
            Table = Utf8.Read(native->table, Native.TableSize);
            Row = Utf8.Read(native->row, Native.IdSize);
            Detail = Utf8.Read(native->detail, Native.DetailSize);
        }

        /// <summary>Counts up from 1 within one check.</summary>
        public ulong Number { get; }

        /// <summary><see cref="Status.Tampered"/>, <see cref="Status.Newer"/> or <see cref="Status.Corrupt"/>.</summary>
        public Status Status { get; }

        /// <summary>"users", "sessions", ... or "database".</summary>
        public string Table { get; }

        /// <summary>The row's id, where it has one that can be read.</summary>
        public string Row { get; }

        /// <summary>For a log.</summary>
        public string Detail { get; }
    }
}
