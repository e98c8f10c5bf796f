// SPDX-License-Identifier: MIT OR Apache-2.0

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

/// <summary>Searches the writable memory of this process for bytes that are given masked, so as not to be in it.</summary>
public static class Memory
{
    public const byte Mask = 0x80;
    private static readonly byte[] Block = new byte[1 << 20];

    /// <summary>Fills the block from an address on, as far as told, and answers how much that was; 0 where nothing can be
    /// read.</summary>
    private delegate int Reader(long from, int length);

    public static int Count(byte[] masked) => Files.OnWindows ? CountOnWindows(masked) : CountOnLinux(masked);

    private static int CountIn(Reader read, long from, long to, byte[] masked)
    {
        int found = 0;
        while (from < to)
        {
            int length = read(from, (int)Math.Min(Block.Length, to - from));
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

    private static int CountOnLinux(byte[] masked)
    {
        int found = 0;
        using (var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1))
        {
            foreach (string line in File.ReadAllLines("/proc/self/maps").Where(line => line.Contains(" rw")))
            {
                string[] range = line.Split(' ')[0].Split('-');
                found += CountIn((from, length) => Read(memory, from, length), Number(range[0]), Number(range[1]), masked);
            }
        }
        return found;
    }

    private static long Number(string hexadecimal) => long.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int Read(FileStream memory, long from, int length)
    {
        try
        {
            memory.Position = from;
            return memory.Read(Block, 0, length);
        }
        catch (IOException)
        {
            return 0; // a page that cannot be read
        }
    }

    private static int CountOnWindows(byte[] masked)
    {
        const uint Committed = 0x1000, ForWriting = 0xCC, Guarded = 0x100; // MEM_COMMIT; PAGE_...
        var regions = new List<Region>();
        var size = (UIntPtr)(uint)Marshal.SizeOf(typeof(Region));
        Region region;
        for (long at = 0; VirtualQuery((IntPtr)at, out region, size) != UIntPtr.Zero; at = region.End)
        {
            regions.Add(region);
        }
        return regions
            .Where(one => one.State == Committed && (one.Protection & ForWriting) != 0 && (one.Protection & Guarded) == 0)
            .Sum(one => CountIn(ReadOnWindows, (long)one.Start, one.End, masked));
    }

    private static int ReadOnWindows(long from, int length)
    {
        UIntPtr read;
        return ReadProcessMemory(GetCurrentProcess(), (IntPtr)from, Block, (UIntPtr)(uint)length, out read) ? (int)read : 0;
    }

    // MEMORY_BASIC_INFORMATION
    [StructLayout(LayoutKind.Sequential)]
    private struct Region
    {
        public IntPtr Start, Allocation;
        public uint AllocationProtection;
        public UIntPtr Size;
        public uint State, Protection, Kind;

        public long End => (long)Start + (long)Size;
    }

    [DllImport("kernel32")]
    private static extern IntPtr GetCurrentProcess();

    [DllImport("kernel32")]
    private static extern UIntPtr VirtualQuery(IntPtr address, out Region region, UIntPtr size);

    [DllImport("kernel32")]
    private static extern bool ReadProcessMemory(IntPtr process, IntPtr from, byte[] to, UIntPtr length, out UIntPtr read);
}
