// The binding repeats numbers and layouts of the C header: every one of them is compared with the header and the library.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using DeskSession;

public static class ParityTests
{
    private const BindingFlags Inside =
        BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly string Header = Files.Source("include/desksession.h");
    private static readonly Assembly Binding = typeof(Store).Assembly;

    private static readonly Dictionary<string, Type> Enums = new Dictionary<string, Type>
    {
        { "POLICY_", typeof(PolicyItem) }, { "PRESET_", typeof(PolicyPreset) }, { "WEAK_", typeof(Weakness) },
        { "EVENT_", typeof(EventKind) }, { "KEY_", typeof(KeySource) }, { "SCOPE_", typeof(Scope) }, { "OPEN_", typeof(OpenMode) },
    };

    // Zeros that have no name in C, and a status whose name begins as those of another list do.
    private static readonly string[] OnlyHere = { "KEY_RECORDED", "SCOPE_RECORDED", "EVENT_NONE", "OPEN_OPENORCREATE" };

    public static void EveryConstant()
    {
        Dictionary<string, long> header = InHeader(@"^#define SESSION_(\w+) (\d+)$")
            .ToDictionary(match => match.Groups[1].Value, match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        Check.True(header.Count > 100, "the header was understood");
        foreach (KeyValuePair<string, long> constant in header)
        {
            Check.Equal(constant.Value, DeskSessionLibrary.Constant("SESSION_" + constant.Key), constant.Key);
        }
        Check.List(Lines(header.Select(pair => Line(pair.Key.Replace("_", ""), pair.Value))), Lines(OfBinding()), "constants");
    }

    private static IEnumerable<Match> InHeader(string pattern)
    {
        return Regex.Matches(Header, pattern, RegexOptions.Multiline | RegexOptions.Singleline).Cast<Match>();
    }

    private static IEnumerable<string> OfBinding()
    {
        IEnumerable<string> statuses = Numbers("", typeof(Status));
        IEnumerable<string> enums = Enums.SelectMany(pair => Numbers(pair.Key, pair.Value));
        IEnumerable<string> constants = Binding.GetType("DeskSession.Native").GetFields(Inside)
            .Where(field => field.IsLiteral && field.FieldType != typeof(string) && field.Name != "Cdecl")
            .Select(field => Line(field.Name, Convert.ToInt64(field.GetRawConstantValue())));
        return statuses.Concat(enums).Concat(constants);
    }

    private static IEnumerable<string> Numbers(string prefix, Type type)
    {
        return Enum.GetNames(type).Where(name => !OnlyHere.Contains(prefix + name.ToUpperInvariant()))
            .Select(name => Line(prefix.Replace("_", "") + name, Convert.ToInt64(Enum.Parse(type, name))));
    }

    private static string Line(string name, long value) => name.ToUpperInvariant() + " " + value;

    private static string[] Lines(IEnumerable<string> lines) => lines.OrderBy(line => line, StringComparer.Ordinal).ToArray();

    public static void EveryStatusName()
    {
        foreach (Status status in Enum.GetValues(typeof(Status)))
        {
            string name = DeskSessionLibrary.StatusName(status);
            Check.Equal("SESSION" + status.ToString().ToUpperInvariant(), name.Replace("_", ""));
            Check.True(DeskSessionLibrary.StatusText(status).Contains(" "), "a sentence");
        }
        Check.Equal("SESSION_?", DeskSessionLibrary.StatusName((Status)98));
    }

    public static void EveryStruct()
    {
        Match[] structs = InHeader(@"^typedef struct \{\n(.*?)^\} session_(\w+);$").ToArray();
        Check.Equal(6, structs.Length);
        foreach (Match match in structs)
        {
            string name = match.Groups[2].Value;
            string camel = string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
            Type type = Binding.GetType("DeskSession.Native" + camel);
            long size = DeskSessionLibrary.Constant("sizeof(session_" + name + ")");
            Check.List(Layout(match.Groups[1].Value, size), Here(type), name);
            Check.Equal(size, (long)Marshal.SizeOf(type), name);
        }
    }

    /// <summary>"member offset" by the rule of every C compiler: a member is aligned to its own size.</summary>
    private static string[] Layout(string body, long size)
    {
        var lines = new List<string>();
        long end = 0;
        foreach (Match member in Regex.Matches(body, @"^    (\w+) (\w+)(?:\[(\w+)\])?;$", RegexOptions.Multiline))
        {
            long one = member.Groups[1].Value.Contains("64") ? 8 : member.Groups[1].Value.Contains("32") ? 4 : 1;
            string count = member.Groups[3].Value;
            end = (end + one - 1) / one * one;
            lines.Add(member.Groups[2].Value + " " + end);
            end += one * (count == "" ? 1 : char.IsDigit(count[0]) ? long.Parse(count) : DeskSessionLibrary.Constant(count));
        }
        Check.Equal(size, end, "the size by the rule");
        return lines.ToArray();
    }

    private static string[] Here(Type type)
    {
        return type.GetFields(Inside).Where(field => !field.IsLiteral)
            .Select(field => field.Name + " " + Marshal.OffsetOf(type, field.Name)).ToArray();
    }

    public static void EveryFunction()
    {
        string[] inHeader = InHeader(@"^(?:SESSION_MUST_USE\s)?(int32_t|uint32_t|const char \*) ?(session_\w+)\((.*?)\);")
            .Select(match => match.Groups)
            .Select(found => Kind(found[1].Value + "x") + " " + found[2].Value + "(" + Parameters(found[3].Value) + ")").ToArray();
        MethodInfo[] bound = Binding.GetType("DeskSession.Native").GetMethods(Inside);
        Check.True(inHeader.Length > 35, "the header was understood");
        Check.List(Lines(inHeader), Lines(bound.Select(Signature)), "functions");
        foreach (MethodInfo method in bound)
        {
            var import = (DllImportAttribute)method.GetCustomAttributes(typeof(DllImportAttribute), false).Single();
            Check.Equal("desksession", import.Value, method.Name);
            Check.Equal(CallingConvention.Cdecl, import.CallingConvention, method.Name);
            Check.True(import.ExactSpelling, method.Name);
        }
    }

    private static string Parameters(string parameters)
    {
        return parameters == "void" ? "" : string.Join(", ", parameters.Split(',').Select(Kind));
    }

    /// <summary>One word for a parameter of C: how wide it is, or what it points to.</summary>
    private static string Kind(string parameter)
    {
        Match match = Regex.Match(parameter, @"^\s*(?:const )?(\w+) ?(\**)\w+$");
        string kind = match.Groups[1].Value.Replace("_t", ""), stars = match.Groups[2].Value;
        return (kind == "char" ? "uint8" : kind.Replace("session_", "").Replace("_", "")) + stars;
    }

    private static string Signature(MethodInfo method)
    {
        return Kind(method.ReturnType) + " " + method.Name + "(" + string.Join(", ", method.GetParameters().Select(Kind)) + ")";
    }

    private static string Kind(ParameterInfo parameter)
    {
        return Kind(parameter.ParameterType);
    }

    private static string Kind(Type type)
    {
        if (type.IsPointer || type.IsByRef)
        {
            return Kind(type.GetElementType()) + "*";
        }
        switch (type.Name)
        {
            case "StoreHandle": return "store*";
            case "IntPtr": return "store*";
            case "Secret": return "uint8*";
            case "UIntPtr": return "size";
            case "Byte": return "uint8";
            default: return type.Name.Replace("Native", "").ToLowerInvariant();
        }
    }

    public static void OneVersionEverywhere()
    {
        string version = Regex.Match(Files.Source("Cargo.toml"), "^version = \"(.*)\"", RegexOptions.Multiline).Groups[1].Value;
        Check.Equal(version, DeskSessionLibrary.Version);
        Check.Equal(version, Binding.GetCustomAttribute<AssemblyInformationalVersionAttribute>().InformationalVersion);
    }

    public static void TheAssemblyHasAStrongName()
    {
        AssemblyName name = Binding.GetName();
        Check.Equal("DeskSession.Net", name.Name);
        Check.Equal(new Version(0, 1, 0, 0), name.Version);
        Check.Equal(8, name.GetPublicKeyToken().Length);
    }
}
