"""The pages before somebody is signed in, and the one for a new password."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import desksession

from .widgets import Form, NewPassword

if TYPE_CHECKING:
    from .app import FrontDesk

ADMINISTRATOR, MANAGER = 1, 2


class Entrance(Form):
    def enter(self, name: str, password: str) -> None:
        """Background.login, not run: a login that succeeds after the window is gone is logged out."""
        entered = self.app.signed_in
        self.background.login(self.store, name, password, label=self.app.label, done=entered, failed=self.failed)


class FirstRun(Entrance):
    def __init__(self, app: FrontDesk) -> None:
        super().__init__(app, app)
        self.add_heading(self.words("welcome"))
        self.name = self.add_field("name")
        self.password = NewPassword(self, self.name.get, key="password")
        self.add_message()
        self.add_buttons("create_first", self.create)
        self.name.focus_set()

    def create(self) -> None:
        who = self.name.get(), self.password.get()
        self.password.submit(self._create, *who, done=lambda _: self.enter(*who))

    def _create(self, name: str, password: str) -> None:
        """On the worker thread."""
        self.store.user_permit(self.store.user_create(name, password), ADMINISTRATOR | MANAGER)


class SignIn(Entrance):
    def __init__(self, app: FrontDesk, name: str = "", told: str = "") -> None:
        super().__init__(app, app)
        self.add_heading(self.words("title"))
        self.name = self.add_field("name")
        self.password = self.add_field("password", secret=True)
        self.add_message()
        self.add_buttons("sign_in", self.sign_in)
        self.name.insert(0, name)
        self.say(told, wrong=False)
        (self.password if name else self.name).focus_set()

    def sign_in(self) -> None:
        if self.begin():
            self.enter(self.name.get(), self.password.get())

    def failed(self, error: Exception) -> None:
        if isinstance(error, desksession.MustChange):
            self.app.show(ChangePassword, name=self.name.get(), old=self.password.get())
            return
        super().failed(error)
        self.password.delete(0, "end")
        self.password.focus_set()
        if isinstance(error, desksession.Throttled) and error.retry_after not in (None, math.inf):
            self._count_down(math.ceil(error.retry_after))

    def _count_down(self, seconds: int) -> None:
        self.default.state(["disabled" if seconds else "!disabled"])
        self.say(self.words("wait", seconds=seconds) if seconds else "")
        if seconds:
            self.later(1000, lambda: self._count_down(seconds - 1))


class ChangePassword(Entrance):
    """For somebody who must (name and old password are known from the sign-in), or who wants to (signed in)."""

    def __init__(self, app: FrontDesk, name: str, old: str = "") -> None:
        super().__init__(app, app)
        self._name, self._known = name, old
        self.add_heading(self.words("must_change" if old else "change_password"))
        self.old = None if old else self.add_field("old", secret=True)
        self.password = NewPassword(self, lambda: name)
        self.add_message()
        self.add_buttons("change_password", self.change, cancel=self.leave)
        self.focus_first()

    def change(self) -> None:
        old, new = self.old.get() if self.old else self._known, self.password.get()
        passwords = self._name, old, new, self.app.token
        self.password.submit(self.store.password_change, *passwords, done=lambda _: self._changed(new))

    def _changed(self, new: str) -> None:
        if self.app.token:
            self.app.show_main(told=self.words("changed"))
        else:
            self.enter(self._name, new)

    def leave(self) -> None:
        if self.app.token:
            self.app.show_main()
        else:
            self.app.show(SignIn, name=self._name)
