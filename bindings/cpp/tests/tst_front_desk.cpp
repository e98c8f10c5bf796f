// The example as a person uses it: keys and mouse on the real pages, a real store behind them.
#include "front_desk_driver.hpp"
#include "texts.h"

#include <QDoubleSpinBox>
#include <QMessageBox>
#include <QToolButton>

class TestFrontDesk : public FrontDeskDriver {
    Q_OBJECT

private slots:
    void initTestCase() { setLanguage("en"); }
    void init() {
        home_ = std::make_unique<Home>();
        store_ = std::make_shared<Store>(fast_store(*home_));
    }
    void cleanup() {
        window_.reset();
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void firstRun() {
        open();
        type("name", "Anna");
        type("newPassword", "short");
        QCOMPARE(told("hint"), QString("Too short: at least 15 characters."));
        type("newPassword", secretWord);
        press("submit");
        QCOMPARE(told("hint"), QString("The two passwords differ."));
        type("repeatPassword", secretWord);
        QVERIFY(told("hint").startsWith("Good enough"));
        press("submit");
        QVERIFY(!see<QPushButton>("submit")->isEnabled());
        QTRY_VERIFY(sees("until"));
        QVERIFY(told("until").startsWith("Signed in as Anna until "));
        QCOMPARE(store_->user_find("Anna")->permissions(), std::uint64_t{3});
        QCOMPARE(see<QTabWidget>("tabs")->count(), 4);
        press("signOut");
        QCOMPARE(told(), QString("Signed out."));
        QCOMPARE(live(), 0);
    }

    void onlyOneFirstAdministrator() {
        open();
        user("Anna", 0);  // by another program meanwhile
        type("name", "Mallory");
        type("newPassword", secretWord);
        type("repeatPassword", secretWord);
        press("submit");
        QTRY_VERIFY(sees("password"));
        QCOMPARE(store_->user_find("Mallory").status(), Status::UserUnknown);
    }

    void signInOnceForTenPresses() {
        user("Anna", 0);
        open();
        type("name", "anna");
        type("password", secretWord);
        picture("signin");
        QTest::mouseClick(see<QLineEdit>("password")->parentWidget()->findChild<QToolButton *>(), Qt::LeftButton);
        QCOMPARE(see<QLineEdit>("password")->echoMode(), QLineEdit::Normal);
        for (int i = 0; i < 10; i++) QTest::keyClick(see<QLineEdit>("password"), Qt::Key_Return);
        for (int i = 0; i < 10; i++) press("submit");
        QCOMPARE(told(), QString("Signing in …"));
        QTRY_VERIFY(sees("until"));
        QCOMPARE(attempts(), 1);
        QCOMPARE(live(), 1);
        QCOMPARE(see<QTabWidget>("tabs")->count(), 1);  // no administrator
    }

    void theTabKeyGoesFromTopToBottom() {
        user("Anna", 0);
        open();
        QStringList order;
        for (int i = 0; i < 5; i++) {
            order += window_->focusWidget()->objectName();
            QTest::keyClick(window_->focusWidget(), Qt::Key_Tab);
        }
        QCOMPARE(order, QStringList({"name", "password", "", "submit", "name"}));  // the one without a name shows the password
    }

    void wrongThenThrottled() {
        store_->policy_set(Policy::ThrottleFree, 0).require();
        user("Anna", 0);
        open();
        type("name", "Anna");
        type("password", "wrong");
        press("submit");
        QTRY_COMPARE(told(), QString("Wrong name or password."));
        press("submit");
        QTRY_VERIFY(told().startsWith("Too many attempts. Wait "));
        QVERIFY(!see<QPushButton>("submit")->isEnabled());
        QTRY_VERIFY(see<QPushButton>("submit")->isEnabled());
        signIn("Anna");
    }

    void disabledAndNobody() {
        user("Anna", 0);
        store_->user_enable(store_->user_find("Anna")->id(), false).require();
        open();
        type("name", "Anna");
        type("password", secretWord);
        press("submit");
        QTRY_COMPARE(told(), QString("This user is disabled."));
        see<QLineEdit>("name")->setText(QString("x") + QChar(0xd83d));  // half a character
        press("submit");
        QTRY_VERIFY(told().startsWith("That did not work: "));
    }

    void aCodeHasToBeChanged() {
        user("Anna", 0);
        const Code code = store_->password_reset(store_->user_find("Anna")->id()).value();
        open();
        type("name", "Anna");
        type("password", qt::text(code.reveal()));
        press("submit");
        QTRY_VERIFY(sees("newPassword"));
        QVERIFY(!sees("oldPassword"));
        type("newPassword", otherWord);
        type("repeatPassword", otherWord);
        press("submit");
        QTRY_VERIFY(sees("until"));
        QVERIFY(store_->login("Anna", other_password));
    }

    void changingThePassword() {
        user("Anna", 0);
        open();
        signIn("Anna");
        press("changePassword");
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QTRY_VERIFY(sees("until"));
        press("changePassword");
        type("oldPassword", "wrong");
        type("newPassword", otherWord);
        type("repeatPassword", otherWord);
        press("submit");
        QTRY_COMPARE(told(), QString("Wrong name or password."));
        type("oldPassword", secretWord);
        press("submit");
        QTRY_COMPARE(told("mainMessage"), QString("The password is changed."));
        QCOMPARE(live(), 1);
    }

    void refunds() {
        user("Anna", 0);
        user("Bert", 0);
        user("Mona", managerBit);
        open();
        signIn("Anna");
        press("refund");
        QTest::keyClick(see<QLineEdit>("reason"), Qt::Key_Escape);
        QTRY_VERIFY(!sees("dialogSubmit"));
        press("refund");
        press("dialogSubmit");
        QCOMPARE(told("dialogMessage"), QString("Give a reason."));
        see<QDoubleSpinBox>("amount")->setValue(12.5);
        type("reason", "torn");
        const auto approve = [&](const char *name, const QString &word, const QString &answer) {
            type("secondName", name);
            type("secondPassword", word);
            press("dialogSubmit");
            QTRY_COMPARE(told("dialogMessage"), answer);
        };
        approve("Mona", "wrong", "Wrong name or password.");
        approve("Bert", secretWord, "Bert may not approve refunds.");
        approve("Anna", secretWord, "Another person has to approve, and you have to be signed in.");
        type("secondName", "Mona");
        type("secondPassword", secretWord);
        press("dialogSubmit");
        QTRY_VERIFY(!sees("dialogSubmit"));
        QCOMPARE(see<QListWidget>("refunds")->count(), 1);
        QVERIFY(see<QListWidget>("refunds")->item(0)->text().endsWith("12.50: torn, approved by Mona"));
        picture("main");
        std::string purpose;
        for (const Event &event : store_->events())
            if (event.kind() == EventKind::Authorized) purpose = event.detail();
        QCOMPARE(purpose, std::string("refund 12.50: torn"));
    }

    void administration() {
        user("Anna", administratorBit | managerBit);
        open();
        signIn("Anna");
        tab(1);
        for (const char *name : {"Bert Baker", "Mona Meier", "Otto Ost"}) {
            press("newUser");
            type("newName", name);
            type("newPassword", secretWord);
            type("repeatPassword", secretWord);
            press("dialogSubmit");
            QTRY_VERIFY(cell("users", name, 0));
        }
        cell("users", "Mona Meier", 3)->setCheckState(Qt::Checked);
        QCOMPARE(store_->user_find("Mona Meier")->permissions(), managerBit);
        QVERIFY(!(cell("users", "Anna", 2)->flags() & Qt::ItemIsEnabled));
        select("users", "Anna");
        press("disable");  // not oneself
        QVERIFY(!store_->user_find("Anna")->disabled());
        select("users", "Bert Baker");
        press("disable");
        QCOMPARE(cell("users", "Bert Baker", 1)->text(), QString("disabled"));
        select("users", "Otto Ost");
        press("reset");
        QMessageBox *box = nullptr;
        QTRY_VERIFY((box = window_->findChild<QMessageBox *>()));
        QVERIFY(box->text().startsWith("Code for Otto Ost, good until "));
        const QString code = box->text().section('\n', -1);
        QCOMPARE(store_->login("Otto Ost", code.toStdString()).status(), Status::MustChange);
        box->close();
        QCOMPARE(cell("users", "Otto Ost", 1)->text(), QString("has to choose a password"));
        picture("users");

        const auto mona = store_->login("Mona Meier", password, {false, "Till 2"}).value();
        tab(2);
        QCOMPARE(cell("sessions", "Mona Meier", 3)->text(), QString("Till 2"));
        select("sessions", "Mona Meier");
        press("revoke");
        QCOMPARE(cell("sessions", "Mona Meier", 4)->text(), QString("The session was ended by somebody else."));
        QCOMPARE(store_->verify(mona.token).status(), Status::Revoked);

        tab(3);
        const auto *audit = see<QTableWidget>("audit");
        QVERIFY(!audit->findItems("user created", Qt::MatchExactly).isEmpty());
        QCOMPARE(audit->item(0, 1)->text(), QString("session revoked"));
        QCOMPARE(audit->item(0, 2)->text(), QString("Anna"));
        for (const Event &event : store_->events())
            if (event.kind() == EventKind::UserDisabled) QCOMPARE(event.actor_id(), store_->user_find("Anna")->id());
        QCOMPARE(store_->check(), std::uint64_t{0});
    }

    void rightsThatAreTakenAway() {
        user("Anna", administratorBit);
        open();
        signIn("Anna");
        tab(1);
        store_->user_permit(store_->user_find("Anna")->id(), 0).require();
        press("newUser");
        QVERIFY(!sees("newName"));
        QCOMPARE(see<QTabWidget>("tabs")->count(), 1);
    }

    void itWarnsAndSignsOut() {
        store_->policy_set(Policy::IdleMs, 3000).require();
        user("Anna", 0);
        open();
        signIn("Anna");
        QVERIFY(sees("stay"));  // less than a minute is left from the start
        QTest::qWait(1500);
        press("stay");
        QTest::qWait(2000);
        QVERIFY(sees("until"));
        press("refund");
        QTRY_VERIFY_WITH_TIMEOUT(sees("password"), 8000);
        QCOMPARE(told(), QString("Signed out: nobody was there."));
        QCOMPARE(see<QLineEdit>("name")->text(), QString("Anna"));
        QVERIFY(!sees("dialogSubmit"));
        signIn("Anna");
    }

    void twoWindowsOnOneStore() {
        user("Anna", administratorBit);
        user("Bert", 0);
        qt::GuardTimes quick;
        quick.look = std::chrono::milliseconds(20);
        open(quick);
        signIn("Bert");
        auto berts = std::move(window_);
        open();
        signIn("Anna");
        tab(1);
        select("users", "Bert");
        press("disable");
        std::swap(window_, berts);
        QTRY_COMPARE(told(), QString("The session was ended by somebody else."));
        QCOMPARE(live(), 1);
    }

    void aWindowClosedDuringALogin() {
        user("Anna", 0);
        open();
        type("name", "Anna");
        type("password", secretWord);
        press("submit");
        window_->close();
        window_.reset();
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(attempts(), 1);
        QCOMPARE(live(), 0);
        open();
        signIn("Anna");
        window_->close();
        QCOMPARE(live(), 0);
    }

    void bothLanguages() {
        const int count = static_cast<int>(Text::EventOther) + 1;
        const auto all = [&](const char *language) {
            setLanguage(language);
            QStringList texts;
            for (int i = 0; i < count; i++) texts += text(static_cast<Text>(i));
            return texts;
        };
        const QStringList german = all("de_DE"), english = all("fr");
        for (int i = 0; i < count; i++) {
            for (const char *place : {"%1", "%2", "%3", "%4"}) QCOMPARE(german[i].contains(place), english[i].contains(place));
            QCOMPARE(german[i].count('&'), english[i].count('&'));
        }
        QCOMPARE(words(EventKind::StoreCreated), QString("store created"));
        QCOMPARE(words(EventKind::Authorized), QString("approved"));
        QCOMPARE(words(static_cast<EventKind>(24)), QString("something newer"));
        for (int number = 1; number < 30; number++) QVERIFY(words(static_cast<Status>(number)) != words(Status::Ok));
    }

    void largerText() {
        user("Anna", administratorBit);
        const QFont before = QApplication::font();
        QFont larger = before;
        larger.setPointSizeF(before.pointSizeF() * 1.25);
        QApplication::setFont(larger);
        open();
        QVERIFY(window_->minimumSizeHint().width() <= window_->width());
        for (QPushButton *button : window_->findChildren<QPushButton *>())
            if (button->isVisible()) QVERIFY(button->width() >= button->sizeHint().width());
        QApplication::setFont(before);
    }
};

QTEST_MAIN(TestFrontDesk)
#include "tst_front_desk.moc"
