// SPDX-License-Identifier: MIT OR Apache-2.0

namespace DeskSession
{
    /// <summary>How a call ended. Only <see cref="Ok"/> is yes; 1 to 99 are answers, everything else is a fault and thrown.
    /// A number that is not listed here comes from a newer library; it is not yes.</summary>
    public enum Status
    {
        /// <summary>The call did what was asked; for a check: yes.</summary>
        Ok = 0,

        /// <summary>Wrong name, wrong password, no such user, over-long input: one answer, after the same work.</summary>
        BadCredentials = 1,

        /// <summary>Too many attempts; <see cref="LoginAnswer.RetryAfter"/> says how long to wait.</summary>
        Throttled = 2,

        /// <summary>No such session: never issued, malformed, wrong secret, or purged.</summary>
        Unknown = 3,

        /// <summary>The session reached its absolute limit. The token was right: the answer tells whose session it was and
        /// when it ended.</summary>
        Expired = 4,

        /// <summary>The session reached its idle limit. The answer tells whose, as for <see cref="Expired"/>.</summary>
        Idle = 5,

        /// <summary>The session was logged out. The answer tells whose, as for <see cref="Expired"/>.</summary>
        LoggedOut = 6,

        /// <summary>The session was ended by somebody else, a password change, a disable or a delete. The answer tells whose,
        /// as for <see cref="Expired"/>.</summary>
        Revoked = 7,

        /// <summary>The session ended because the clock was set back. The answer tells whose, as for
        /// <see cref="Expired"/>.</summary>
        Clock = 8,

        /// <summary>Kept for later: a rotated token was used again.</summary>
        Reused = 9,

        /// <summary>Kept for later: the session is alive, unlock it first.</summary>
        Locked = 10,

        /// <summary>The password was right, but the user is disabled.</summary>
        UserDisabled = 11,

        /// <summary>The password was right, but has to be changed first (<see cref="Store.ChangePassword"/>).</summary>
        MustChange = 12,

        /// <summary>Kept for later: the password was right, a code is needed as well.</summary>
        SecondFactor = 13,

        /// <summary>Kept for later: the user has as many sessions as allowed.</summary>
        TooMany = 14,

        /// <summary>Kept for later: log in again before this step.</summary>
        NotFresh = 15,

        /// <summary>A user of that name exists (names that differ only in case or width are one name).</summary>
        UserExists = 20,

        /// <summary>No such user.</summary>
        UserUnknown = 21,

        /// <summary>The name is not allowed: RFC 8265 UsernameCaseMapped parts separated by single spaces, at most 255
        /// bytes.</summary>
        NameRefused = 22,

        /// <summary>The password is too weak; <see cref="Store.CheckPassword"/> tells why.</summary>
        PasswordWeak = 23,

        /// <summary>The actor's session is not live; nothing was changed.</summary>
        NotAllowed = 24,

        /// <summary>No further row.</summary>
        Done = 30,

        /// <summary>An argument is wrong: NULL, not UTF-8, outside its range, a struct of another size. A bug in the
        /// caller.</summary>
        BadArgument = 100,

        /// <summary>The store is closed.</summary>
        BadHandle = 101,

        /// <summary>An output buffer is smaller than its published size; nothing was done.</summary>
        BufferTooSmall = 102,

        /// <summary>Another process or thread held the store past the time-out; try again.</summary>
        Busy = 103,

        /// <summary>Too many password hashes at once in this process; try again.</summary>
        Limit = 104,

        /// <summary>The operating system reported an input/output error.</summary>
        Io = 105,

        /// <summary>The disk is full.</summary>
        DiskFull = 106,

        /// <summary>The store lies on a read-only medium or in a read-only folder.</summary>
        ReadOnly = 107,

        /// <summary>The store's files are damaged: restore a backup.</summary>
        Corrupt = 108,

        /// <summary>A row or the schema is not what this library wrote; it was refused.</summary>
        Tampered = 109,

        /// <summary>Something else lies there; it was not touched.</summary>
        NotAStore = 110,

        /// <summary>The key does not belong to this store.</summary>
        Foreign = 111,

        /// <summary>Written by a newer library that this one must not touch: update the library.</summary>
        Newer = 112,

        /// <summary>The store's key is gone or out of reach.</summary>
        NoKey = 113,

        /// <summary>The store records another key source than was demanded.</summary>
        KeyMismatch = 114,

        /// <summary>No store is there, or its database is gone.</summary>
        Missing = 115,

        /// <summary>Owner or access rights of a file do not fit; <see cref="DeskSessionException.Advice"/> names the path and
        /// the remedy.</summary>
        Permission = 116,

        /// <summary>The files under an open handle were moved, deleted or replaced: close and open again.</summary>
        StoreReplaced = 117,

        /// <summary>Out of memory.</summary>
        NoMemory = 118,

        /// <summary>This process inherited an open store by fork; open stores only after the fork, in the process that uses
        /// them.</summary>
        Forked = 119,

        /// <summary>Not supported here: a network file system, or a feature this build does not have.</summary>
        Unsupported = 120,

        /// <summary>A bug in this library; the handle answers nothing else from now on.</summary>
        Internal = 199,
    }
}
