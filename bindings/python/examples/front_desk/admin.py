"""What administrators see: users, sessions, the audit trail. Each action is done in the name of who is signed in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from tkinter import ttk
from typing import TYPE_CHECKING, Callable, ClassVar, Dict, Tuple

import desksession

from .pages import ADMINISTRATOR, MANAGER
from .widgets import GAP, Dialog, Form, NewPassword, Table
from .words import clock

if TYPE_CHECKING:
    from .main_page import Main


class Tab(ttk.Frame):
    key: ClassVar[str]
    columns: ClassVar[Dict[str, int]]

    def __init__(self, main: Main) -> None:
        super().__init__(main.tabs, padding=GAP)
        self.main, self.app, self.store, self.words = main, main.app, main.store, main.words
        self._row = ttk.Frame(self)
        self._row.pack(side="bottom", fill="x", pady=(GAP, 0))
        self.table = Table(self, {self.words(key): width for key, width in self.columns.items()})
        self.table.pack(fill="both", expand=True)

    def add_button(self, key: str, press: Callable[[], None]) -> ttk.Button:
        button = ttk.Button(self._row, text=self.words(key), command=press)
        button.pack(side="left", padx=(0, GAP))
        return button

    def act(self, action: Callable[[], object]) -> None:
        """As an administrator; then what is shown is read anew."""

        def do(_: desksession.Info) -> None:
            action()
            self.fill()

        self.main.say("")
        self.app.protected(do, tell=self.main.say, needs=ADMINISTRATOR)

    def refresh(self) -> None:
        self.act(lambda: None)

    def fill(self) -> None:
        raise NotImplementedError


class Users(Tab):
    key = "users"
    columns = {"name": 22, "state": 24, "may": 24, "last_sign_in": 17, "live": 10}

    def __init__(self, main: Main) -> None:
        super().__init__(main)
        self.add_button("new_user", self.new)
        self.switch = self.add_button("disable", self.disable_or_enable)
        self.add_button("reset", self.reset)
        self.boxes: Dict[int, ttk.Checkbutton] = {}
        for bit, key in ((ADMINISTRATOR, "administrator"), (MANAGER, "manager")):
            self.boxes[bit] = ttk.Checkbutton(self._row, text=self.words(key), command=self.permit)
            self.boxes[bit].pack(side="left", padx=(0, GAP))
        self.table.view.bind("<<TreeviewSelect>>", lambda _: self._chosen())
        self._users: Dict[str, desksession.User] = {}
        self.form: Form

    def fill(self) -> None:
        self._users = {user.user_id: user for user in self.store.users()}
        self.table.fill(map(self._told, self._users.values()), self._users)
        self._chosen()

    def _told(self, user: desksession.User) -> Tuple[object, ...]:
        flags = (user.tampered or user.newer, "damaged"), (user.disabled, "disabled"), (user.must_change, "changes")
        state = next((key for flag, key in flags if flag), "active")
        may = [self.words(key) for bit, key in ((1, "administrator"), (2, "manager")) if user.permissions & bit]
        return user.user_name, self.words(state), ", ".join(may), clock(user.last_login_at), user.live_sessions

    def _chosen(self) -> None:
        user = self._users.get(self.table.chosen() or "")
        for bit, box in self.boxes.items():
            box.state(["!alternate", "selected" if user and user.permissions & bit else "!selected"])
        self.switch.configure(text=self.words("enable" if user and user.disabled else "disable"))

    def _with_chosen(self, action: Callable[[desksession.User], object]) -> None:
        user = self._users.get(self.table.chosen() or "")
        if user:
            self.act(lambda: action(user))

    def disable_or_enable(self) -> None:
        def switch(user: desksession.User) -> None:
            change = self.store.user_enable if user.disabled else self.store.user_disable
            change(user.user_id, actor=self.app.token)

        self._with_chosen(switch)

    def permit(self) -> None:
        def set_bits(user: desksession.User) -> None:
            others = user.permissions & ~(ADMINISTRATOR | MANAGER)
            bits = sum(bit for bit, box in self.boxes.items() if box.instate(["selected"]))
            self.store.user_permit(user.user_id, others | bits, actor=self.app.token)

        self._with_chosen(set_bits)
        self._chosen()

    def new(self) -> None:
        dialog = Dialog(self.app, self.words("new_user_title"))
        self.form = NewUser(dialog, self)
        dialog.show(self.form)

    def reset(self) -> None:
        user = self._users.get(self.table.chosen() or "")
        if user:
            dialog = Dialog(self.app, self.words("reset"))
            self.form = ResetCode(dialog, self, user)
            dialog.show(self.form)


class NewUser(Form):
    def __init__(self, dialog: Dialog, tab: Users) -> None:
        super().__init__(dialog, tab.app)
        self._dialog, self._tab = dialog, tab
        self.name = self.add_field("name")
        self.password = NewPassword(self, self.name.get, key="password")
        self.add_message()
        self.add_buttons("create", self.create, cancel=dialog.destroy)

    def create(self) -> None:
        create, who = self.store.user_create, (self.name.get(), self.password.get())
        self.password.submit(lambda: create(*who, actor=self.app.token), done=self._created)

    def _created(self, user_id: str) -> None:
        self._dialog.destroy()
        self._tab.refresh()
        self._tab.table.view.selection_set(user_id)


class ResetCode(Form):
    """Makes the code only when the button is pressed, and shows it once."""

    def __init__(self, dialog: Dialog, tab: Users, user: desksession.User) -> None:
        super().__init__(dialog, tab.app)
        self._dialog, self._tab, self._user = dialog, tab, user
        self.add_heading(user.user_name)
        self.add_message()
        self.code = ttk.Entry(self, width=32, font="TkFixedFont", state="readonly")
        self.add_buttons("reset", self.make, cancel=dialog.destroy)

    def make(self) -> None:
        self.wait_for(lambda: self.store.password_reset(self._user.user_id, actor=self.app.token), done=self._made)

    def _made(self, code: str) -> None:
        until = clock(datetime.now(timezone.utc) + timedelta(hours=24))
        self.say(self.words("code", name=self._user.user_name, until=until), wrong=False)
        self.code.configure(state="normal")
        self.code.insert(0, code)
        self.code.configure(state="readonly")
        self.code.pack(fill="x", pady=(GAP, 0))
        self.code.focus_set()
        self._tab.refresh()


class Sessions(Tab):
    key = "sessions"
    columns = {"who": 22, "since": 17, "last_seen": 17, "label": 16, "state": 26}

    def __init__(self, main: Main) -> None:
        super().__init__(main)
        self.add_button("revoke", self.revoke)

    def fill(self) -> None:
        sessions = list(self.store.sessions())[::-1]
        self.table.fill(map(self._told, sessions), (session.session_id for session in sessions))

    def _told(self, session: desksession.Info) -> Tuple[object, ...]:
        state = self.words("damaged") if session.tampered or session.newer else self.words.ended(session.state)
        return session.user_name, clock(session.created_at), clock(session.last_seen_at), session.label, state

    def revoke(self) -> None:
        chosen = self.table.chosen()
        if chosen:
            self.act(lambda: self.store.revoke(chosen, actor=self.app.token))


class Audit(Tab):
    key = "audit"
    columns = {"time": 17, "what": 22, "who": 20, "about": 20, "detail": 30}

    def fill(self) -> None:
        names = {user.user_id: user.user_name for user in self.store.users()}
        names[""] = ""

        def told(event: desksession.Event) -> Tuple[object, ...]:
            who = names.get(event.actor_id, event.actor_id) or self.words("program")
            return clock(event.at), self.words.event(event.kind), who, names.get(event.user_id, event.user_id), event.detail

        events = list(self.store.events())[::-1]
        self.table.fill(map(told, events), (str(event.id) for event in events))
