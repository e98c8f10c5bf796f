// What the pages share: the store and who is signed in.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DeskSession;

namespace FrontDesk
{
    [Flags]
    public enum Rights : ulong
    {
        None = 0,
        Administrator = 1,
        Manager = 2,
    }

    public sealed class Desk : IDisposable
    {
        private readonly CancellationTokenSource closing = new CancellationTokenSource();
        private Task work = Task.CompletedTask;

        public Desk(Store store)
        {
            Store = store;
        }

        public Store Store { get; }

        /// <summary>Of the person who is signed in; null = nobody.</summary>
        public SessionToken Token { get; private set; }

        public SessionInfo Session { get; private set; }

        public Rights Rights => (Rights)Session.Permissions;

        /// <summary>The earlier of the absolute and the idle limit, as of signing in; the guard tells how it moves.</summary>
        public DateTimeOffset Ends => new[] { Session.ExpiresAt.Value, Session.IdleExpiresAt.Value }.Min();

        public void SignIn(LoginAnswer login)
        {
            Token = login.Token;
            Session = login.Session;
        }

        public void Forget()
        {
            Token?.Dispose();
            Token = null;
        }

        /// <summary>Away from the window's thread. One that the window's closing overtakes is logged out.</summary>
        public Task<LoginAnswer> Login(string name, string password)
        {
            return Follow(Store.LoginAsync(name, password, new LoginOptions { Label = "Front Desk" }, closing.Token));
        }

        /// <summary>Any other work on the store, away from the window's thread.</summary>
        public Task<T> Run<T>(Func<Store, T> call) => Follow(Task.Run(() => call(Store), closing.Token));

        /// <summary>A protected action: who is signed in is verified first, and told as the actor.</summary>
        public Task<T> Act<T>(Func<Store, SessionToken, T> call) where T : class
        {
            SessionToken actor = Token;
            return Run(store => actor != null && store.Verify(actor).IsYes ? call(store, actor) : null);
        }

        /// <summary>The window is closed: waits for what cannot be broken off.</summary>
        public void Finish()
        {
            closing.Cancel();
            try
            {
                work.Wait();
            }
            catch (AggregateException)
            {
                // It was cancelled, or failed with nobody there to be told.
            }
            if (Token != null)
            {
                Store.Logout(Token);
            }
        }

        public void Dispose()
        {
            Forget();
            Store.Dispose();
            closing.Dispose();
        }

        /// <summary>What failed and what to do, in one sentence.</summary>
        public static string Sentence(Exception fault)
        {
            var told = fault as DeskSessionException;
            string sentence = told == null ? fault.Message : told.Advice;
            string name = told == null ? "" : told.Name + ": ";
            return sentence.StartsWith(name, StringComparison.Ordinal) ? sentence.Substring(name.Length) : sentence;
        }

        public bool IsEmpty() => !Store.Users().Any();

        private Task<T> Follow<T>(Task<T> task)
        {
            work = Task.WhenAll(work, task);
            return task;
        }
    }
}
