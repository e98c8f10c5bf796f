// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Threading;
using System.Threading.Tasks;

namespace DeskSession
{
    // A password hash has no place on a window's thread, and cannot be broken off: a cancellation is obeyed before it begins.
    public sealed partial class Store
    {
        /// <summary><see cref="Login"/> on a pool thread. A login that succeeds after it was cancelled is logged out
        /// again.</summary>
        public Task<LoginAnswer> LoginAsync(
            string name, Password password, LoginOptions options = null, CancellationToken cancellation = default)
        {
            return Run(() => KeepUnlessCancelled(Login(name, password, options), cancellation), cancellation, password);
        }

        /// <summary><see cref="Authorize"/> on a pool thread.</summary>
        public Task<Answer<User>> AuthorizeAsync(
            SessionToken requester, string name, Password password, string purpose, CancellationToken cancellation = default)
        {
            return Run(() => Authorize(requester, name, password, purpose), cancellation, password);
        }

        /// <summary><see cref="CreateUser"/> on a pool thread.</summary>
        public Task<Answer<string>> CreateUserAsync(
            string name, Password password, SessionToken actor = null, CancellationToken cancellation = default)
        {
            return Run(() => CreateUser(name, password, actor), cancellation, password);
        }

        /// <summary><see cref="ChangePassword"/> on a pool thread.</summary>
        public Task<Answer> ChangePasswordAsync(
            string name, Password oldPassword, Password newPassword, SessionToken keep = null,
            CancellationToken cancellation = default)
        {
            return Run(() => ChangePassword(name, oldPassword, newPassword, keep), cancellation, oldPassword, newPassword);
        }

        /// <summary><see cref="ResetPassword"/> on a pool thread.</summary>
        public Task<Answer<OneTimeCode>> ResetPasswordAsync(
            string userId, SessionToken actor = null, CancellationToken cancellation = default)
        {
            return Run(() => ResetPassword(userId, actor), cancellation);
        }

        private LoginAnswer KeepUnlessCancelled(LoginAnswer answer, CancellationToken cancellation)
        {
            if (answer.IsYes && cancellation.IsCancellationRequested)
            {
                using (SessionToken token = answer.Token)
                {
                    Logout(token);
                }
                cancellation.ThrowIfCancellationRequested();
            }
            return answer;
        }

        // The call wipes the passwords itself; one that never begins does not.
        private static async Task<T> Run<T>(Func<T> call, CancellationToken cancellation, params Password[] passwords)
        {
            try
            {
                return await Task.Run(call, cancellation).ConfigureAwait(false);
            }
            finally
            {
                foreach (Password password in passwords)
                {
                    password?.Dispose();
                }
            }
        }
    }
}
