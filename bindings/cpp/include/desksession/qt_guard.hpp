// desksession for Qt 5.15 and 6: keeps an eye on the session of a window. Part of desksession_qt.hpp. Needs no moc.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_QT_GUARD_HPP
#define DESKSESSION_QT_GUARD_HPP

#include <desksession/qt_outcome.hpp>
#include <desksession/qt_text.hpp>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QPointer>
#include <QTimer>

#include <vector>

namespace desksession::qt {

// As a signal of Qt, which would need moc: guard.ended.connect(this, [this](Status reason) { ... }).
template <class... Values>
class Signal {
public:
    // The function is not called any more once the context is gone.
    void connect(QObject *context, std::function<void(Values...)> function) {
        slots_.push_back({context, std::move(function)});
    }
    // Calls in the order of connecting. A function may delete whoever has this signal.
    void emitted(Values... values) const {
        const auto all = slots_;
        for (const Slot &slot : all) {
            if (slot.context) slot.function(values...);
        }
    }

private:
    struct Slot {
        QPointer<QObject> context;
        std::function<void(Values...)> function;
    };
    std::vector<Slot> slots_;
};

struct GuardTimes {
    std::chrono::milliseconds activity{15000};  // at most one verify for activity in this time
    std::chrono::milliseconds look{5000};       // between two peeks
    std::chrono::seconds warning{60};           // before the end; from then on it looks every second
};

// Holds the token of whoever is signed in. Keys and mouse in any window of the program count as activity (verify), a timer
// looks whether the session still lives (peek). Both take some microseconds, so it lives in the windows' thread.
class SessionGuard : public QObject {
public:
    SessionGuard(std::shared_ptr<const Store> store, Token token, QObject *parent = nullptr, GuardTimes times = {})
        : QObject(parent), store_(std::move(store)), token_(std::move(token)), times_(times) {
        sinceVerify_.start();
        looking_.callOnTimeout(this, [this] { look(); });
        looking_.start(times_.look);
        trailing_.setSingleShot(true);
        trailing_.callOnTimeout(this, [this] { verify(); });
        QCoreApplication::instance()->installEventFilter(this);
    }

    // After every look at a live session.
    Signal<const Session &> alive;
    // In the last minute, every second. Activity makes the session longer again, but not past its absolute limit.
    Signal<int> expiring;
    // Once, and the token is gone then. A fault is a reason too. Not after logout().
    Signal<Status> ended;

    bool live() const { return !token_.empty(); }
    // For calls that take an actor or a requester.
    const Token &token() const { return token_; }

    // Before every protected action, and for "stay signed in": whether the session is live now. Counts as activity.
    bool verify() {
        trailing_.stop();
        sinceVerify_.restart();
        return check(&Store::verify);
    }
    // As verify, but counts as no activity.
    bool look() { return check(&Store::peek); }

    // After a fault the session may live on: tell the person.
    Outcome<Answer> logout() {
        const Token token = std::move(token_);
        stop();
        return attempt([&] { return store_->logout(token); });
    }

protected:
    bool eventFilter(QObject *, QEvent *event) override {
        if (event->spontaneous() && isActivity(event->type()) && live() && !trailing_.isActive()) {
            const auto wait = times_.activity - std::chrono::milliseconds(sinceVerify_.elapsed());
            trailing_.start(std::max(wait, std::chrono::milliseconds(0)));
        }
        return false;
    }

private:
    static bool isActivity(QEvent::Type type) {
        switch (type) {
        case QEvent::KeyPress:
        case QEvent::MouseButtonPress:
        case QEvent::MouseMove:
        case QEvent::Wheel:
        case QEvent::TouchBegin:
        case QEvent::TabletPress: return true;
        default: return false;
        }
    }

    bool check(SessionAnswer (Store::*call)(const Token &) const) {
        if (!live()) return false;
        try {
            const SessionAnswer answer = (store_.get()->*call)(token_);
            return answer ? tell(*answer) : end(answer.status());
        } catch (const Error &fault) {
            // Busy passes: not yes now, and the next look asks again.
            return fault.status() != Status::Busy && end(fault.status());
        }
    }

    // Whether the session is still live when everybody has been told.
    bool tell(const Session &session) {
        const QPointer<SessionGuard> self(this);
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(ends(session) - std::chrono::system_clock::now());
        const bool near = left <= times_.warning;
        looking_.start(near ? std::min(times_.look, std::chrono::milliseconds(1000)) : times_.look);
        alive.emitted(session);
        if (self && live() && near) expiring.emitted(std::max(0, static_cast<int>(left.count())));
        return self && live();
    }

    static Time ends(const Session &session) { return std::min(*session.expires_at(), *session.idle_expires_at()); }

    bool end(Status reason) {
        token_.clear();
        stop();
        ended.emitted(reason);
        return false;
    }

    void stop() {
        looking_.stop();
        trailing_.stop();
        QCoreApplication::instance()->removeEventFilter(this);
    }

    std::shared_ptr<const Store> store_;
    Token token_;
    GuardTimes times_;
    QElapsedTimer sinceVerify_;
    QTimer looking_;
    QTimer trailing_;
};

}  // namespace desksession::qt

#endif
