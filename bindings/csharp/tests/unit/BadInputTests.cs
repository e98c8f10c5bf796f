// What no careful program does.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.IO;
using System.Linq;
using System.Text;
using DeskSession;
using static TestStore;

public static class BadInputTests
{
    private static readonly string Lone = "Anna \uD83D";

    public static void Nothing()
    {
        using (var test = new TestStore())
        {
            Store store = test.Store;
            Check.Throws<ArgumentNullException>(() => Store.Open(null));
            Check.Throws<ArgumentNullException>(() => store.Login(null, Words));
            Check.Throws<ArgumentNullException>(() => store.Login(Anna, (string)null));
            Check.Throws<ArgumentNullException>(() => store.Login(Anna, (byte[])null));
            Check.Throws<ArgumentNullException>(() => store.Verify(null));
            Check.Throws<ArgumentNullException>(() => store.Logout(null));
            Check.Throws<ArgumentNullException>(() => store.GetUser(null));
            Check.Throws<ArgumentNullException>(() => SessionToken.FromText(null));
            Check.Throws<ArgumentNullException>(() => new Password((char[])null));
            Check.Fault(Status.BadArgument, () => store.Authorize(null, Anna, Words, ""));
        }
    }

    public static void LoneSurrogates()
    {
        using (var test = new TestStore())
        {
            foreach (Action action in new Action[]
            {
                () => test.Store.CreateUser(Lone, Words), () => test.Store.CreateUser(Anna, Words + "\uDC00"),
                () => test.Store.Login(Lone, Words), () => test.Store.Login(Anna, Lone),
                () => test.Store.Login(Anna, Lone.ToCharArray()),
                () => test.Store.FindUser("\uD800x"), () => SessionToken.FromText(Lone),
                () => test.Store.Login(Anna, Words, new LoginOptions { Label = Lone }), () => Store.Open(test.Folder + Lone),
            })
            {
                var error = Check.Throws<ArgumentException>(action, "lone surrogate");
                Check.True(!error.ToString().Contains("Anna") && error.InnerException == null, "no text in " + error);
            }
            Check.Equal(0, test.Store.Users().Count());
        }
    }

    public static void NulInTexts()
    {
        using (var test = new TestStore())
        {
            test.User();
            Check.Throws<ArgumentException>(() => test.Store.Login(Anna + "\0x", Words), "NUL");
            Check.Throws<ArgumentException>(() => test.Store.FindUser(Anna + "\0"), "NUL");
            string token = test.Token().Reveal();
            Check.Throws<ArgumentException>(() => SessionToken.FromText(token + "\0more"), "NUL");
            Check.Yes(test.Store.Verify(SessionToken.FromText(token)));
        }
    }

    public static void PasswordsWithNul()
    {
        using (var test = new TestStore())
        {
            const string WithNul = "violet kettle\0 under 7 stairs";
            test.User(Anna, WithNul);
            Check.Answer(Status.BadCredentials, test.Store.Login(Anna, "violet kettle"));
            Check.Answer(Status.BadCredentials, test.Store.Login(Anna, "violet kettle\0 under 8 stairs"));
            Check.Yes(test.Store.Login(Anna, WithNul));
            Check.Yes(test.Store.Login(Anna, WithNul.ToCharArray()));
            Check.Yes(test.Store.Login(Anna, Encoding.UTF8.GetBytes(WithNul)));
            Check.Answer(Status.BadCredentials, test.Store.Login(Anna, ""));
            Check.Answer(Status.BadCredentials, test.Store.Login(Anna, new string('x', 5000)));
        }
    }

    public static void NamesOfTheWorld()
    {
        using (var test = new TestStore())
        {
            foreach (string name in new[] { "日本 太郎", "שלום", "محمد", "Ångström", "\U00020BB7野家" })
            {
                string id = test.User(name);
                Check.Equal(name, test.Store.Verify(test.Token(name)).Session.UserName);
                Check.Equal(name, test.Store.GetUser(id).Value.Name);
            }
            Check.Equal(5, test.Store.Users().Count());
            Check.Answer(Status.NameRefused, test.Store.CreateUser("\U0001F600", Words));
            test.User(Otto, "\U0001F600 kettle under 7 \U0001F680 stairs");
            Check.Yes(test.Store.Login(Otto, "\U0001F600 kettle under 7 \U0001F680 stairs"));
        }
    }

    public static void Labels()
    {
        using (var test = new TestStore())
        {
            test.User();
            string longest = new string('ü', 31) + "x";
            Check.Equal(longest, test.Store.Login(Anna, Words, new LoginOptions { Label = longest }).Session.Label);
            var tooLong = new LoginOptions { Label = new string('ü', 32) };
            Check.Throws<ArgumentException>(() => test.Store.Login(Anna, Words, tooLong), "63 bytes");
            Check.Fault(Status.BadArgument, () => test.Store.Login(Anna, Words, new LoginOptions { Label = "a\tb" }));
        }
    }

    public static void UseAfterDispose()
    {
        using (var test = new TestStore())
        {
            test.User();
            SessionToken token = test.Token();
            var password = new Password(Words);
            Check.Yes(test.Store.Login(Anna, password));
            Check.Throws<ObjectDisposedException>(() => test.Store.Login(Anna, password));
            SessionToken wiped = test.Token();
            wiped.Dispose();
            Check.Throws<ObjectDisposedException>(() => test.Store.Verify(wiped));
            Check.Throws<ObjectDisposedException>(() => wiped.Reveal());
            test.Store.Dispose();
            test.Store.Dispose();
            Check.Throws<ObjectDisposedException>(() => test.Store.Verify(token));
            Check.Throws<ObjectDisposedException>(() => test.Store.Users().Count());
            Check.Throws<ObjectDisposedException>(() => test.Store.Login(Anna, Words));
        }
    }

    public static void NumbersOfTomorrow()
    {
        foreach (var status in new[] { (Status)98, (Status)121, (Status)(-1) })
        {
            Check.True(status != Status.Ok, "not yes");
        }
        // No answer turns into a bool by itself.
        Check.True(!typeof(Answer).GetMethods().Any(method => method.Name.StartsWith("op_")), "no operators");
        Check.Fault(Status.BadArgument, () => DeskSessionLibrary.Constant("SESSION_NO_SUCH_THING"));
    }

    public static void ATamperedRowComesFlagged()
    {
        using (var test = new TestStore())
        {
            test.User();
            test.User(Otto);
            test.Store.Dispose();
            byte[] database = File.ReadAllBytes(Path.Combine(test.Folder, "store.db"));
            Replace(database, "Otto", "Emil");
            File.WriteAllBytes(Path.Combine(test.Folder, "store.db"), database);
            using (Store store = Store.Open(test.Folder))
            {
                User bad = store.Users().Single(user => user.Tampered);
                Check.Equal("", bad.Name);
                Check.Fault(Status.Tampered, () => store.GetUser(bad.Id));
                StoreFault fault = store.Check().First(one => one.Table == "users");
                Check.Equal(Status.Tampered, fault.Status);
                Check.Equal(bad.Id, fault.Row);
                Check.True(fault.Detail != "", "a detail");
                AuditEvent line = store.Events().Single(one => one.Tampered);
                Check.True(line.Number > 0 && line.Kind == EventKind.None && line.At == null, "the number alone");
                Check.Yes(store.DeleteUser(bad.Id));
            }
        }
    }

    private static void Replace(byte[] bytes, string old, string @new)
    {
        for (int i = 0; i + old.Length <= bytes.Length; i++)
        {
            if (old.Select((letter, at) => bytes[i + at] == letter).All(same => same))
            {
                Encoding.ASCII.GetBytes(@new).CopyTo(bytes, i);
            }
        }
    }
}
