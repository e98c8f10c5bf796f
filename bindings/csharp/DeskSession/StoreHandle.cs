// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Runtime.InteropServices;

namespace DeskSession
{
    // Closed when it is disposed of and the last call in flight has ended; by the finaliser if nobody does.
    internal sealed class StoreHandle : SafeHandle
    {
        public StoreHandle() : base(IntPtr.Zero, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle() => Native.session_close(handle) == (int)Status.Ok;
    }
}
