"""Forms and tables, the same everywhere in the program."""

from __future__ import annotations

import tkinter as tk
from tkinter import font, ttk
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence

from desksession import NotAllowed, Policy
from desksession.tk import Background, Timer

if TYPE_CHECKING:
    from .app import FrontDesk

GAP = 8


class Form(ttk.Frame):
    """Labelled fields below each other, a line that says what is wrong, and buttons. Enter is the first button."""

    def __init__(self, parent: tk.Misc, app: FrontDesk) -> None:
        super().__init__(parent, padding=2 * GAP)
        self.app, self.store, self.words = app, app.store, app.words
        self.background, self.later = Background(self), Timer(self)
        self._inputs: List[ttk.Widget] = []

    def add_heading(self, text: str) -> None:
        ttk.Label(self, text=text, style="Heading.TLabel", wraplength=self.app.text_width).pack(anchor="w", pady=(0, GAP))

    def add_field(self, key: str, secret: bool = False) -> ttk.Entry:
        label = ttk.Label(self, text=self.words(key))
        label.pack(anchor="w", pady=(GAP, 2))
        row = ttk.Frame(self)
        row.pack(fill="x")
        entry = ttk.Entry(row, width=32, show="•" if secret else "")
        entry.pack(side="left", fill="x", expand=True)
        label.bind("<Button-1>", lambda _: entry.focus_set())
        self._inputs.append(entry)
        if secret:
            self._add_reveal(row, entry)
        return entry

    def _add_reveal(self, row: ttk.Frame, entry: ttk.Entry) -> None:
        def toggle() -> None:
            hidden = bool(entry["show"])
            entry["show"] = "" if hidden else "•"
            button["text"] = self.words("hide" if hidden else "show")

        width = max(len(self.words("show")), len(self.words("hide")))
        button = ttk.Button(row, text=self.words("show"), width=width, command=toggle)
        button.pack(side="left", padx=(GAP, 0))
        self._inputs.append(button)

    def add_message(self) -> None:
        self._message = ttk.Label(self, wraplength=self.app.text_width)
        self._message.pack(anchor="w", fill="x", pady=(GAP, 0))

    def add_buttons(self, default: str, press: Callable[[], None], cancel: Optional[Callable[[], None]] = None) -> None:
        row = ttk.Frame(self)
        row.pack(fill="x", pady=(GAP, 0))
        self.default = ttk.Button(row, text=self.words(default), command=press, default="active")
        self.default.pack(side="right")
        self._inputs.append(self.default)
        window = self.winfo_toplevel()
        for key in ("<Return>", "<KP_Enter>"):
            window.bind(key, lambda _: self.default.invoke())
        window.bind("<Escape>", lambda _: cancel() if cancel else None)
        if cancel:
            button = ttk.Button(row, text=self.words("cancel"), command=cancel)
            button.pack(side="right", padx=(0, GAP))

    def focus_first(self) -> None:
        self._inputs[0].focus_set()

    def say(self, text: str, wrong: bool = True) -> None:
        self._message.configure(text=f"⚠ {text}" if wrong and text else text, style="Wrong.TLabel" if wrong else "TLabel")

    def said(self) -> str:
        return str(self._message["text"])

    def freeze(self, frozen: bool) -> None:
        for each in self._inputs:
            each.state(["disabled" if frozen else "!disabled"])

    def wait_for(self, call: Callable[..., Any], *arguments: Any, done: Callable[[Any], object]) -> None:
        """Runs a call that hashes, with the form frozen until it is done."""
        if self.begin():
            self.background.run(call, *arguments, done=done, failed=self.failed)

    def begin(self) -> bool:
        """False while an attempt is under way: ten quick presses are one."""
        if self.background.busy:
            return False
        self.freeze(True)
        self.say(self.words("busy"), wrong=False)
        return True

    def failed(self, error: Exception) -> None:
        if not (isinstance(error, NotAllowed) and self.app.lost()):
            self.freeze(False)
            self.say(self.words.error(error))


class NewPassword:
    """The fields for a new password and its repetition, with a hint in words while it is typed."""

    def __init__(self, form: Form, name: Callable[[], str], key: str = "new") -> None:
        self._form, self._name = form, name
        self._least = form.store.policy_get(Policy.PASSWORD_MIN)
        self._new = form.add_field(key, secret=True)
        self._repeat = form.add_field("repeat", secret=True)
        self._hint = ttk.Label(form, wraplength=form.app.text_width)
        self._hint.pack(anchor="w", pady=(2, 0))
        for entry in (self._new, self._repeat):
            entry.bind("<KeyRelease>", lambda _: self._hint.configure(text=self.problem() or form.words("fits")))

    def get(self) -> str:
        return self._new.get()

    def submit(self, call: Callable[..., Any], *arguments: Any, done: Callable[[Any], object]) -> None:
        problem = self.problem()
        if problem:
            self._form.say(problem)
        else:
            self._form.wait_for(call, *arguments, done=done)

    def problem(self) -> str:
        """What is wrong with it, in words; empty: nothing."""
        words = self._form.words
        try:
            check = self._form.store.password_check(self.get(), self._name() or None)
        except ValueError as error:
            return words.error(error)
        if not check:
            return words.weak(check.reason, self._least)
        return "" if self.get() == self._repeat.get() else words("not_the_same")


class Dialog(tk.Toplevel):
    """A window over the program's own. Put a form into it and show it."""

    def __init__(self, app: FrontDesk, title: str) -> None:
        super().__init__(app)
        self.title(title)
        self.transient(app)
        self.resizable(False, False)

    def show(self, form: Form) -> None:
        form.pack(fill="both", expand=True)
        self.geometry(f"+{self.master.winfo_rootx() + 80}+{self.master.winfo_rooty() + 60}")
        self.wait_visibility()
        self.grab_set()
        form.focus_first()


class Table(ttk.Frame):
    def __init__(self, parent: tk.Misc, columns: Dict[str, int]) -> None:
        """columns: heading and width in characters."""
        super().__init__(parent)
        self.view = ttk.Treeview(self, columns=tuple(columns), show="headings", selectmode="browse", height=9)
        letter = font.Font(self, name="TkDefaultFont", exists=True).measure("0")
        for heading, width in columns.items():
            self.view.heading(heading, text=heading, anchor="w")
            self.view.column(heading, width=width * letter, anchor="w")
        bar = ttk.Scrollbar(self, command=self.view.yview)
        self.view.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.view.pack(side="left", fill="both", expand=True)

    def fill(self, rows: Iterable[Sequence[object]], ids: Iterable[str]) -> None:
        """Anew, with the same row selected as before."""
        chosen = self.chosen()
        self.view.delete(*self.view.get_children())
        for row, name in zip(rows, ids):
            self.view.insert("", "end", iid=name, values=tuple(map(str, row)))
        if chosen and self.view.exists(chosen):
            self.view.selection_set(chosen)

    def chosen(self) -> Optional[str]:
        selected = self.view.selection()
        return selected[0] if selected else None
