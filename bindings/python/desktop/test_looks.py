"""How the example program looks: its languages, larger text, the keyboard's order, the pictures of the documentation."""

import os
import re

from desksession import EventKind

from desktop.desk import MANAGER, DeskTest, words
from desktop.display import png
from tests import REPOSITORY
from tests.base import PASSWORD


class Looks(DeskTest):
    def test_both_languages_say_everything(self):
        for table in (words.TEXTS, words.EVENTS):
            for key, texts in table.items():
                fields = [set(re.findall(r"{(\w+)}", text)) for text in texts]
                self.assertEqual((len(texts), fields[0], all(texts)), (2, fields[-1], True), key)
        self.assertEqual(set(words.EVENTS), {kind.name for kind in EventKind})

    def test_larger_text_fits(self):
        self.anna()
        for language in ("en", "de"):
            desk = self.signed_in_desk(language=language, text_size=125)
            for number in range(4):
                self.tab(desk, number)
                self.assertLessEqual(desk.winfo_reqwidth(), desk.winfo_width())
                self.assertLessEqual(desk.winfo_reqwidth(), 1280)
                self.assertLessEqual(desk.winfo_reqheight(), 800)
            desk.leave()

    def test_the_keyboard_reaches_everything_in_order(self):
        self.anna()
        desk = self.desk()
        desk.page.name.focus_force()
        desk.update()
        order, each = [], desk.page.name
        for _ in range(4):
            order.append(each.winfo_class())
            each = each.tk_focusNext()
        self.assertEqual(order, ["TEntry", "TEntry", "TButton", "TButton"])

    def test_pictures(self):
        self.anna()
        for name, bits in (("Bo Lindqvist", MANAGER), ("Kim Sørensen", 0), ("Mara Weiß", 0)):
            self.store.user_permit(self.user(name), bits)
        self.store.user_disable(self.store.user_find("Mara Weiß").user_id)
        self.login("Kim Sørensen")
        desk = self.desk()
        desk.page.name.insert(0, "Anna Müller")
        desk.page.password.insert(0, "x" * 14)
        shown = {"signin": png(desk)}
        self.sign_in(desk)
        for amount, reason in (("12.50", "wrong size"), ("4.90", "charged twice")):
            desk.page.till.refund()
            form = desk.page.till.form
            self.fill(form, amount=amount, reason=reason, name="Bo Lindqvist", password=PASSWORD)
            self.press(form)
        shown["main"] = png(desk)
        self.tab(desk, 1).table.view.selection_set(self.store.user_find("Bo Lindqvist").user_id)
        shown["users"] = png(desk)
        folder = REPOSITORY / "docs" / "images" if os.environ.get("UPDATE_SCREENSHOTS") == "1" else self.home
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in shown.items():
            (folder / f"tkinter-{name}.png").write_bytes(picture)
            self.assertTrue(2000 < len(picture) < 30_000, len(picture))
