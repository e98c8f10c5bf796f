// Passwords, tokens and codes: not shown, and gone from memory after the call.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
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
            UseMany(password);
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

    // So many that what is freed is not all written over before we look.
    private static void UseMany(char[] password)
    {
        foreach (Password each in Enumerable.Range(0, 16).Select(_ => new Password(password)).ToArray())
        {
            each.Dispose();
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
