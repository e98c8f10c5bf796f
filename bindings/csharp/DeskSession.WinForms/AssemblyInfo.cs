// SPDX-License-Identifier: MIT OR Apache-2.0

using System.Reflection;
using System.Runtime.InteropServices;

[assembly: AssemblyTitle("DeskSession.WinForms")]
[assembly: AssemblyDescription("Watches over a session in a window")]
[assembly: AssemblyVersion("0.1.0.0")] // fixed within a major version: it is part of the strong name
[assembly: AssemblyFileVersion("0.1.0.0")]
[assembly: AssemblyInformationalVersion("0.1.0")]
[assembly: ComVisible(false)]
