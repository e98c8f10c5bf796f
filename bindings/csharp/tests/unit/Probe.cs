// What a program that starts in a folder of its own sees: run as a process by LoadingTests.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using DeskSession;

public static class Probe
{
    public const string Argument = "--probe";

    public static int Run(string folder)
    {
        try
        {
            using (Store store = Store.Open(folder))
            {
                SessionAnswer answer = store.Verify(SessionToken.FromText("ds1_x"));
                Console.WriteLine("{0} {1} {2}", answer.Status, answer.IsYes, answer.Session == null);
            }
        }
        catch (Exception error)
        {
            Console.WriteLine("{0}: {1}", error.GetType().Name, error.Message);
        }
        return 0;
    }
}
