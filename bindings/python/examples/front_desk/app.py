"""The window: one page at a time, who is signed in, and what happens when that ends."""

from __future__ import annotations

import contextlib
import platform
import tkinter as tk
from tkinter import font, ttk
from typing import Any, Callable, Optional, Type

import desksession
from desksession.tk import SessionGuard

from .main_page import Main
from .pages import FirstRun, SignIn
from .words import Words

FONTS = ("TkDefaultFont", "TkTextFont", "TkHeadingFont", "TkMenuFont", "TkTooltipFont")
PAPER = "#f5f5f2"


class FrontDesk(tk.Tk):
    def __init__(self, store: desksession.Store, words: Words, text_size: int = 100) -> None:
        super().__init__(className="front-desk")
        self.store, self.words = store, words
        self.token: Optional[str] = None
        self.user_name = ""
        self.label = platform.node()[:20]
        self.title(words("title"))
        self._dress(text_size)
        self._add_bar()
        self.page: Any = ttk.Frame(self)
        self.guard = SessionGuard(self, store, warned=self.warned, ended=self.ended)
        self.protocol("WM_DELETE_WINDOW", self.leave)
        self.show(SignIn if any(True for _ in store.users()) else FirstRun)

    def _dress(self, text_size: int) -> None:
        style = ttk.Style(self)
        style.theme_use("clam")
        for name in FONTS:
            font.Font(self, name=name, exists=True).configure(size=round(10 * text_size / 100))
        normal = font.Font(self, name="TkDefaultFont", exists=True)
        self._heading = normal.copy()
        self._heading.configure(size=round(15 * text_size / 100), weight="bold")
        self.text_width = normal.measure("0") * 48
        style.configure(".", background=PAPER)
        style.configure("TButton", padding=(10, 5), background="#e2e2de")
        style.configure("TEntry", padding=4)
        style.configure("TNotebook.Tab", padding=(12, 5), background="#e2e2de")
        style.map("TNotebook.Tab", background=[("selected", PAPER)], padding=[("selected", (12, 5))])
        style.map("Treeview", background=[("selected", "#2f5d8a")])
        style.configure("Heading.TLabel", font=self._heading)
        style.configure("Wrong.TLabel", foreground="#a00000")
        style.configure("Bar.TFrame", background="#fff0c0")
        style.configure("Bar.TLabel", background="#fff0c0")
        style.configure("Treeview", rowheight=normal.metrics("linespace") + 6)
        self.configure(background=PAPER)

    def _add_bar(self) -> None:
        self.bar = ttk.Frame(self, style="Bar.TFrame", padding=6)
        self._bar_text = ttk.Label(self.bar, style="Bar.TLabel")
        self._bar_text.pack(side="left")
        self.stay = ttk.Button(self.bar, text=self.words("stay"), command=lambda: self.guard.stay())
        self.stay.pack(side="right")

    def show(self, page: Type[Any], **options: object) -> None:
        self.page.destroy()
        for key in ("<Return>", "<KP_Enter>", "<Escape>"):
            self.unbind(key)
        self.page = page(self, **options)
        self.page.pack(fill="both", expand=True)

    def show_main(self, told: str = "") -> None:
        self.protected(lambda info: self.show(Main, info=info, told=told), tell=self.page.say)

    def signed_in(self, login: desksession.Login) -> None:
        self.token = login.token
        self.show_main()
        self.guard.start(login.token)

    def sign_out(self) -> None:
        told = ""
        try:
            self.store.logout(self._forget())
        except desksession.SessionError as error:
            told = self.words.error(error)
        self.show(SignIn, name=self.user_name, told=told)

    def leave(self) -> None:
        """The window is closed."""
        token = self._forget()
        self.destroy()
        with contextlib.suppress(desksession.SessionError):  # nobody is there who could be told
            self.store.logout(token)

    def _forget(self) -> str:
        token, self.token = self.token or "", None
        self.guard.stop()
        self.warned(None, True)
        for child in self.winfo_children():
            if isinstance(child, tk.Toplevel):
                child.destroy()
        return token

    # The session guard

    def warned(self, seconds: Optional[int], can_stay: bool) -> None:
        if seconds is None:
            self.bar.pack_forget()
            return
        self._bar_text.configure(text=self.words("ends_soon" if can_stay else "ends_at_limit", seconds=seconds))
        self.stay.state(["!disabled" if can_stay else "disabled"])
        self.bar.pack(side="top", fill="x", before=self.page)

    def ended(self, answer: desksession.Answer) -> None:
        self._forget()
        self.show(SignIn, name=self.user_name, told=self.words.ended(answer.status))

    def lost(self) -> bool:
        """Whether the session has ended; then the page for signing in is there."""
        try:
            answer = self.store.peek(self.token or "")
        except desksession.Fault:
            return False
        if self.token and not answer:
            self.ended(answer)
        return not self.token

    def protected(self, action: Callable[[desksession.Info], object], tell: Callable[[str], object], needs: int = 0) -> None:
        """Does it if the session is live and has these permissions now, not at sign-in."""
        try:
            info = self.store.verify(self.token or "")
            if info.permissions & needs == needs:
                action(info)
            else:
                tell(self.words("no_right"))
        except (desksession.NotLoggedIn, desksession.NotAllowed) as error:
            if not self.lost():
                tell(self.words.error(error))
        except (desksession.SessionError, ValueError) as error:
            tell(self.words.error(error))
