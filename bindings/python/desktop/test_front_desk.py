"""The example program: every page, with what people do there."""

import threading
from unittest import mock

from desksession import EventKind, Policy, Status, Store

from desktop.desk import ADMINISTRATOR, MANAGER, ChangePassword, DeskTest, FirstRun, SignIn
from tests.base import OTHER_PASSWORD, PASSWORD

WRONG = "seven wet otters on a raft"


class Entering(DeskTest):
    def test_first_run(self):
        desk = self.desk()
        page = desk.page
        self.assertIsInstance(page, FirstRun)
        self.fill(page, name="Anna Müller", password="short")
        self.press(page)
        self.assertIn("at least 15", page.said())
        page.password._new.delete(0, "end")
        page.password._new.insert(0, PASSWORD)
        self.press(page)
        self.assertIn("not the same", page.said())
        self.assertEqual(list(self.store.users()), [])
        self.fill(page, password=PASSWORD)
        page.password._repeat.event_generate("<KeyRelease>")
        self.press(page)
        self.wait(desk, lambda: desk.token)
        (anna,) = self.store.users()
        self.assertEqual((anna.user_name, anna.permissions), ("Anna Müller", ADMINISTRATOR | MANAGER))
        self.assertRegex(desk.page.who["text"], r"^Signed in as Anna Müller until \d\d:\d\d$")

    def test_wrong_then_right(self):
        self.anna()
        desk = self.desk()
        for name, password in (("Anna Müller", WRONG), ("Nobody", PASSWORD), ("", "")):
            self.sign_in(desk, name, password)
            self.assertEqual(desk.page.said(), "⚠ Wrong name or password.")
            self.assertEqual(desk.page.password.get(), "")
        self.sign_in(desk)
        self.assertEqual(desk.user_name, "Anna Müller")

    def test_names_and_passwords_of_all_sorts(self):
        people = {"שלום עולם": "מפתח ארוך מאוד למנעול", "𠮷野 家": "🐟" * 3 + PASSWORD, "محمد علي": "grüne Wände überall"}
        for name, password in people.items():
            self.store.user_create(name, password)
            desk = self.desk()
            self.sign_in(desk, name, password)
            self.assertTrue(desk.token, desk.page.said())
            self.assertIn(name, desk.page.who["text"])
            desk.leave()

    def test_text_that_is_none(self):
        self.anna()
        desk = self.desk()
        with mock.patch.object(desk.page, "name", mock.Mock(get=lambda: "Anna \ud800")):
            desk.page.default.invoke()
            self.wait(desk, lambda: not desk.page.background.busy)
        self.assertIn("lone surrogate", desk.page.said())
        self.assertIsNone(desk.token)

    def test_throttled(self):
        self.anna()
        self.store.policy_set(Policy.THROTTLE_FREE, 0)
        desk = self.desk()
        self.sign_in(desk, password=WRONG)
        for _ in range(10):
            self.sign_in(desk, password=WRONG)
            if "Try again in" in desk.page.said():
                break
        self.assertRegex(desk.page.said(), r"Try again in \d+ s")
        self.assertTrue(desk.page.default.instate(["disabled"]))
        attempts = self.attempts()
        desk.page.default.invoke()
        self.assertFalse(desk.page.background.busy)
        self.assertEqual(self.attempts(), attempts)
        self.wait(desk, lambda: desk.page.default.instate(["!disabled"]))
        self.sign_in(desk)
        self.assertTrue(desk.token)

    def attempts(self):
        return [event.kind for event in self.store.events()].count(EventKind.LOGIN_ATTEMPT)

    def test_ten_quick_presses_are_one_attempt(self):
        self.anna()
        desk = self.desk()
        page = desk.page
        self.fill(page, name="Anna Müller", password=PASSWORD)
        for _ in range(10):
            page.default.invoke()
            page.password.event_generate("<Return>")
            page.sign_in()
        self.assertTrue(page.default.instate(["disabled"]))
        self.assertEqual(page.said(), "One moment …")
        self.wait(desk, lambda: desk.token)
        self.assertEqual(self.attempts(), 1)

    def test_disabled(self):
        self.store.user_disable(self.anna())
        desk = self.desk()
        self.sign_in(desk)
        self.assertIn("disabled", desk.page.said())

    def test_must_change(self):
        code = self.store.password_reset(self.anna())
        desk = self.desk()
        self.sign_in(desk, password=code)
        page = desk.page
        self.assertIsInstance(page, ChangePassword)
        self.assertIsNone(page.old)
        self.fill(page, password="Anna Müller Anna Müller")
        self.press(page)
        self.assertIn("Too much like the name", page.said())
        self.fill(page, password=OTHER_PASSWORD)
        self.press(page)
        self.wait(desk, lambda: desk.token)
        self.assertTrue(self.store.check(self.login(password=OTHER_PASSWORD).token))

    def test_closed_during_a_login(self):
        self.anna()
        desk = self.desk()
        self.fill(desk.page, name="Anna Müller", password=PASSWORD)
        desk.page.default.invoke()
        desk.leave()
        for thread in threading.enumerate():
            if thread.name == "desksession":
                thread.join(30)
        self.assertEqual([session.state for session in self.store.sessions()], [Status.LOGGED_OUT])

    def test_reveal(self):
        desk = self.desk()
        entry = desk.page.password._new
        self.assertEqual(entry["show"], "•")
        button = next(each for each in entry.master.winfo_children() if each is not entry)
        button.invoke()
        self.assertEqual((str(entry["show"]), button["text"]), ("", "Hide"))


class SignedIn(DeskTest):
    def setUp(self):
        super().setUp()
        self.anna_id = self.anna()
        self.bo = self.user("Bo Lindqvist")
        self.store.user_permit(self.bo, MANAGER)
        self.kim = self.user("Kim")

    def refund(self, desk, name="Bo Lindqvist", password=PASSWORD, amount="12,50", reason="wrong size"):
        desk.page.till.refund()
        form = desk.page.till.form
        self.fill(form, amount=amount, reason=reason, name=name, password=password)
        self.press(form)
        return form

    def test_refund(self):
        desk = self.signed_in_desk("Kim")
        self.assertEqual(len(desk.page.tabs.tabs()), 1)
        self.refund(desk)
        ((_, *row),) = self.rows(desk.page.till.table)
        self.assertEqual(row, ["12.50", "wrong size", "Bo Lindqvist"])
        told = list(self.store.events())[-1]
        self.assertEqual((told.kind, told.actor_id, told.user_id), (EventKind.AUTHORIZED, self.bo, self.kim))
        self.assertEqual(told.detail, "refund 12.50: wrong size")

    def test_refused_refunds(self):
        desk = self.signed_in_desk("Kim")
        self.store.user_create("Cy", PASSWORD)
        for fields, told in (
            ({"amount": "much"}, "12.50"),
            ({"amount": "-1"}, "12.50"),
            ({"amount": "nan"}, "12.50"),
            ({"reason": " "}, "what for"),
            ({"password": WRONG}, "Wrong name or password"),
            ({"name": "Cy"}, "Cy may not approve"),
            ({"name": "Kim"}, "Somebody else"),
            ({"reason": "x" * 300}, "200"),
        ):
            form = self.refund(desk, **fields)
            self.assertIn(told, form.said())
            form.winfo_toplevel().destroy()
        self.assertEqual(desk.page.till.done, [])

    def test_a_dialog_that_is_closed_during_its_call(self):
        desk = self.signed_in_desk("Kim")
        desk.page.till.refund()
        form = desk.page.till.form
        self.fill(form, amount="1", reason="x", name="Bo Lindqvist", password=PASSWORD)
        form.default.invoke()
        form.winfo_toplevel().destroy()
        self.wait(desk, lambda: not any(thread.name == "desksession" for thread in threading.enumerate()))
        self.assertEqual(desk.page.till.done, [])

    def test_change_password(self):
        desk = self.signed_in_desk()
        desk.page._change()
        page = desk.page
        self.fill(page, old=WRONG, password=OTHER_PASSWORD)
        self.press(page)
        self.assertIn("Wrong name or password", page.said())
        self.fill(page, old=PASSWORD, password=OTHER_PASSWORD)
        self.press(page)
        self.assertEqual(desk.page.said(), "Your password is changed.")
        self.assertTrue(self.store.check(desk.token))
        desk.page._change()
        desk.page.leave()
        self.assertTrue(desk.page.till)

    def test_users(self):
        desk = self.signed_in_desk()
        users = self.tab(desk, 1)
        self.assertEqual([row[0] for row in self.rows(users.table)], ["Anna Müller", "Bo Lindqvist", "Kim"])
        self.assertEqual(self.rows(users.table)[0][2], "Administrator, Manager")
        users.table.view.selection_set(self.kim)
        desk.update()
        users.boxes[MANAGER].invoke()
        self.assertEqual(self.store.user_get(self.kim).permissions, MANAGER)
        users.switch.invoke()
        self.assertTrue(self.store.user_get(self.kim).disabled)
        desk.update()
        self.assertEqual((users.switch["text"], self.rows(users.table)[2][1]), ("Enable", "disabled"))
        users.switch.invoke()
        self.assertFalse(self.store.user_get(self.kim).disabled)
        self.assertEqual({event.actor_id for event in list(self.store.events())[-3:]}, {self.anna_id})

    def test_new_user_and_code(self):
        desk = self.signed_in_desk()
        users = self.tab(desk, 1)
        users.new()
        self.fill(users.form, name="KIM", password=OTHER_PASSWORD)
        self.press(users.form)
        self.assertIn("There is a user of that name", users.form.said())
        self.fill(users.form, name="Cy")
        self.press(users.form)
        cy = self.store.user_find("Cy")
        self.assertEqual(users.table.chosen(), cy.user_id)
        desk.update()
        users.reset()
        form = users.form
        self.assertEqual(form.code.get(), "")
        self.press(form)
        self.assertRegex(form.said(), r"Cy, good once until .*\d\d:\d\d:")
        with self.assertRaises(Exception) as caught:
            self.login("Cy", form.code.get())
        self.assertIs(caught.exception.status, Status.MUST_CHANGE)

    def test_sessions(self):
        desk, till = self.signed_in_desk(), self.login("Kim", label="Till 7")
        sessions = self.tab(desk, 2)
        self.assertEqual([row[0] for row in self.rows(sessions.table)], ["Kim", "Anna Müller"])
        self.assertEqual(self.rows(sessions.table)[0][3:], ("Till 7", "live"))
        sessions.table.view.selection_set(till.info.session_id)
        sessions.revoke()
        self.assertIs(self.store.check(till.token).status, Status.REVOKED)
        self.assertIn("ended", self.rows(sessions.table)[0][4])

    def test_audit(self):
        desk = self.signed_in_desk()
        audit = self.tab(desk, 3)
        newest = self.rows(audit.table)[0]
        self.assertEqual(newest[1:4], ("signed in", "Anna Müller", "Anna Müller"))
        self.assertEqual(len(self.rows(audit.table)), len(list(self.store.events())))

    def test_rights_that_were_taken_away(self):
        desk = self.signed_in_desk()
        users = self.tab(desk, 1)
        self.store.user_permit(self.anna_id, 0)
        users.table.view.selection_set(self.bo)
        users.switch.invoke()
        self.assertIn("may not do that any more", desk.page.said())
        self.assertFalse(self.store.user_get(self.bo).disabled)

    def test_faults_are_one_sentence(self):
        desk = self.signed_in_desk()
        with mock.patch.object(desk, "guard"):
            self.store.close()
            desk.page.till.refund()
        self.assertRegex(desk.page.said(), r"^⚠ That could not be done\. \S+")
        self.assertNotIn("Traceback", desk.page.said())
        desk.destroy()

    def test_two_windows_on_one_store(self):
        with Store(self.folder) as other:
            first, second = self.signed_in_desk(), self.signed_in_desk("Bo Lindqvist", store=other)
            users = self.tab(first, 1)
            users.table.view.selection_set(self.bo)
            users.switch.invoke()
            self.wait(second, lambda: isinstance(second.page, SignIn))
            self.assertIn("Somebody ended this session", second.page.said())
            self.assertEqual(second.page.name.get(), "Bo Lindqvist")
            self.assertTrue(first.token)
            second.leave()

    def test_the_session_ends_at_an_action(self):
        desk = self.signed_in_desk()
        desk.guard.stop()
        self.store.logout(desk.token)
        desk.page.till.refund()
        self.assertIsInstance(desk.page, SignIn)
        self.assertEqual((desk.page.said(), desk.token), ("Signed out.", None))

    def test_idle(self):
        desk = self.signed_in_desk()
        self.store.policy_set(Policy.IDLE_MS, 4000)
        self.wait(desk, lambda: desk.bar.winfo_ismapped())
        self.assertRegex(desk._bar_text["text"], r"in \d s\.")
        self.store.policy_set(Policy.IDLE_MS, 600_000)
        desk.stay.invoke()
        desk.update()
        self.assertFalse(desk.bar.winfo_ismapped())
        self.store.policy_set(Policy.IDLE_MS, 1)
        self.wait(desk, lambda: isinstance(desk.page, SignIn))
        self.assertEqual((desk.page.said(), desk.page.name.get()), ("Nobody was active.", "Anna Müller"))

    def test_signing_out_and_leaving(self):
        desk = self.signed_in_desk()
        token = desk.token
        desk.sign_out()
        self.assertIs(self.store.check(token).status, Status.LOGGED_OUT)
        self.sign_in(desk)
        token = desk.token
        desk.leave()
        self.assertIs(self.store.check(token).status, Status.LOGGED_OUT)
