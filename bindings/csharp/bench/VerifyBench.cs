// Store.Verify beside a loop of C, turn and turn about: what the binding adds to a call, until the yes is known, and with what most
// programs read of the session.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using DeskSession;

public static class VerifyBench
{
    private const int WarmUp = 40, Rounds = 51, Calls = 5000;
    private const double Bar = 0.3;
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
        var sides = new Func<double>[]
        {
            () => loop_verify(place, secret, Calls), () => Yes(store, token), () => Named(store, token),
        };
        double[][] times = sides.Select(side => new double[Rounds]).ToArray();
        for (int round = -WarmUp; round < Rounds; round++) // compiled, and compiled again
        {
            for (int turn = 0; turn < sides.Length; turn++)
            {
                int side = (turn + round + WarmUp) % sides.Length; // who goes first changes every round
                double time = sides[side]();
                if (round >= 0)
                {
                    times[side][round] = time;
                }
            }
        }
        Console.WriteLine(
            "Store.Verify, warm, {0} rounds of {1} calls; {2}", Rounds, Calls, RuntimeInformation.FrameworkDescription);
        Console.WriteLine("yes: the answer is looked at; named: UserName, UserId and ExpiresAt are read too. Microseconds.");
        Console.WriteLine("          C    C#    added to C: min, median, max     bar");
        double added = Show("yes", times[1], times[0]);
        Console.WriteLine("   {0:F2} {1}", Bar, added <= Bar ? "met" : "missed");
        Show("named", times[2], times[0]);
        Console.WriteLine();
    }

    /// <summary>The median of what is added, round by round.</summary>
    private static double Show(string what, double[] here, double[] inC)
    {
        double[] added = Sorted(here.Zip(inC, (one, other) => one - other));
        double median = added[Rounds / 2];
        Console.Write(
            "{0,-5} {1,5:F2} {2,5:F2}             {3,6:F2} {4,6:F2} {5,6:F2}",
            what, Sorted(inC)[Rounds / 2], Sorted(here)[Rounds / 2], added[0], median, added[Rounds - 1]);
        return median;
    }

    private static double[] Sorted(IEnumerable<double> values) => values.OrderBy(value => value).ToArray();

    private static double Yes(Store store, SessionToken token)
    {
        Stopwatch time = Stopwatch.StartNew();
        for (int i = 0; i < Calls; i++)
        {
            store.Verify(token).EnsureYes();
        }
        return time.Elapsed.TotalMilliseconds * 1000 / Calls;
    }

    private static double Named(Store store, SessionToken token)
    {
        Stopwatch time = Stopwatch.StartNew();
        for (int i = 0; i < Calls; i++)
        {
            SessionAnswer answer = store.Verify(token);
            answer.EnsureYes();
            SessionInfo session = answer.Session;
            if (session.UserName.Length == 0 || session.UserId.Length == 0 || session.ExpiresAt == null)
            {
                throw new InvalidDataException();
            }
        }
        return time.Elapsed.TotalMilliseconds * 1000 / Calls;
    }
}
