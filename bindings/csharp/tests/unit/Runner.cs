// Runs every public static method of every class whose name ends in "Tests"; arguments choose by a part of the name.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;

public static class Runner
{
    public static int Main(string[] arguments)
    {
        if (arguments.FirstOrDefault() == Probe.Argument)
        {
            return Probe.Run(arguments[1]);
        }
        List<MethodInfo> tests = Assembly.GetExecutingAssembly().GetTypes().Where(type => type.Name.EndsWith("Tests"))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(test => arguments.Length == 0 || arguments.Any(part => Name(test).Contains(part)))
            .OrderBy(Name, StringComparer.Ordinal).ToList();
        int failed = tests.Count(test => !Passes(test));
        Console.WriteLine("{0} passed, {1} failed", tests.Count - failed, failed);
        return failed == 0 && tests.Count > 0 ? 0 : 1;
    }

    private static string Name(MethodInfo test) => test.DeclaringType.Name + "." + test.Name;

    private static bool Passes(MethodInfo test)
    {
        Stopwatch time = Stopwatch.StartNew();
        try
        {
            test.Invoke(null, null);
            Console.WriteLine("ok      {0} ({1} ms)", Name(test), time.ElapsedMilliseconds);
            return true;
        }
        catch (TargetInvocationException error)
        {
            Console.WriteLine("FAILED  {0}\n{1}", Name(test), error.InnerException);
            return false;
        }
    }
}
