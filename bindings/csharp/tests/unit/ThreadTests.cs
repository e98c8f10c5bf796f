// Several threads, several stores, cancellation, and what is left behind.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DeskSession;
using static TestStore;

public static class ThreadTests
{
    public static void AsyncCalls()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            string anna = store.CreateUserAsync(Anna, Words).Result.Value;
            LoginAnswer login = store.LoginAsync(Anna, Words.ToCharArray()).Result;
            Check.Yes(login);
            Check.Yes(store.CreateUserAsync(Otto, Other, login.Token).Result);
            Check.Answer(Status.BadCredentials, store.LoginAsync(Anna, Other).Result);
            Check.Yes(store.AuthorizeAsync(login.Token, Otto, Other, "refund").Result);
            Check.Yes(store.ChangePasswordAsync(Anna, Words, Other, login.Token).Result);
            Check.Yes(store.ResetPasswordAsync(anna).Result);
            Check.Fault(Status.BadArgument, () => Wait(store.AuthorizeAsync(null, Otto, Other, "")));
        }
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    public static void CancelledBeforeItBegins()
    {
        using (var test = new TestStore())
        using (var cancelled = new CancellationTokenSource())
        {
            cancelled.Cancel();
            var password = new Password(Words);
            Check.Throws<OperationCanceledException>(() => Wait(test.Store.CreateUserAsync(Anna, password, null, cancelled.Token)));
            Check.Equal(0, test.Store.Users().Count());
            Check.Throws<ObjectDisposedException>(() => test.Store.CheckPassword(password));
        }
    }

    public static void ALoginThatCompletesAfterCancellationIsLoggedOut()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.Store.SetPolicy(PolicyItem.KdfMemoryKib, 262144).EnsureYes();
            test.Store.Login(Anna, Words).Token.Dispose(); // hashed anew: slow from now on
            using (var cancel = new CancellationTokenSource())
            {
                Task<LoginAnswer> login = test.Store.LoginAsync(Anna, Words, null, cancel.Token);
                Check.Soon(() => Attempts(test.Store) == 2, "the hash is running");
                cancel.Cancel();
                Check.Throws<OperationCanceledException>(() => Wait(login));
                Check.Equal(TaskStatus.Canceled, login.Status);
            }
            Check.List(new[] { Status.Ok, Status.LoggedOut }, test.Store.Sessions().Select(one => one.State).ToArray());
        }
    }

    public static void TenPressesAtOnce()
    {
        using (var test = new TestStore())
        {
            test.User();
            Task<LoginAnswer>[] presses = Enumerable.Range(0, 10).Select(_ => test.Store.LoginAsync(Anna, Words)).ToArray();
            Check.True(presses.All(press => press.Result.IsYes), "right ten times");
            Check.Equal(10, test.Store.Sessions().Select(one => one.Id).Distinct().Count());
            presses = Enumerable.Range(0, 10).Select(_ => test.Store.LoginAsync(Anna, Other)).ToArray();
            Check.Equal(5, presses.Count(press => press.Result.Status == Status.BadCredentials), "four are free, the fifth counts");
            Check.Equal(5, presses.Count(press => press.Result.Status == Status.Throttled));
        }
    }

    public static void TwoStoresOnOneFolder()
    {
        using (var test = new TestStore())
        using (Store second = Store.Open(test.Folder))
        {
            test.User();
            SessionToken token = test.Token();
            Check.Equal(Anna, second.Verify(token).Session.UserName);
            Check.Yes(second.Logout(token));
            Check.Answer(Status.LoggedOut, test.Store.Verify(token));
        }
    }

    public static void DisposedDuringALogin()
    {
        using (var test = new TestStore())
        {
            test.User();
            using (Store store = Store.Open(test.Folder))
            {
                Task<LoginAnswer> login = store.LoginAsync(Anna, Words);
                Check.Soon(() => Attempts(test.Store) == 1, "begun");
                store.Dispose();
                Check.Yes(login.Result);
            }
            Check.Equal(Status.Ok, test.Store.Sessions().Single().State);
        }
    }

    public static void VerifyFromManyThreads()
    {
        using (var test = new TestStore())
        {
            test.User();
            SessionToken token = test.Token();
            int yes = 0;
            Parallel.For(0, 1000, _ =>
            {
                if (test.Store.Verify(token).Session.UserName == Anna)
                {
                    Interlocked.Increment(ref yes);
                }
            });
            Check.Equal(1000, yes);
        }
    }

    public static void NothingIsLeftOpen()
    {
        using (var test = new TestStore())
        {
            Store.Open(test.Folder).Dispose(); // SQLite keeps files of a database that is open elsewhere in the process
            int before = OpenFiles(test.Folder);
            for (int i = 0; i < 50; i++)
            {
                Store.Open(test.Folder).Dispose();
            }
            Check.Equal(before, OpenFiles(test.Folder), "open files after 50 stores");
            test.Store.Dispose();
            Check.True(OpenFiles(test.Folder) < before, "closed");
            Check.True(!Files.OnWindows || OpenFiles(test.Folder) == 0, "all");
        }
    }

    public static void TheFinaliserClosesWhatNobodyDid()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.Store.Dispose();
            int before = OpenFiles(test.Folder);
            // Another thread, so that no stack still holds one.
            var forgetful = new Thread(() =>
            {
                for (int i = 0; i < 50; i++)
                {
                    Store store = Store.Open(test.Folder);
                    store.Login(Anna, new Password(Words)).Token.ToString();
                }
            });
            forgetful.Start();
            forgetful.Join();
            Check.True(OpenFiles(test.Folder) > before, "open before the collection");
            int spare = Files.OnWindows ? 0 : 6; // Mono may take a number on the stack for one
            Check.Soon(() => Collected(test.Folder) <= before + spare, "closed by the finaliser");
        }
    }

    private static int Attempts(Store store) => store.Events().Count(line => line.Kind == EventKind.LoginAttempt);

    private static int Collected(string folder)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return OpenFiles(folder);
    }

    /// <summary>All that this process has open; on Windows, where nobody tells, the files in the folder that are not
    /// free.</summary>
    private static int OpenFiles(string folder)
    {
        return Files.OnWindows ? Directory.GetFiles(folder).Count(IsOpen) : Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }

    private static bool IsOpen(string file)
    {
        try
        {
            File.Open(file, FileMode.Open, FileAccess.Read, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
