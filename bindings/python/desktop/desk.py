"""The example program in this process, and how tests drive it."""

import sys
from pathlib import Path

from desktop.display import DisplayTest, tkinter
from tests.base import PASSWORD

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))
if tkinter:
    from front_desk import words
    from front_desk.app import FrontDesk
    from front_desk.pages import ADMINISTRATOR, MANAGER, ChangePassword, FirstRun, SignIn
else:
    words = FrontDesk = ADMINISTRATOR = MANAGER = ChangePassword = FirstRun = SignIn = None


class DeskTest(DisplayTest):
    def setUp(self):
        super().setUp()
        self.complaints = []

    def desk(self, language="en", store=None, **options):
        desk = FrontDesk(store or self.store, words.Words(language), **options)
        desk.report_callback_exception = lambda *error: self.complaints.append(error)
        self.addCleanup(self.leave, desk)
        desk.update()
        return desk

    def leave(self, desk):
        try:
            desk.leave()
        except tkinter.TclError:
            pass  # it is gone already
        self.assertEqual(self.complaints, [])

    def fill(self, page, **fields):
        for name, text in fields.items():
            field = getattr(page, name)
            for entry in (field._new, field._repeat) if hasattr(field, "_new") else (field,):
                entry.delete(0, "end")
                entry.insert(0, text)

    def press(self, page):
        """The default button, and waits until what it began is over."""
        desk = page.app
        page.default.invoke()
        self.wait(desk, lambda: not page.winfo_exists() or not page.background.busy)
        desk.update()

    def sign_in(self, desk, name="Anna Müller", password=PASSWORD):
        page = desk.page
        self.fill(page, name=name, password=password)
        self.press(page)

    def signed_in_desk(self, name="Anna Müller", **options):
        desk = self.desk(**options)
        self.sign_in(desk, name)
        self.assertTrue(desk.token, desk.page.said() if hasattr(desk.page, "_message") else "")
        return desk

    def tab(self, desk, number):
        desk.page.tabs.select(number)
        desk.update()
        return desk.page.nametowidget(desk.page.tabs.select())

    def rows(self, table):
        return [table.view.item(name, "values") for name in table.view.get_children()]

    def anna(self):
        anna = self.user()
        self.store.user_permit(anna, 3)
        return anna
