"""python -m front_desk [--folder PATH] [--language en|de] [--text-size PERCENT]"""

from __future__ import annotations

import argparse
import sys
import tkinter
from tkinter import messagebox

import desksession

from .app import FrontDesk
from .words import Words, of_system


def main() -> None:
    parser = argparse.ArgumentParser(prog="front-desk")
    parser.add_argument("--folder", help="the store's folder; else the system's place for the program")
    parser.add_argument("--language", choices=("en", "de"), default=of_system())
    parser.add_argument("--text-size", type=int, default=100, metavar="PERCENT")
    wanted = parser.parse_args()
    words = Words(wanted.language)
    try:
        store = desksession.Store(wanted.folder) if wanted.folder else desksession.Store.app("Front Desk Demo")
    except desksession.SessionError as error:
        tkinter.Tk().withdraw()
        messagebox.showerror(words("title"), words.error(error))
        sys.exit(1)
    with store:
        FrontDesk(store, words, wanted.text_size).mainloop()


main()
