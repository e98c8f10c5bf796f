// SPDX-License-Identifier: MIT OR Apache-2.0

using System;

namespace DeskSession
{
    // A status becomes an answer or an exception, on the thread that made the call: the library keeps the detail per thread.
    internal static unsafe class Call
    {
        internal static bool IsAnswer(int status) => status >= 0 && status <= 99;

        /// <summary>Yes or another answer.</summary>
        internal static Status Ask(int status) => IsAnswer(status) ? (Status)status : throw Fault(status);

        /// <summary>Nothing but yes.</summary>
        internal static void Do(int status)
        {
            if (status != (int)Status.Ok)
            {
                throw Fault(status);
            }
        }

        /// <summary>For the calls that read the next row: whether there was one.</summary>
        internal static bool More(int status)
        {
            if (status != (int)Status.Ok && status != (int)Status.Done)
            {
                throw Fault(status);
            }
            return status == (int)Status.Ok;
        }

        internal static DeskSessionException Fault(int status)
        {
            return new DeskSessionException((Status)status, Advice(status));
        }

        internal static string Advice(int status)
        {
            byte* text = stackalloc byte[Native.ErrorSize];
            int told = Native.session_last_error(text, (UIntPtr)Native.ErrorSize);
            string detail = told == (int)Status.Ok || told == (int)Status.BufferTooSmall ? Utf8.Read(text, Native.ErrorSize) : "";
            return detail.Length != 0 ? detail : StatusText(status);
        }

        internal static string StatusName(int status) => Utf8.Read(Native.session_status_name(status));

        internal static string StatusText(int status) => Utf8.Read(Native.session_status_text(status));
    }
}
