// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.IO;
using System.Threading;
using DeskSession;

/// <summary>A store in a folder of its own, with the fastest password hash that policy allows.</summary>
public sealed class TestStore : IDisposable
{
    public const string Anna = "Anna Müller", Otto = "Otto";
    public const string Words = "violet kettle under 7 stairs", Other = "nine grey herons by the weir";

    public readonly string Home = Files.Temporary();
    public readonly Store Store;

    public TestStore(StoreOptions options = null)
    {
        Store = Store.Open(Folder, options);
        Store.SetPolicy(PolicyItem.KdfMemoryKib, 19456).EnsureYes();
        Store.SetPolicy(PolicyItem.KdfPasses, 2).EnsureYes();
    }

    public string Folder => Path.Combine(Home, "store");

    public string User(string name = Anna, string password = Words) => Store.CreateUser(name, password).Value;

    public SessionToken Token(string name = Anna, string password = Words) => Store.Login(name, password).Token;

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Home, true);
    }
}

public static class Files
{
    public static readonly bool OnWindows = Path.DirectorySeparatorChar == '\\';

    public static string Temporary()
    {
        string folder = Path.Combine(Path.GetTempPath(), "desksession-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>The source tree, where the header and Cargo.toml are; test.sh names it.</summary>
    public static string Source(string path)
    {
        return File.ReadAllText(Path.Combine(Setting("DESKSESSION_SOURCE"), path)).Replace("\r\n", "\n");
    }

    public static string Setting(string name)
    {
        return Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException(name + " is not set: run test.sh");
    }
}

public static class Check
{
    public static void Equal<T>(T wanted, T found, string what = "")
    {
        if (!Equals(wanted, found))
        {
            throw new Exception(what + " should be <" + wanted + "> and is <" + found + ">");
        }
    }

    public static void List<T>(T[] wanted, T[] found, string what = "")
    {
        Equal(string.Join("\n", wanted), string.Join("\n", found), what);
    }

    public static void True(bool yes, string what)
    {
        Equal(true, yes, what);
    }

    public static void Yes(Answer answer) => Answer(Status.Ok, answer);

    public static void Answer(Status wanted, Answer found)
    {
        Equal(wanted, found.Status);
        Equal(wanted == Status.Ok, found.IsYes);
        Equal(wanted == Status.Ok, found.Advice == "", "no advice");
    }

    public static T Throws<T>(Action action, params string[] words) where T : Exception
    {
        T caught = null;
        try
        {
            action();
        }
        catch (T error)
        {
            caught = error;
        }
        True(caught != null, typeof(T).Name + " thrown");
        foreach (string word in words)
        {
            True(caught.ToString().Contains(word), "<" + word + "> in " + caught);
        }
        return caught;
    }

    public static DeskSessionException Fault(Status wanted, Action action)
    {
        var error = Throws<DeskSessionException>(action);
        Equal(wanted, error.Status);
        return error;
    }

    /// <summary>Looks again and again; a hang is a failure, not a hanging test.</summary>
    public static void Soon(Func<bool> condition, string what)
    {
        for (int i = 0; i < 3000 && !condition(); i++)
        {
            Thread.Sleep(10);
        }
        True(condition(), what);
    }
}
