// The Qt side: answers in the receiver's thread, windows that die meanwhile, the guard of a session.
#include "support.hpp"

#include <desksession_qt.hpp>

#include <QtTest>

using namespace desksession;
using namespace support;
using qt::AsyncStore;
using qt::Outcome;
using qt::SessionGuard;

static const QString anna = QStringLiteral("Anna Müller"), secretWord = QString::fromUtf8(password);

class TestQt : public QObject {
    Q_OBJECT

    Home home_;
    std::shared_ptr<const Store> store_;

    std::size_t live() const {
        std::size_t count = 0;
        for (const Session &session : store_->sessions()) count += session.state() == Status::Ok;
        return count;
    }
    std::unique_ptr<SessionGuard> guard(qt::GuardTimes times = {}) {
        return std::make_unique<SessionGuard>(store_, std::move(store_->login("Anna Müller", password)->token), nullptr, times);
    }

private slots:
    void initTestCase() {
        store_ = std::make_shared<Store>(fast_store(home_));
        store_->user_create("Anna Müller", password).require();
    }
    void cleanup() {
        QThreadPool::globalInstance()->waitForDone();
        store_->policy_preset(Preset::DefaultTimeouts).require();
        store_->revoke_user(store_->user_find("Anna Müller")->id()).require();
        store_->user_unthrottle(store_->user_find("Anna Müller")->id()).require();
    }

    void answersInTheReceiversThread() {
        const AsyncStore async(store_);
        Token token;
        bool after = false;
        async.login(anna.toUpper(), secretWord, {false, "Till 2"}, this, [&](auto &login) {
            QVERIFY(after);
            QCOMPARE(QThread::currentThread(), thread());
            QVERIFY(login && !login.fault());
            token = std::move(login->token);
        });
        after = true;  // it comes back through the event loop, never from within the call
        QTRY_VERIFY(!token.empty());
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCOMPARE(store_->verify(token)->label(), std::string("Till 2"));

        Status status = Status::Ok;
        async.login(anna, "wrong", this, [&](auto &login) { status = login.status(); });
        QTRY_COMPARE(status, Status::BadCredentials);
    }

    void answersInAnotherThread() {
        QThread other;
        QObject receiver;
        receiver.moveToThread(&other);
        other.start();
        std::atomic<QThread *> seen{nullptr};
        QTimer::singleShot(0, &receiver, [&] {
            AsyncStore(store_).login(anna, secretWord, &receiver, [&](auto &) { seen = QThread::currentThread(); });
        });
        QTRY_COMPARE(seen.load(), &other);
        QThreadPool::globalInstance()->waitForDone();
        QTimer::singleShot(0, &receiver, [&] { receiver.moveToThread(thread()); });
        QTRY_COMPARE(receiver.thread(), thread());
        other.quit();
        other.wait();
        QCOMPARE(live(), 0u);  // nobody took it
    }

    void theOtherCallsThatHash() {
        const AsyncStore async(store_);
        const Token token = std::move(store_->login("Anna Müller", password)->token);
        QString id;
        async.userCreate("Otto", secretWord, token, this, [&](auto &made) { id = qt::text(*made.answer()); });
        QTRY_VERIFY(!id.isEmpty());
        Code code;
        async.passwordReset(id, token, this, [&](auto &reset) { code = std::move(*reset.answer()); });
        QTRY_VERIFY(!code.empty());
        std::optional<Status> changed;
        const QString next = QString::fromUtf8(other_password);
        async.passwordChange("Otto", qt::text(code.reveal()), next, {}, this, [&](auto &done) { changed = done.status(); });
        QTRY_VERIFY(changed == Status::Ok);
        std::string who;
        async.authorize(token, "Otto", next, "refund 12.50", this, [&](auto &yes) { who = yes->name(); });
        QTRY_COMPARE(who, std::string("Otto"));
        std::optional<Status> actor;
        async.userCreate("Third", secretWord, Token("ds1_nobody"), this, [&](auto &made) { actor = made.status(); });
        QTRY_VERIFY(actor == Status::NotAllowed);
    }

    void aLoginThatNobodyTakesIsLoggedOut() {
        const AsyncStore async(store_);
        auto window = std::make_unique<QWidget>();
        bool called = false;
        async.login(anna, secretWord, window.get(), [&](auto &) { called = true; });
        window.reset();  // closed while it hashes
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QVERIFY(!called);
        QCOMPARE(live(), 0u);

        window = std::make_unique<QWidget>();
        async.login(anna, secretWord, window.get(), [&](auto &) { called = true; });
        QThreadPool::globalInstance()->waitForDone();
        QCOMPARE(live(), 1u);
        window.reset();  // closed when the answer is on its way
        QVERIFY(!called);
        QCOMPARE(live(), 0u);

        async.login(anna, secretWord, this, [&](auto &) { called = true; });  // seen, not taken
        QTRY_VERIFY(called);
        QTRY_COMPARE(live(), 0u);
        QCOMPARE(std::distance(store_->sessions().begin(), Range<Session>::iterator()) > 0, true);
    }

    void aReceiverMayDieInItsAnswer() {
        auto *window = new QWidget;
        QPointer<QWidget> watch = window;
        AsyncStore(store_).login(anna, secretWord, window, [window](auto &login) {
            const Token taken = std::move(login->token);
            delete window;
        });
        QTRY_VERIFY(!watch);
    }

    void faultsAreValues() {
        auto closed = std::make_shared<Store>(Store::open(home_.folder("closed")));
        closed->close();
        std::optional<Status> status;
        QString detail;
        AsyncStore(closed).login(anna, secretWord, this, [&](auto &login) {
            status = login.status();
            detail = login.fault()->detail();
            QVERIFY(!login);
            QVERIFY_EXCEPTION_THROWN(login.answer(), Error);
        });
        QTRY_VERIFY(status == Status::BadHandle);
        QVERIFY(detail.contains("closed"));
        const auto logout = qt::attempt([&] { return closed->logout(Token()); });
        QVERIFY(!logout && logout.status() == Status::BadHandle);
        AsyncStore(store_).run(
            this, [](const Store &) -> Answer { throw std::bad_alloc(); }, [&](auto &any) { status = any.status(); });
        QTRY_VERIFY(status == Status::Internal);
    }

    void text() {
        const QString half = QString("a") + QChar(0xd83d);
        const AsyncStore async(store_);
        for (const auto &[name, word] : {std::pair(half, secretWord), std::pair(anna, half)}) {
            std::optional<Status> status;
            async.login(name, word, this, [&](auto &login) { status = login.status(); });
            QTRY_VERIFY(status == Status::BadArgument);
        }
        const QString nul = QString::fromUtf8("with\0a NUL in the middle", 23);
        for (const char *text : {"אנה בן", "عمر", "𠮷野家", "Łucja Żółć"}) {
            const QString name = QString::fromUtf8(text);
            std::optional<Status> status;
            async.userCreate(name, nul, {}, this, [&](auto &made) { status = made.status(); });
            QTRY_VERIFY(status == Status::Ok);
            QCOMPARE(qt::text(store_->user_find(text)->name()), name);
            QCOMPARE(store_->login(text, "with").status(), Status::BadCredentials);
            QVERIFY(store_->login(text, qt::secret(nul).reveal()));
        }
    }

    void times() {
        const QDateTime moment(QDate(2024, 2, 29), QTime(23, 59, 58, 123), QTimeZone::utc());
        QCOMPARE(qt::time(qt::time(moment)), moment);
        QCOMPARE(qt::time(qt::time(moment.toLocalTime())), moment);
        QCOMPARE(qt::time(qt::time(moment.toLocalTime())).offsetFromUtc(), 0);
        QVERIFY(!qt::time(std::optional<Time>()).isValid());
        QVERIFY(!qt::time(QDateTime()));
    }

    void activityCountsAtABoundedRate() {
        store_->policy_set(Policy::IdleMs, 1500).require();
        QWidget window;
        const auto kept = guard({std::chrono::milliseconds(200), std::chrono::milliseconds(50), std::chrono::seconds(0)});
        int looks = 0;
        kept->alive.connect(this, [&](const Session &) { looks++; });
        QElapsedTimer clock;
        for (clock.start(); clock.elapsed() < 2500;) {
            QTest::mouseClick(&window, Qt::LeftButton);
            QTest::qWait(20);
        }
        QVERIFY(kept->live());  // longer than the idle limit
        QVERIFY2(looks < 2500 / 50 + 2500 / 200 + 10, qPrintable(QString::number(looks)));

        std::optional<Status> reason;
        kept->ended.connect(this, [&](Status why) { reason = why; });
        for (clock.restart(); !reason && clock.elapsed() < 5000; QTest::qWait(20)) {  // made by the program: no activity
            QCoreApplication::postEvent(&window, new QKeyEvent(QEvent::KeyPress, Qt::Key_A, Qt::NoModifier));
        }
        QVERIFY(reason == Status::Idle);
    }

    void itWarnsAndEndsOnce() {
        store_->policy_set(Policy::AbsoluteMs, 2500).require();
        const auto kept = guard({std::chrono::seconds(15), std::chrono::seconds(5), std::chrono::seconds(60)});
        QVector<int> left;
        QVector<Status> ends;
        kept->expiring.connect(this, [&](int seconds) { left += seconds; });
        kept->ended.connect(this, [&](Status reason) { ends += reason; });
        {
            QObject gone;
            kept->ended.connect(&gone, [&](Status) { ends += Status::Internal; });
        }
        QVERIFY(kept->look());
        QTRY_COMPARE(ends, QVector<Status>{Status::Expired});
        QVERIFY(!left.isEmpty() && left.first() <= 2 && left.last() <= left.first());
        QVERIFY(kept->token().empty() && !kept->live());
        QVERIFY(!kept->verify() && !kept->look());
        QCOMPARE(ends.size(), 1);
    }

    void whatEndsElsewhereIsTold() {
        for (const auto &end : std::vector<std::function<void(const Token &)>>{
                 [&](const Token &token) { store_->logout(token).require(); },
                 [&](const Token &token) { store_->revoke(store_->peek(token)->id()).require(); }}) {
            const auto kept = guard({std::chrono::seconds(15), std::chrono::milliseconds(20), std::chrono::seconds(60)});
            int told = 0;
            kept->ended.connect(this, [&](Status reason) { told += reason == Status::LoggedOut || reason == Status::Revoked; });
            end(kept->token());
            QTRY_COMPARE(told, 1);
        }
    }

    void aGuardMayDieInItsAnswer() {
        auto kept = guard();
        store_->logout(kept->token()).require();
        kept->ended.connect(this, [&](Status) { kept.reset(); });
        QVERIFY(!kept->verify());
        QVERIFY(!kept);
        kept = guard();
        kept->alive.connect(this, [&](const Session &) { kept.reset(); });
        QVERIFY(!kept->verify());
    }

    void signingOut() {
        const auto kept = guard();
        bool told = false;
        kept->ended.connect(this, [&](Status) { told = true; });
        const Token token = kept->token().copy();
        QVERIFY(kept->logout());
        QVERIFY(!told && !kept->live());
        QCOMPARE(store_->verify(token).status(), Status::LoggedOut);
        QCOMPARE(kept->logout().status(), Status::Unknown);
    }

    void aFaultEndsASession() {
        auto closing = std::make_shared<Store>(Store::open(home_.folder("store")));
        SessionGuard kept(closing, std::move(store_->login("Anna Müller", password)->token));
        std::optional<Status> reason;
        kept.ended.connect(this, [&](Status why) { reason = why; });
        closing->close();
        QVERIFY(!kept.verify());
        QVERIFY(reason == Status::BadHandle);
    }

    void theWindowStaysAlive() {
        const auto slow = std::make_shared<Store>(Store::open(home_.folder("slow")));  // hashes as the policy has it
        slow->user_create("Anna Müller", password).require();
        QElapsedTimer whole, gap;
        qint64 longest = 0;
        QTimer tick;
        connect(&tick, &QTimer::timeout, this, [&] { longest = std::max(longest, gap.restart()); });
        tick.setTimerType(Qt::PreciseTimer);
        tick.start(1);
        gap.start();
        whole.start();
        std::optional<qint64> took;
        AsyncStore(slow).login(anna, secretWord, this, [&](auto &login) {
            QVERIFY(login);
            took = whole.elapsed();
        });
        while (!took) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        qInfo("a login took %lld ms, the event loop stood still for at most %lld ms (aim: 16)", *took, longest);
        QVERIFY(*took > 20 && longest < std::max<qint64>(16, *took / 2));
    }
};

QTEST_MAIN(TestQt)
#include "tst_qt.moc"
