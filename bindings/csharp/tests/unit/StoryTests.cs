// The calls, each doing what it is for.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.IO;
using System.Linq;
using DeskSession;
using static TestStore;

public static class StoryTests
{
    public static void TheWholeStory()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
            Check.True(!store.Users().Any(), "no user yet");
            Answer<string> created = store.CreateUser(Anna, Words);
            Check.Yes(created);
            LoginAnswer login = store.Login("ANNA müller", Words, new LoginOptions { Label = "Till 2" });
            Check.Yes(login);
            Check.Equal(created.Value, login.Session.UserId);
            Check.Equal(TimeSpan.Zero, login.RetryAfter.Value);
            SessionAnswer seen = store.Verify(login.Token);
            Check.Yes(seen);
            Check.Equal(Anna, seen.Session.UserName);
            Check.Equal("Till 2", seen.Session.Label);
            Check.Equal(false, seen.Session.Remembered);
            Check.Equal(login.Session.Id, seen.Session.Id);
            Check.Equal(TimeSpan.Zero, seen.Session.CreatedAt.Value.Offset);
            Check.True(seen.Session.CreatedAt > before && seen.Session.CreatedAt < before.AddMinutes(1), "created now");
            Check.Equal(TimeSpan.FromHours(12), seen.Session.ExpiresAt.Value - seen.Session.AuthenticatedAt.Value);
            Check.True(seen.Session.IdleExpiresAt < seen.Session.ExpiresAt, "idle before absolute");
            Check.Equal(null, seen.Session.EndedAt);
            Check.Yes(store.Peek(login.Token));
            Check.Yes(store.Logout(login.Token));
            seen = store.Verify(login.Token);
            Check.Answer(Status.LoggedOut, seen);
            Check.Equal(Anna, seen.Session.UserName);
            Check.True(seen.Session.EndedAt > before, "ended");
            Check.Yes(store.Logout(login.Token));
        }
    }

    public static void AnswersThatAreNotYes()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            string anna = test.User();
            Check.Answer(Status.UserExists, store.CreateUser("anna MÜLLER", Words));
            Check.Answer(Status.NameRefused, store.CreateUser("two  spaces", Words));
            Check.Answer(Status.PasswordWeak, store.CreateUser(Otto, "short"));
            Check.Answer(Status.BadCredentials, store.Login(Anna, Other));
            Check.Answer(Status.BadCredentials, store.Login("nobody", Other));
            Check.Answer(Status.UserUnknown, store.FindUser("nobody"));
            Check.Answer(Status.UserUnknown, store.DeleteUser("no id"));
            Check.Answer(Status.Unknown, store.Revoke("no id"));
            SessionAnswer unknown = store.Verify(SessionToken.FromText("ds1_nonsense"));
            Check.Answer(Status.Unknown, unknown);
            Check.Equal(null, unknown.Session);
            Check.Answer(Status.Unknown, store.Logout(SessionToken.FromText("")));
            Check.Yes(store.EnableUser(anna, false));
            LoginAnswer disabled = store.Login(Anna, Words);
            Check.Answer(Status.UserDisabled, disabled);
            Check.Throws<InvalidOperationException>(() => disabled.Token.Dispose(), "UserDisabled");
            Check.Throws<InvalidOperationException>(() => Console.WriteLine(disabled.Session), "UserDisabled");
            Check.Throws<InvalidOperationException>(() => Console.WriteLine(store.FindUser("nobody").Value), "UserUnknown");
            Check.Fault(Status.UserDisabled, disabled.EnsureYes);
        }
    }

    public static void Throttle()
    {
        using (var test = new TestStore())
        {
            string anna = test.User();
            test.Store.SetPolicy(PolicyItem.ThrottleFree, 0).EnsureYes();
            Check.Answer(Status.BadCredentials, test.Store.Login(Anna, Other));
            LoginAnswer wait = test.Store.Login(Anna, Words);
            Check.Answer(Status.Throttled, wait);
            Check.True(wait.RetryAfter > TimeSpan.Zero && wait.RetryAfter <= TimeSpan.FromSeconds(1), "wait " + wait.RetryAfter);
            Check.Yes(test.Store.Unthrottle(anna));
            test.Store.SetPolicy(PolicyItem.ThrottleStop, 1).EnsureYes();
            Check.Answer(Status.BadCredentials, test.Store.Login(Anna, Other));
            wait = test.Store.Login(Anna, Words);
            Check.Answer(Status.Throttled, wait);
            Check.Equal(null, wait.RetryAfter, "an administrator has to help");
            Check.Yes(test.Store.Unthrottle(anna));
            Check.Yes(test.Store.Login(Anna, Words));
        }
    }

    public static void Users()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            string anna = test.User(), otto = test.User(Otto);
            Check.List(new[] { Anna, Otto }, store.Users().Select(user => user.Name).ToArray());
            Check.Yes(store.PermitUser(anna, ulong.MaxValue));
            Check.Equal(ulong.MaxValue, store.GetUser(anna).Value.Permissions);
            SessionToken token = test.Token();
            Check.Yes(store.RenameUser(otto, "Otto Ärmel", token));
            Check.Equal(otto, store.FindUser("otto ärmel").Value.Id);
            User user1 = store.GetUser(anna).Value;
            Check.Equal(1, user1.LiveSessions);
            Check.True(user1.LastLoginAt >= user1.CreatedAt && user1.PasswordChangedAt >= user1.CreatedAt, "times");
            Check.Equal(null, store.GetUser(otto).Value.LastLoginAt);
            Check.Yes(store.EnableUser(otto, false, token));
            Check.Equal(true, store.GetUser(otto).Value.Disabled);
            Check.Yes(store.DeleteUser(otto, token));
            Check.Answer(Status.UserUnknown, store.GetUser(otto));
            store.Logout(token).EnsureYes();
            Check.Answer(Status.NotAllowed, store.RenameUser(anna, "Eve", token));
            Check.Equal(3, store.Events().Count(line => line.ActorId == anna && line.UserId == otto), "recorded with the actor");
        }
    }

    public static void Passwords()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            string anna = test.User();
            PasswordAnswer weak = store.CheckPassword("qwertzuiopqwertz", Anna), good = store.CheckPassword(Other);
            Check.Answer(Status.PasswordWeak, weak);
            Check.True(weak.Weakness != Weakness.Not && weak.Score == 0, "told why");
            Check.Yes(good);
            Check.True(good.Weakness == Weakness.Not && good.Score > 0, "a score");
            SessionToken kept = test.Token(), other = test.Token();
            Check.Yes(store.ChangePassword(Anna, Words, Other, kept));
            Check.Yes(store.Verify(kept));
            Check.Answer(Status.Revoked, store.Verify(other));
            using (OneTimeCode code = store.ResetPassword(anna).Value)
            {
                Check.Answer(Status.MustChange, store.Login(Anna, code.Reveal()));
                Check.Equal(true, store.GetUser(anna).Value.MustChange);
                Check.Answer(Status.PasswordWeak, store.ChangePassword(Anna, code.Reveal(), "short"));
                Check.Yes(store.ChangePassword(Anna, code.Reveal(), Words));
            }
            Check.Yes(store.Login(Anna, Words.ToCharArray()));
            Check.Yes(store.Login(Anna, System.Text.Encoding.UTF8.GetBytes(Words)));
        }
    }

    public static void Sessions()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            string anna = test.User();
            test.User(Otto);
            SessionToken first = test.Token(), second = test.Token(), third = test.Token(), otto = test.Token(Otto);
            SessionInfo[] all = store.Sessions().ToArray();
            Check.Equal(4, all.Length);
            Check.Equal(3, store.Sessions(anna).Count());
            Check.Equal(true, store.Login(Anna, Words, new LoginOptions { Remember = true }).Session.Remembered);
            Check.Yes(store.Revoke(all[0].Id, otto));
            Check.Answer(Status.Revoked, store.Verify(first));
            Check.Equal(Status.Revoked, store.Sessions(anna).First().State);
            Answer<long> ended = store.RevokeUser(anna, all[1].Id);
            Check.Yes(ended);
            Check.Equal(2L, ended.Value);
            Check.Yes(store.Verify(second));
            Check.Answer(Status.Revoked, store.Verify(third));
            store.SetPolicy(PolicyItem.IdleMs, 1).EnsureYes();
            Check.Soon(() => store.Peek(second).Status == Status.Idle, "idle");
        }
    }

    public static void ASecondPerson()
    {
        using (var test = new TestStore())
        {
            string anna = test.User(), otto = test.User(Otto, Other);
            test.Store.PermitUser(anna, 2).EnsureYes();
            SessionToken asks = test.Token(Otto, Other);
            Answer<User> yes = test.Store.Authorize(asks, Anna, Words, "refund 12.50: broken");
            Check.Yes(yes);
            Check.Equal(2UL, yes.Value.Permissions);
            Check.Answer(Status.BadCredentials, test.Store.Authorize(asks, Anna, Other, "refund"));
            Check.Answer(Status.NotAllowed, test.Store.Authorize(asks, Otto, Other, "refund"));
            AuditEvent line = test.Store.Events().Single(one => one.Kind == EventKind.Authorized);
            Check.Equal("refund 12.50: broken", line.Detail);
            Check.Equal(anna, line.ActorId);
            Check.Equal(otto, line.UserId);
            Check.True(line.OsAccount != "" && !line.Tampered && !line.Newer, "an account");
        }
    }

    public static void PolicyAndCare()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            test.User();
            SessionToken token = test.Token();
            Check.Yes(store.SetPolicyPreset(PolicyPreset.Aal2Timeouts, token));
            Check.Equal(3600000L, store.GetPolicy(PolicyItem.IdleMs));
            Check.Fault(Status.BadArgument, () => store.SetPolicy(PolicyItem.PasswordMin, 7));
            Check.Fault(Status.BadArgument, () => store.GetPolicy((PolicyItem)99));
            Check.Equal(0L, store.Purge());
            Check.Equal(0, store.Check().Count);
            string copy = Path.Combine(test.Home, "copy");
            Check.Yes(store.Backup(copy, token));
            Check.Fault(Status.BadArgument, () => store.Backup(copy));
            using (Store backup = Store.Open(copy, new StoreOptions { Mode = OpenMode.Existing }))
            {
                Check.Equal(Anna, backup.Users().Single().Name);
                Check.Equal(0, backup.Sessions().Count());
            }
            Check.Fault(Status.KeyMismatch, () => Store.Adopt(copy));
        }
    }

    public static void KeysAndPlaces()
    {
        var key = new byte[32];
        key[5] = 7;
        var create = new StoreOptions { Key = key, Mode = OpenMode.Create, BusyTimeout = TimeSpan.FromSeconds(2) };
        using (var test = new TestStore(create))
        {
            test.User();
            test.Store.Dispose();
            Check.Fault(Status.KeyMismatch, () => Store.Open(test.Folder, new StoreOptions { KeySource = KeySource.User }));
            key[5] = 8;
            Check.Fault(Status.Foreign, () => Store.Open(test.Folder, new StoreOptions { Key = key }));
            Check.Throws<ArgumentException>(() => Store.Open(test.Folder, new StoreOptions { Key = new byte[31] }));
            using (Store adopted = Store.Adopt(test.Folder, new StoreOptions { Key = key }))
            {
                Check.Equal(Anna, adopted.Users().Single().Name);
            }
            var existing = new StoreOptions { Mode = OpenMode.Existing };
            var missing = Check.Fault(Status.Missing, () => Store.Open(Path.Combine(test.Home, "none"), existing));
            Check.Equal("SESSION_MISSING", missing.Name);
            Check.True(missing.Advice.Contains("none") && missing.Message.Contains("SESSION_MISSING"), missing.Message);
        }
        string folder = Store.AppFolder("Front Desk Test");
        string place = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        Check.Equal(Path.Combine(place, "Front Desk Test", "desksession"), folder);
        using (Store app = Store.OpenApp("Front Desk Test"))
        {
            Check.True(Directory.Exists(folder), "created");
        }
        Directory.Delete(Path.GetDirectoryName(folder), true);
        string shared = Files.OnWindows ? Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData) : "/var/lib";
        Check.Equal(Path.Combine(shared, "x", "desksession"), Store.AppFolder("x", Scope.Machine));
    }
}
