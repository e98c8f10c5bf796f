// The C header: constants and one line per function. No logic; include/desksession.h explains them.
// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Runtime.InteropServices;

namespace DeskSession
{
    // Pointers and integers only: nothing is marshalled, so every runtime calls the same thing. Handles and secrets are
    // SafeHandles, which stay alive for the length of the call.
    internal static unsafe class Native
    {
        internal const string Name = "desksession";
        private const CallingConvention Cdecl = CallingConvention.Cdecl;

        internal const int AbiVersion = 1;
        internal const int TokenSize = 72, IdSize = 40, NameSize = 256, LabelSize = 64, CodeSize = 64, DetailSize = 256;
        internal const int AccountSize = 64, TableSize = 16, ErrorSize = 512, PurposeMax = 200, PasswordMax = 1024;
        internal const uint LoginRemembered = 1;
        internal const uint InfoRemembered = 1, InfoTampered = 2, InfoNewer = 4;
        internal const uint UserDisabledFlag = 1, UserMustChangeFlag = 2, UserTamperedFlag = 4, UserNewerFlag = 8;

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_open(byte* folder, NativeOptions* options, out StoreHandle store);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_open_app(byte* appName, NativeOptions* options, out StoreHandle store);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_adopt(byte* folder, NativeOptions* options, out StoreHandle store);

        // The one call that takes the bare handle: it is what the SafeHandle does when nobody uses the store any more.
        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_close(IntPtr store);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_app_folder(byte* appName, uint scope, byte* folder, UIntPtr folderCap);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_policy_get(StoreHandle store, uint item, long* value);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_policy_set(StoreHandle store, Secret actor, uint item, long value);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_policy_preset(StoreHandle store, Secret actor, uint preset);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_backup(StoreHandle store, Secret actor, byte* newFolder);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_check(StoreHandle store, ulong* faults);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_fault_next(StoreHandle store, ulong after, NativeFault* fault);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_purge(StoreHandle store, ulong* removed);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_create(
            StoreHandle store, Secret actor, byte* name, Secret password, UIntPtr passwordLen, byte* userId, UIntPtr userIdCap);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_get(StoreHandle store, byte* userId, NativeUser* user);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_find(StoreHandle store, byte* name, NativeUser* user);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_next(StoreHandle store, byte* afterUserId, NativeUser* user);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_rename(StoreHandle store, Secret actor, byte* userId, byte* newName);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_enable(StoreHandle store, Secret actor, byte* userId, uint enabled);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_permit(StoreHandle store, Secret actor, byte* userId, ulong permissions);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_delete(StoreHandle store, Secret actor, byte* userId);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_user_unthrottle(StoreHandle store, Secret actor, byte* userId);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_password_check(
            StoreHandle store, byte* name, Secret password, UIntPtr passwordLen, uint* reason, uint* score);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_password_change(
            StoreHandle store, byte* name, Secret oldPassword, UIntPtr oldLen, Secret newPassword, UIntPtr newLen,
            Secret keepToken);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_password_reset(
            StoreHandle store, Secret actor, byte* userId, Secret code, UIntPtr codeCap);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_login(
            StoreHandle store, byte* name, Secret password, UIntPtr passwordLen, NativeLoginOptions* options,
            Secret token, UIntPtr tokenCap, NativeInfo* info);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_verify(StoreHandle store, Secret token, NativeInfo* info);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_peek(StoreHandle store, Secret token, NativeInfo* info);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_logout(StoreHandle store, Secret token);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_authorize(
            StoreHandle store, Secret requester, byte* name, Secret password, UIntPtr passwordLen, byte* purpose, NativeUser* who);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_next(StoreHandle store, byte* userId, byte* afterSessionId, NativeInfo* info);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_revoke(StoreHandle store, Secret actor, byte* sessionId);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_revoke_user(
            StoreHandle store, Secret actor, byte* userId, byte* exceptSessionId, ulong* ended);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_event_next(StoreHandle store, long afterId, NativeEvent* @event);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern uint session_abi_version();

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern byte* session_version();

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern byte* session_status_name(int status);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern byte* session_status_text(int status);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_last_error(byte* text, UIntPtr cap);

        [DllImport(Name, CallingConvention = Cdecl, ExactSpelling = true)]
        internal static extern int session_constant(byte* name, long* value);
    }
}
