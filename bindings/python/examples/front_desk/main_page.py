"""The page of somebody who is signed in: the till, and for administrators users, sessions and the audit trail."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from tkinter import ttk
from typing import TYPE_CHECKING, List, Optional, Tuple

import desksession

from .admin import Audit, Sessions, Users
from .pages import ADMINISTRATOR, MANAGER, ChangePassword
from .widgets import GAP, Dialog, Form, Table
from .words import clock

if TYPE_CHECKING:
    from .app import FrontDesk


class Main(Form):
    def __init__(self, app: FrontDesk, info: desksession.Info, told: str = "") -> None:
        super().__init__(app, app)
        self._add_head()
        self.tabs = ttk.Notebook(self)
        self.tabs.pack(fill="both", expand=True, pady=(GAP, 0))
        self.till = Till(self)
        self.tabs.add(self.till, text=self.words("till"))
        if info.permissions & ADMINISTRATOR:
            for tab in (Users, Sessions, Audit):
                self.tabs.add(tab(self), text=self.words(tab.key))
        self.tabs.bind("<<NotebookTabChanged>>", self._refresh)
        app.bind("<F5>", self._refresh)
        self.add_message()
        self.say(told, wrong=False)
        self._until()
        self.till.refund_button.focus_set()

    def _add_head(self) -> None:
        head = ttk.Frame(self)
        head.pack(fill="x")
        self.who = ttk.Label(head)
        self.who.pack(side="left")
        for key, press in (("sign_out", self.app.sign_out), ("change_password", self._change)):
            ttk.Button(head, text=self.words(key), command=press).pack(side="right", padx=(GAP, 0))

    def _refresh(self, _: object) -> None:
        self.nametowidget(str(self.tabs.select())).refresh()  # type: ignore[no-untyped-call]

    def _change(self) -> None:
        self.app.show(ChangePassword, name=self.app.user_name)

    def _until(self) -> None:
        info = self.store.peek(self.app.token or "").info
        if info and info.expires_at and info.idle_expires_at:
            self.app.user_name = info.user_name
            end = clock(min(info.expires_at, info.idle_expires_at))
            self.who.configure(text=self.words("signed_in_as", name=info.user_name, until=end))
        self.later(5000, self._until)


class Till(ttk.Frame):
    """Refunds of this sign-in, with who approved them."""

    def __init__(self, main: Main) -> None:
        super().__init__(main.tabs, padding=GAP)
        self.main, self.words = main, main.words
        self.refund_button = ttk.Button(self, text=self.words("refund"), command=self.refund)
        self.refund_button.pack(anchor="w")
        columns = {self.words("time"): 8, self.words("amount"): 12, self.words("reason"): 36, self.words("approved_by"): 24}
        self.table = Table(self, columns)
        self.table.pack(fill="both", expand=True, pady=(GAP, 0))
        self.done: List[Tuple[str, ...]] = []

    def refresh(self) -> None:
        self.table.fill(self.done, map(str, range(len(self.done))))

    def refund(self) -> None:
        self.main.app.protected(lambda _: self._ask(), tell=self.main.say)

    def _ask(self) -> None:
        dialog = Dialog(self.main.app, self.words("refund_title"))
        self.form = Refund(dialog, self)
        dialog.show(self.form)


class Refund(Form):
    def __init__(self, dialog: Dialog, till: Till) -> None:
        super().__init__(dialog, till.main.app)
        self._dialog, self._till = dialog, till
        self.amount, self.reason = self.add_field("amount"), self.add_field("reason")
        ttk.Label(self, text=self.words("second"), wraplength=self.app.text_width).pack(anchor="w", pady=(2 * GAP, 0))
        self.name, self.password = self.add_field("name"), self.add_field("password", secret=True)
        self.add_message()
        self.add_buttons("approve", self.approve, cancel=dialog.destroy)

    def approve(self) -> None:
        amount, reason = _amount(self.amount.get()), self.reason.get().strip()
        if amount is None or not reason:
            self.say(self.words("no_reason" if amount else "no_amount"))
            return

        def ask(_: desksession.Info) -> None:
            who = self.app.token, self.name.get(), self.password.get()
            said_yes = lambda second: self._approved(second, amount, reason)  # noqa: E731
            self.wait_for(self.store.authorize, *who, f"refund {amount}: {reason}", done=said_yes)

        self.app.protected(ask, tell=self.say)

    def _approved(self, second: desksession.User, amount: str, reason: str) -> None:
        self.freeze(False)
        if not second.permissions & MANAGER:
            self.say(self.words("not_a_manager", name=second.user_name))
            return
        self._till.done.append((datetime.now().strftime("%H:%M"), amount, reason, second.user_name))
        self._till.refresh()
        self._dialog.destroy()


def _amount(text: str) -> Optional[str]:
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return f"{amount:.2f}" if amount.is_finite() and 0 < amount < 1_000_000 else None
