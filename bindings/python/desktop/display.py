"""A display of our own (Xvfb), whose picture can be read, so that no window opens on anybody's desk."""

import atexit
import functools
import os
import shutil
import struct
import subprocess
import tempfile
import time
import unittest
import zlib
from pathlib import Path

from tests.base import StoreTest

try:
    import tkinter
except ImportError:
    tkinter = None


@functools.lru_cache(maxsize=None)
def start():
    """Starts the display once and returns the folder with its picture."""
    folder = Path(tempfile.mkdtemp(prefix="desksession-display-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    reading, writing = os.pipe()
    # Where this process is killed nobody stops the display: the time limit does.
    command = ["timeout", "600", "Xvfb", "-displayfd", str(writing), "-fbdir", str(folder)]
    command += ["-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(server.terminate)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    if not number:
        raise RuntimeError("Xvfb did not start")
    os.environ["DISPLAY"] = f":{number}"
    return folder


class DisplayTest(StoreTest):
    """tkinter windows on our display."""

    def setUp(self):
        if not tkinter:
            self.skipTest("skipped: this Python has no tkinter (Debian: python3-tk)")
        if not shutil.which("Xvfb"):
            self.skipTest("skipped: no Xvfb (Debian: xvfb)")
        start()
        super().setUp()

    def window(self):
        window = tkinter.Tk()
        self.addCleanup(destroy, window)
        return window

    def wait(self, window, until, seconds=30):
        """Runs the window's event loop."""
        deadline = time.monotonic() + seconds
        over = []

        def look():
            if until() or time.monotonic() > deadline:
                over.append(True)
                window.quit()
            else:
                window.after(1, look)

        window.after(0, look)
        window.mainloop()
        self.assertTrue(over and until(), "nothing came of it")


def destroy(window):
    try:
        window.destroy()
    except tkinter.TclError:
        pass  # it is gone already


def png(window):
    """What the window shows, as a PNG file's bytes."""
    window.lift()
    window.update()
    settled = time.monotonic() + 0.3
    while time.monotonic() < settled:
        window.update()
    left, top, width, height = window.winfo_rootx(), window.winfo_rooty(), window.winfo_width(), window.winfo_height()
    data = (start() / "Xvfb_screen0").read_bytes()
    words = struct.unpack(">25I", data[:100])  # XWDFileHeader of the X Window System
    header, stride, colours = words[0], words[12], words[19]
    begin = header + 12 * colours
    lines = (begin + row * stride for row in range(top, top + height))
    rows = [data[line + 4 * left : line + 4 * (left + width)] for line in lines]
    return _png(width, [[row[i : i + 3] for i in range(0, len(row), 4)] for row in rows])


def _png(width, rows):
    """With a palette where there are few enough colours."""
    palette = {colour: number for number, colour in enumerate(dict.fromkeys(pixel for row in rows for pixel in row))}
    few = len(palette) <= 256
    code = palette if few else {colour: colour[::-1] for colour in palette}
    pixels = (bytes(code[pixel] for pixel in row) if few else b"".join(code[pixel] for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 3 if few else 2, 0, 0, 0)
    chunks = [(b"IHDR", header)]
    if few:
        chunks.append((b"PLTE", b"".join(colour[::-1] for colour in palette)))
    chunks += [(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in pixels), 9)), (b"IEND", b"")]
    parts = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
