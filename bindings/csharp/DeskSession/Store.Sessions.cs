// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;

namespace DeskSession
{
    public sealed partial class Store
    {
        /// <summary>Checks name and password and opens a session. Hashes.</summary>
        /// <returns>Where it is not yes: <see cref="Status.BadCredentials"/> (say "wrong name or password", no more),
        /// <see cref="Status.Throttled"/> (say how long to wait), <see cref="Status.UserDisabled"/>,
        /// <see cref="Status.MustChange"/>.</returns>
        public unsafe LoginAnswer Login(string name, Password password, LoginOptions options = null)
        {
            using (password)
            {
                Secret secret = Password.Of(password, nameof(password)), token = new Secret(Native.TokenSize);
                var session = new SessionInfo();
                var native = new NativeLoginOptions();
                LoginOptions.Fill(options, &native);
                fixed (byte* who = Utf8.Text(name, nameof(name)))
                fixed (NativeInfo* info = &session.Raw)
                {
                    Status status = Call.Ask(Native.session_login(
                        handle, who, secret, secret.Size, &native, token, token.Capacity, info));
                    TimeSpan? wait = info->retry_after_ms < 0 ? (TimeSpan?)null : TimeSpan.FromMilliseconds(info->retry_after_ms);
                    return new LoginAnswer(status, new SessionToken(token), session, wait);
                }
            }
        }

        /// <summary>Whose live session a token is. Counts as activity. Call it before every protected action.</summary>
        public SessionAnswer Verify(SessionToken token) => Look(token, activity: true);

        /// <summary>As <see cref="Verify"/>, but does not count as activity and writes nothing. For timers and status
        /// bars.</summary>
        public SessionAnswer Peek(SessionToken token) => Look(token, activity: false);

        /// <summary>Ends a session, on disk before it returns. Yes for any genuine token, also of a session that had
        /// ended.</summary>
        public Answer Logout(SessionToken token)
        {
            return Told(Native.session_logout(handle, SessionToken.Of(token, nameof(token))));
        }

        /// <summary>A second person says yes: a manager's override, a witness. Checks name and password as <see cref="Login"/>
        /// does, records who asked, who said yes and for what, and opens no session. Whether that person may say yes is yours
        /// to decide: look at the <see cref="User.Permissions"/> of the value. Hashes.</summary>
        /// <param name="requester">Who asks; null = the program.</param>
        /// <param name="name">The second person's name.</param>
        /// <param name="password">The second person's password.</param>
        /// <param name="purpose">What for, as the audit trail shows it: 1 to 200 bytes of UTF-8, no control characters.</param>
        /// <returns>Where it is not yes, as <see cref="Login"/>; <see cref="Status.NotAllowed"/>: the requester's session is
        /// not live, or it is the requester's own account.</returns>
        public unsafe Answer<User> Authorize(SessionToken requester, string name, Password password, string purpose)
        {
            using (password)
            {
                Secret secret = Password.Of(password, nameof(password));
                var user = new NativeUser { size = (uint)sizeof(NativeUser) };
                fixed (byte* who = Utf8.Text(name, nameof(name)), what = Utf8.Text(purpose, nameof(purpose)))
                {
                    return Found(Native.session_authorize(
                        handle, SessionToken.Optional(requester), who, secret, secret.Size, what, &user), &user);
                }
            }
        }

        /// <summary>Live and ended sessions, of one user or all, oldest first; <see cref="SessionInfo.State"/> tells. Never a
        /// token.</summary>
        public IEnumerable<SessionInfo> Sessions(string userId = null)
        {
            for (SessionInfo session = Next(userId, null); session != null; session = Next(userId, session.Id))
            {
                yield return session;
            }
        }

        /// <summary>Ends a session by its id.</summary>
        public unsafe Answer Revoke(string sessionId, SessionToken actor = null)
        {
            fixed (byte* id = Utf8.Text(sessionId, nameof(sessionId)))
            {
                return Told(Native.session_revoke(handle, SessionToken.Optional(actor), id));
            }
        }

        /// <summary>Ends all sessions of a user but one; the value is how many.</summary>
        public unsafe Answer<long> RevokeUser(string userId, string exceptSessionId = null, SessionToken actor = null)
        {
            ulong ended;
            fixed (byte* id = Utf8.Text(userId, nameof(userId)), except = Utf8.Optional(exceptSessionId, nameof(exceptSessionId)))
            {
                Status status = Call.Ask(
                    Native.session_revoke_user(handle, SessionToken.Optional(actor), id, except, &ended));
                return new Answer<long>(status, (long)ended);
            }
        }

        private unsafe SessionInfo Next(string userId, string after)
        {
            var session = new SessionInfo();
            fixed (byte* of = Utf8.Optional(userId, nameof(userId)), id = Utf8.Optional(after, nameof(after)))
            fixed (NativeInfo* info = &session.Raw)
            {
                return Call.More(Native.session_next(handle, of, id, info)) ? session : null;
            }
        }

        private unsafe SessionAnswer Look(SessionToken token, bool activity)
        {
            Secret secret = SessionToken.Of(token, nameof(token));
            var session = new SessionInfo();
            fixed (NativeInfo* info = &session.Raw)
            {
                Status status = Call.Ask(
                    activity ? Native.session_verify(handle, secret, info) : Native.session_peek(handle, secret, info));
                info->state = (int)status; // the library tells it in lists only
                return new SessionAnswer(status, Tells(status) ? session : null);
            }
        }

        // Where the token was right, the library tells whose session it is or was.
        private static bool Tells(Status status)
        {
            return status == Status.Ok || (status >= Status.Expired && status <= Status.Clock);
        }
    }
}
