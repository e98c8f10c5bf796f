// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;

namespace DeskSession
{
    public sealed partial class Store
    {
        /// <summary>Creates a user; the value is the id. A name is words separated by single spaces ("Anna Müller"); case and
        /// width do not tell names apart. Hashes.</summary>
        /// <returns><see cref="Status.UserExists"/>, <see cref="Status.NameRefused"/>, <see cref="Status.PasswordWeak"/> or
        /// <see cref="Status.NotAllowed"/> where it is not yes.</returns>
        public unsafe Answer<string> CreateUser(string name, Password password, SessionToken actor = null)
        {
            using (password)
            {
                Secret secret = Password.Of(password, nameof(password));
                byte* id = stackalloc byte[Native.IdSize];
                fixed (byte* who = Utf8.Text(name, nameof(name)))
                {
                    Status status = Call.Ask(Native.session_user_create(
                        handle, SessionToken.Optional(actor), who, secret, secret.Size, id, (UIntPtr)Native.IdSize));
                    return new Answer<string>(status, Utf8.Read(id, Native.IdSize));
                }
            }
        }

        /// <summary>The user with an id.</summary>
        public unsafe Answer<User> GetUser(string userId)
        {
            var native = new NativeUser { size = (uint)sizeof(NativeUser) };
            fixed (byte* id = Utf8.Text(userId, nameof(userId)))
            {
                return Found(Native.session_user_get(handle, id, &native), &native);
            }
        }

        /// <summary>The user of a name, in any spelling that is the same name.</summary>
        public unsafe Answer<User> FindUser(string name)
        {
            var native = new NativeUser { size = (uint)sizeof(NativeUser) };
            fixed (byte* who = Utf8.Text(name, nameof(name)))
            {
                return Found(Native.session_user_find(handle, who, &native), &native);
            }
        }

        /// <summary>All users, oldest first.</summary>
        public IEnumerable<User> Users()
        {
            for (User user = NextUser(null); user != null; user = NextUser(user.Id))
            {
                yield return user;
            }
        }

        /// <summary>Gives a user another name. Live sessions go on and show it.</summary>
        public unsafe Answer RenameUser(string userId, string newName, SessionToken actor = null)
        {
            fixed (byte* id = Utf8.Text(userId, nameof(userId)), name = Utf8.Text(newName, nameof(newName)))
            {
                return Told(Native.session_user_rename(handle, SessionToken.Optional(actor), id, name));
            }
        }

        /// <summary>Enables or disables a user. Disabling ends all the user's sessions before it returns.</summary>
        public unsafe Answer EnableUser(string userId, bool enabled, SessionToken actor = null)
        {
            fixed (byte* id = Utf8.Text(userId, nameof(userId)))
            {
                return Told(Native.session_user_enable(handle, SessionToken.Optional(actor), id, enabled ? 1u : 0u));
            }
        }

        /// <summary>Sets the 64 permission bits. They mean what the program says; live sessions show them at the next
        /// verify.</summary>
        public unsafe Answer PermitUser(string userId, ulong permissions, SessionToken actor = null)
        {
            fixed (byte* id = Utf8.Text(userId, nameof(userId)))
            {
                return Told(Native.session_user_permit(handle, SessionToken.Optional(actor), id, permissions));
            }
        }

        /// <summary>Deletes a user and ends all the user's sessions before it returns. The id never returns, the name is free
        /// again.</summary>
        public unsafe Answer DeleteUser(string userId, SessionToken actor = null)
        {
            fixed (byte* id = Utf8.Text(userId, nameof(userId)))
            {
                return Told(Native.session_user_delete(handle, SessionToken.Optional(actor), id));
            }
        }

        /// <summary>Forgets a user's wrong attempts, so that the next login need not wait.</summary>
        public unsafe Answer Unthrottle(string userId, SessionToken actor = null)
        {
            fixed (byte* id = Utf8.Text(userId, nameof(userId)))
            {
                return Told(Native.session_user_unthrottle(handle, SessionToken.Optional(actor), id));
            }
        }

        /// <summary>Whether a new password would be accepted, for a hint beside the field. Hashes nothing.</summary>
        public unsafe PasswordAnswer CheckPassword(Password password, string userName = null)
        {
            using (password)
            {
                Secret secret = Password.Of(password, nameof(password));
                uint weakness, score;
                fixed (byte* name = Utf8.Optional(userName, nameof(userName)))
                {
                    Status status = Call.Ask(
                        Native.session_password_check(handle, name, secret, secret.Size, &weakness, &score));
                    return new PasswordAnswer(status, (Weakness)weakness, (int)score);
                }
            }
        }

        /// <summary>Changes a password with the old one (or a one-time code) and ends the user's other sessions before it
        /// returns. Throttled like a login. Hashes twice.</summary>
        /// <param name="name">Whose password.</param>
        /// <param name="oldPassword">The password or one-time code there is.</param>
        /// <param name="newPassword">The new one.</param>
        /// <param name="keep">A live session of this user that goes on; null ends all.</param>
        public unsafe Answer ChangePassword(string name, Password oldPassword, Password newPassword, SessionToken keep = null)
        {
            using (oldPassword)
            using (newPassword)
            {
                Secret old = Password.Of(oldPassword, nameof(oldPassword)), @new = Password.Of(newPassword, nameof(newPassword));
                fixed (byte* who = Utf8.Text(name, nameof(name)))
                {
                    return Told(Native.session_password_change(
                        handle, who, old, old.Size, @new, @new.Size, SessionToken.Optional(keep)));
                }
            }
        }

        /// <summary>Puts a one-time code in the place of a user's password: for who forgot it. All sessions end. The code is
        /// good for <see cref="ChangePassword"/> alone, for 24 hours, once; a login with it is <see cref="Status.MustChange"/>.
        /// Hashes.</summary>
        public unsafe Answer<OneTimeCode> ResetPassword(string userId, SessionToken actor = null)
        {
            var code = new Secret(Native.CodeSize);
            fixed (byte* id = Utf8.Text(userId, nameof(userId)))
            {
                Status status = Call.Ask(
                    Native.session_password_reset(handle, SessionToken.Optional(actor), id, code, code.Capacity));
                return new Answer<OneTimeCode>(status, new OneTimeCode(code));
            }
        }

        private unsafe User NextUser(string after)
        {
            var native = new NativeUser { size = (uint)sizeof(NativeUser) };
            fixed (byte* id = Utf8.Optional(after, nameof(after)))
            {
                return Call.More(Native.session_user_next(handle, id, &native)) ? new User(&native) : null;
            }
        }

        private static unsafe Answer<User> Found(int status, NativeUser* native)
        {
            return new Answer<User>(Call.Ask(status), new User(native));
        }
    }
}
