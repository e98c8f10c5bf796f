// Store.Verify beside a loop of C, turn and turn about: what the binding adds to a call.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using DeskSession;

public static class VerifyBench
{
    private const int Rounds = 21, Calls = 5000;
    private const string Words = "violet kettle under 7 stairs";

    [DllImport("verifyloop", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    private static extern double loop_verify(byte[] folder, byte[] token, int calls);

    public static int Main()
    {
        string home = Path.Combine(Path.GetTempPath(), "desksession-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(home);
        string folder = Path.Combine(home, "store");
        try
        {
            using (Store store = Store.Open(folder))
            {
                store.CreateUser("Anna Müller", Words).EnsureYes();
                using (SessionToken token = store.Login("Anna Müller", Words).Token)
                {
                    Compare(store, folder, token);
                }
            }
        }
        finally
        {
            Directory.Delete(home, true);
        }
        return 0;
    }

    private static void Compare(Store store, string folder, SessionToken token)
    {
        byte[] place = Encoding.UTF8.GetBytes(folder + "\0"), secret = Encoding.UTF8.GetBytes(token.Reveal() + "\0");
        double[] here = new double[Rounds], inC = new double[Rounds];
        Loop(store, token); // compiled, and compiled again
        for (int round = 0; round < Rounds; round++)
        {
            inC[round] = loop_verify(place, secret, Calls);
            here[round] = Loop(store, token);
        }
        double added = Median(here.Zip(inC, (one, other) => one - other).ToArray());
        Console.WriteLine(
            "verify on {0}: C {1:F2} us, C# {2:F2} us, added {3:F2} us per call (medians of {4} x {5})",
            RuntimeInformation.FrameworkDescription, Median(inC), Median(here), added, Rounds, Calls);
    }

    private static double Loop(Store store, SessionToken token)
    {
        Stopwatch time = Stopwatch.StartNew();
        for (int i = 0; i < Calls; i++)
        {
            store.Verify(token).EnsureYes();
        }
        return time.Elapsed.TotalMilliseconds * 1000 / Calls;
    }

    private static double Median(double[] values) => values.OrderBy(value => value).ElementAt(values.Length / 2);
}
