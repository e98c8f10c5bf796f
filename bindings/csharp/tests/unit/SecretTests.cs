// Passwords, tokens and codes: not shown, and gone from memory after the call.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DeskSession;
using static TestStore;

public static class SecretTests
{
    public static void NothingShowsAToken()
    {
        using (var test = new TestStore())
        {
            string anna = test.User();
            LoginAnswer login = test.Store.Login(Anna, Words);
            string text = login.Token.Reveal();
            Check.True(text.StartsWith("ds1_") && text.Length == 68, "a token");
            Check.Equal("SessionToken", login.Token.ToString());
            Check.Equal("SessionToken", string.Format("{0}", login.Token));
            Check.Equal("Ok", login.ToString());
            OneTimeCode code = test.Store.ResetPassword(anna).Value;
            Check.Equal("OneTimeCode", code.ToString());
            Check.Equal(24, code.Reveal().Length);
            test.Store.Dispose();
            var error = Check.Throws<ObjectDisposedException>(() => test.Store.Verify(SessionToken.FromText(text)));
            Check.True(!error.ToString().Contains(text), "no token in " + error);
        }
    }

    public static void PasswordsAndTokensAreGoneAfterTheCall()
    {
        using (var test = new TestStore())
        {
            char[] password = Made();
            Check.Yes(test.Store.CreateUser(Anna, password));
            byte[] token = UseAndWipe(test.Store, password);
            Array.Clear(password, 0, password.Length);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Check.Equal(0, Memory.Count(MaskedPart()), "copies of the password");
            Check.Equal(0, Memory.Count(token), "copies of the token");
        }
    }

    public static void TheScannerFindsWhatIsThere()
    {
        using (var held = new Password(Made()))
        {
            Check.True(Memory.Count(MaskedPart()) > 0, "a password that is held");
        }
    }

    // Made anew each time and compared in another form, so that the search does not find itself. Long, so that what is freed but not
    // wiped is not soon written over by something else.
    private static char[] Made()
    {
        var random = new Random(7);
        return Enumerable.Range(0, 900).Select(_ => (char)random.Next('!', '~')).ToArray();
    }

    private static byte[] MaskedPart() => Made().Skip(400).Take(48).Select(letter => (byte)(letter ^ Memory.Mask)).ToArray();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[] UseAndWipe(Store store, char[] password)
    {
        using (SessionToken token = store.LoginAsync(Anna, password).Result.Token)
        {
            store.Verify(token).EnsureYes();
            return MaskedToken(token);
        }
    }

    // Without Reveal, whose string nobody can wipe.
    private static unsafe byte[] MaskedToken(SessionToken token)
    {
        object secret = typeof(SecretText).GetProperty("Secret", BindingFlags.NonPublic | BindingFlags.Instance).GetValue(token);
        byte* text = (byte*)((SafeHandle)secret).DangerousGetHandle();
        var masked = new byte[68];
        for (int i = 0; i < masked.Length; i++)
        {
            masked[i] = (byte)(text[i] ^ Memory.Mask);
        }
        return masked;
    }
}

/// <summary>Searches the writable memory of this process for bytes that are given masked, so as not to be in it.</summary>
public static class Memory
{
    public const byte Mask = 0x80;

    public static int Count(byte[] masked)
    {
        int found = 0;
        using (var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1))
        {
            foreach (string line in File.ReadAllLines("/proc/self/maps").Where(line => line.Contains(" rw")))
            {
                string[] range = line.Split(' ')[0].Split('-');
                found += CountIn(memory, Number(range[0]), Number(range[1]), masked);
            }
        }
        return found;
    }

    private static long Number(string hexadecimal) => long.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly byte[] Block = new byte[1 << 20];

    private static int CountIn(FileStream memory, long from, long to, byte[] masked)
    {
        int found = 0;
        while (from < to)
        {
            int length;
            try
            {
                memory.Position = from;
                length = memory.Read(Block, 0, (int)Math.Min(Block.Length, to - from));
            }
            catch (IOException)
            {
                return found; // a page that cannot be read
            }
            for (int i = 0; i + masked.Length <= length; i++)
            {
                int same = 0;
                while (same < masked.Length && (Block[i + same] ^ Mask) == masked[same])
                {
                    same++;
                }
                found += same == masked.Length ? 1 : 0;
            }
            Array.Clear(Block, 0, Block.Length);
            if (length <= masked.Length)
            {
                return found;
            }
            from += from + length < to ? length - masked.Length : length;
        }
        return found;
    }
}
