// SPDX-License-Identifier: MIT OR Apache-2.0

namespace DeskSession
{
    /// <summary>What a line of the audit trail tells. A number that is not listed here comes from a newer library.</summary>
    public enum EventKind
    {
        /// <summary>Only the id of the line is known: it was edited, or is missing.</summary>
        None = 0,

        /// <summary>A store was created.</summary>
        StoreCreated = 1,

        /// <summary>A password is about to be checked; the attempt is paid for. Detail: for what.</summary>
        LoginAttempt = 2,

        /// <summary>A login succeeded.</summary>
        Login = 3,

        /// <summary>The attempt before failed and was counted. Detail: for what.</summary>
        LoginFailed = 4,

        /// <summary>A session was logged out.</summary>
        Logout = 5,

        /// <summary>A session was found past its absolute limit.</summary>
        Expired = 6,

        /// <summary>A session was found past its idle limit.</summary>
        Idle = 7,

        /// <summary>A session was ended because the clock was set back.</summary>
        Clock = 8,

        /// <summary>A session was revoked.</summary>
        Revoked = 9,

        /// <summary>A user was created. Detail: the name.</summary>
        UserCreated = 10,

        /// <summary>A user was renamed. Detail: old and new value.</summary>
        UserRenamed = 11,

        /// <summary>A user was enabled. Detail: old and new value.</summary>
        UserEnabled = 12,

        /// <summary>A user was disabled. Detail: old and new value.</summary>
        UserDisabled = 13,

        /// <summary>A user's permissions were set. Detail: old and new value, hexadecimal.</summary>
        UserPermitted = 14,

        /// <summary>A user was deleted. Detail: the name.</summary>
        UserDeleted = 15,

        /// <summary>A user's failures were forgotten. Detail: old and new value.</summary>
        UserUnthrottled = 16,

        /// <summary>A password was changed by its owner.</summary>
        PasswordChanged = 17,

        /// <summary>A policy item was set. Detail: item: old and new value.</summary>
        PolicyChanged = 18,

        /// <summary>Old rows were removed. Detail: how many.</summary>
        Purged = 19,

        /// <summary>The store got a new key and id (<see cref="Store.Adopt"/>). Rows and events up to this one were taken as
        /// found. Detail: the old id.</summary>
        Adopted = 20,

        /// <summary>A backup was begun. Detail: its folder.</summary>
        BackedUp = 21,

        /// <summary>A user's password was replaced by a one-time code. Detail: until when it is good.</summary>
        PasswordReset = 22,

        /// <summary>A second person said yes (<see cref="Store.Authorize"/>). Actor: who said yes; user and session: who
        /// asked. Detail: for what.</summary>
        Authorized = 23,
    }
}
