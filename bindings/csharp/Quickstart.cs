// Quickstart FOLDER: the whole story in ten lines.

using System;
using DeskSession;

static class Quickstart
{
    static void Main(string[] arguments)
    {
        using (Store store = Store.Open(arguments[0]))
        {
            store.CreateUser("Anna Müller", "violet kettle under 7 stairs").EnsureYes();
            LoginAnswer login = store.Login("anna müller", "violet kettle under 7 stairs");
            if (login.IsYes) Console.WriteLine("Hello, " + store.Verify(login.Token).Session.UserName);
            store.Logout(login.Token).EnsureYes();
            Console.WriteLine(store.Verify(login.Token).Status);
        }
    }
}
