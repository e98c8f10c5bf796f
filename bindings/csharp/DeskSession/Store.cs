// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;

namespace DeskSession
{
    /// <summary>A store of users and sessions in a folder. Any thread may use it. Dispose of it when the program ends; sessions
    /// live on.
    /// <para>Calls answer with an <see cref="Answer"/>, which is yes only where <see cref="Answer.IsYes"/> is true; what could
    /// not be carried out throws a <see cref="DeskSessionException"/>. Calls that take a password hash it, about 0.3 s: use
    /// their Async forms on a window's thread.</para>
    /// <para>Calls that administer take as actor the token of the person who does it: it must be live and is recorded. Null =
    /// the program itself. What a person may do is for the program to decide.</para></summary>
    public sealed partial class Store : IDisposable
    {
        private readonly StoreHandle handle;

        private unsafe delegate int Opener(byte* place, NativeOptions* options, out StoreHandle store);

        private Store(StoreHandle handle)
        {
            this.handle = handle;
        }

        /// <summary>Opens the store in a folder and creates it on first use.</summary>
        /// <exception cref="DeskSessionException">It cannot be opened; the status says why.</exception>
        /// <exception cref="LibraryLoadException">The native library is missing or does not fit.</exception>
        public static unsafe Store Open(string folder, StoreOptions options = null)
        {
            return Open(Native.session_open, Utf8.Text(folder, nameof(folder)), options);
        }

        /// <summary>Opens the store of a program in the operating system's place for it, <see cref="AppFolder"/>, and creates
        /// it on first use. New passwords may not be the program's name.</summary>
        /// <exception cref="DeskSessionException">It cannot be opened; the status says why.</exception>
        /// <exception cref="LibraryLoadException">The native library is missing or does not fit.</exception>
        public static unsafe Store OpenApp(string appName, StoreOptions options = null)
        {
            return Open(Native.session_open_app, Utf8.Text(appName, nameof(appName)), options);
        }

        /// <summary>Opens a store whose key is gone for good: another PC, a lost profile, a restored backup. It gets a new key;
        /// all accounts live on, every session ends. It takes the rows as they are, so look at who is in there.</summary>
        /// <exception cref="DeskSessionException"><see cref="Status.KeyMismatch"/>: the old key still opens it, use
        /// <see cref="Open(string, StoreOptions)"/>.</exception>
        public static unsafe Store Adopt(string folder, StoreOptions options = null)
        {
            return Open(Native.session_adopt, Utf8.Text(folder, nameof(folder)), options);
        }

        /// <summary>The folder that <see cref="OpenApp"/> uses. Creates nothing.</summary>
        public static unsafe string AppFolder(string appName, Scope scope = Scope.Recorded)
        {
            const int LongerThanAnyPath = 1 << 17;
            DeskSessionLibrary.Load();
            byte[] folder = new byte[LongerThanAnyPath];
            fixed (byte* name = Utf8.Text(appName, nameof(appName)), to = folder)
            {
                Call.Do(Native.session_app_folder(name, (uint)scope, to, (UIntPtr)LongerThanAnyPath));
                return Utf8.Read(to, LongerThanAnyPath);
            }
        }

        /// <summary>Closes the store, once calls in flight have ended. Later calls throw
        /// <see cref="ObjectDisposedException"/>.</summary>
        public void Dispose() => handle.Dispose();

        /// <summary>Reads a policy item.</summary>
        public unsafe long GetPolicy(PolicyItem item)
        {
            long value;
            Call.Do(Native.session_policy_get(handle, (uint)item, &value));
            return value;
        }

        /// <summary>Sets a policy item for every process. Live sessions follow at their next verify, to the shorter
        /// side.</summary>
        /// <exception cref="DeskSessionException"><see cref="Status.BadArgument"/>: outside its range.</exception>
        public Answer SetPolicy(PolicyItem item, long value, SessionToken actor = null)
        {
            return Told(Native.session_policy_set(handle, SessionToken.Optional(actor), (uint)item, value));
        }

        /// <summary>Sets the time-outs and the stop of the throttle together.</summary>
        public Answer SetPolicyPreset(PolicyPreset preset, SessionToken actor = null)
        {
            return Told(Native.session_policy_preset(handle, SessionToken.Optional(actor), (uint)preset));
        }

        /// <summary>Copies the store into a new folder while it is in use: without sessions and without the key.</summary>
        public unsafe Answer Backup(string newFolder, SessionToken actor = null)
        {
            fixed (byte* folder = Utf8.Text(newFolder, nameof(newFolder)))
            {
                return Told(Native.session_backup(handle, SessionToken.Optional(actor), folder));
            }
        }

        /// <summary>Checks all there is: pages, schema, every row, the whole audit trail. None = the store is whole. Changes
        /// nothing; takes some seconds for a million rows.</summary>
        public unsafe IReadOnlyList<StoreFault> Check()
        {
            ulong count;
            Call.Do(Native.session_check(handle, &count));
            var faults = new List<StoreFault>();
            var native = new NativeFault { size = (uint)sizeof(NativeFault) };
            while (Call.More(Native.session_fault_next(handle, native.number, &native)))
            {
                faults.Add(new StoreFault(&native));
            }
            return faults;
        }

        /// <summary>Removes what policy no longer keeps; returns how many rows. Call it once a day, say.</summary>
        public unsafe long Purge()
        {
            ulong removed;
            Call.Do(Native.session_purge(handle, &removed));
            return (long)removed;
        }

        /// <summary>The audit trail after a line, oldest first. A line that was edited or is missing comes flagged, and reading
        /// goes on.</summary>
        public IEnumerable<AuditEvent> Events(long after = 0)
        {
            for (AuditEvent line = NextEvent(after); line != null; line = NextEvent(line.Number))
            {
                yield return line;
            }
        }

        private unsafe AuditEvent NextEvent(long after)
        {
            var native = new NativeEvent { size = (uint)sizeof(NativeEvent) };
            int status = Native.session_event_next(handle, after, &native);
            bool onlyThisOne = (status == (int)Status.Tampered || status == (int)Status.Newer) && native.id > after;
            return onlyThisOne || Call.More(status) ? new AuditEvent(&native, (Status)status) : null;
        }

        private static unsafe Store Open(Opener open, byte[] place, StoreOptions options)
        {
            DeskSessionLibrary.Load();
            var native = new NativeOptions();
            try
            {
                StoreOptions.Fill(options, &native);
                fixed (byte* where = place)
                {
                    StoreHandle handle;
                    Call.Do(open(where, &native, out handle));
                    return new Store(handle);
                }
            }
            finally
            {
                for (int i = 0; i < NativeOptions.KeyLength; i++)
                {
                    native.key[i] = 0;
                }
            }
        }

        private static Answer Told(int status) => new Answer(Call.Ask(status));
    }
}
