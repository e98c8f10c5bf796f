// SPDX-License-Identifier: MIT OR Apache-2.0

namespace DeskSession
{
    /// <summary>Where a store keeps its key.</summary>
    public enum KeySource
    {
        /// <summary>As the store records it; a new store: <see cref="User"/>, or <see cref="Store"/> in machine
        /// scope.</summary>
        Recorded = 0,

        /// <summary>A file in the OS's per-user place, named by the store's id. The default.</summary>
        User = 1,

        /// <summary>A file in the store's own folder. Protects nothing once the folder is copied.</summary>
        Store = 2,

        /// <summary>The host passes the 32 bytes at every open.</summary>
        Caller = 3,

        /// <summary>Kept for later: the OS's key store.</summary>
        KeyStore = 4,
    }

    /// <summary>Whose store it is.</summary>
    public enum Scope
    {
        /// <summary>As the store records it; a new store: <see cref="User"/>.</summary>
        Recorded = 0,

        /// <summary>The store of one OS account. The default.</summary>
        User = 1,

        /// <summary>One store for several OS accounts of one PC. On Unix for the group that owns the folder, or, of a new one,
        /// the folder above it; on Windows not built yet.</summary>
        Machine = 2,
    }

    /// <summary>What <see cref="Store.GetPolicy"/> reads and <see cref="Store.SetPolicy"/> sets: numbers kept in the store,
    /// for every process.</summary>
    public enum PolicyItem
    {
        /// <summary>A session ends this long after its login, whatever its activity. 1 ms to 10 years, 12 hours by
        /// default.</summary>
        AbsoluteMs = 1,

        /// <summary>A session ends this long after its last activity. 1 ms to 10 years, 30 minutes by default.</summary>
        IdleMs = 2,

        /// <summary>The absolute limit of a remembered session. 1 ms to 10 years, 30 days by default.</summary>
        RememberedAbsoluteMs = 3,

        /// <summary>The idle limit of a remembered session. 1 ms to 10 years, 14 days by default.</summary>
        RememberedIdleMs = 4,

        /// <summary>Shortest new password in code points. 8 to 64, 15 by default (NIST SP 800-63B-4 for a password
        /// alone).</summary>
        PasswordMin = 5,

        /// <summary>Argon2id memory in KiB. 19456 to 262144, 65536 by default (RFC 9106 section 4, second choice).</summary>
        KdfMemoryKib = 6,

        /// <summary>Argon2id passes. 2 to 10, 3 by default.</summary>
        KdfPasses = 7,

        /// <summary>Wrong attempts in a row that cost no wait; the next one does. 0 to 100, 4 by default.</summary>
        ThrottleFree = 8,

        /// <summary>Longest wait between attempts; waits start at 1 s and double. 1 s to 1 day, 15 minutes by
        /// default.</summary>
        ThrottleCapMs = 9,

        /// <summary>After this many wrong attempts in a row only <see cref="Store.Unthrottle"/> helps. 0 = never (the
        /// default), else 1 to 10000.</summary>
        ThrottleStop = 10,

        /// <summary>Ended sessions are kept this long before <see cref="Store.Purge"/> removes them. 0 to 10 years, 30 days by
        /// default.</summary>
        EndedKeepMs = 11,

        /// <summary>Events are kept this long before <see cref="Store.Purge"/> removes them. 0 = for ever (the default), else
        /// up to 10 years.</summary>
        AuditKeepMs = 12,
    }

    /// <summary>What <see cref="Store.SetPolicyPreset"/> sets together.</summary>
    public enum PolicyPreset
    {
        /// <summary>Time-outs of NIST SP 800-63B-4 for AAL1: 30 days absolute, no idle limit before that; 100 failures. A
        /// preset sets the four time-outs and <see cref="PolicyItem.ThrottleStop"/>; a password alone is AAL1, whatever the
        /// time-outs.</summary>
        Aal1Timeouts = 1,

        /// <summary>Time-outs for AAL2: 24 hours absolute, 1 hour idle, remembered or not; 100 failures.</summary>
        Aal2Timeouts = 2,

        /// <summary>Time-outs for AAL3: 12 hours absolute, 15 minutes idle, remembered or not; 100 failures.</summary>
        Aal3Timeouts = 3,

        /// <summary>The same five items as a new store has them.</summary>
        DefaultTimeouts = 4,
    }

    /// <summary>Why <see cref="Store.CheckPassword"/> refuses a password.</summary>
    public enum Weakness
    {
        /// <summary>Nothing against this password.</summary>
        Not = 0,

        /// <summary>Shorter than <see cref="PolicyItem.PasswordMin"/> code points.</summary>
        Short = 1,

        /// <summary>Longer than 1024 bytes of UTF-8.</summary>
        Long = 2,

        /// <summary>In the list of common passwords.</summary>
        Common = 3,

        /// <summary>It is the user's name, or little more.</summary>
        UserName = 4,

        /// <summary>It is the program's name, or little more.</summary>
        AppName = 5,

        /// <summary>One short pattern again and again.</summary>
        Repeats = 6,

        /// <summary>A run of the alphabet, of digits or of the keyboard.</summary>
        Sequence = 7,
    }
}
