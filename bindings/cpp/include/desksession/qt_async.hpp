// desksession for Qt 5.15 and 6: calls that hash, away from the window's thread. Part of desksession_qt.hpp. Needs no moc.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_QT_ASYNC_HPP
#define DESKSESSION_QT_ASYNC_HPP

#include <desksession/qt_outcome.hpp>
#include <desksession/qt_text.hpp>

#include <QObject>
#include <QRunnable>
#include <QThread>
#include <QThreadPool>

#include <mutex>
#include <type_traits>

namespace desksession::qt {

namespace detail {

// A login that nobody took is logged out.
inline void drop(const Store &store, Outcome<LoginAnswer> &login) noexcept {
    try {
        if (login && !login->token.empty()) (void)store.logout(login->token);
    } catch (const std::exception &) {  // it ends at its idle limit
    }
}
template <class Answered>
void drop(const Store &, Outcome<Answered> &) noexcept {}

template <class Answered>
struct Parcel {
    Parcel(std::shared_ptr<const Store> from, Outcome<Answered> found) : store(std::move(from)), outcome(std::move(found)) {}
    ~Parcel() { drop(*store, outcome); }

    std::shared_ptr<const Store> store;
    Outcome<Answered> outcome;
};

// Lives in the receiver's thread and dies with the receiver; the worker reaches it through the mailbox, if it is still there.
class Courier : public QObject {
public:
    struct Mailbox {
        std::mutex mutex;
        Courier *courier;
    };

    explicit Courier(QObject *receiver) : QObject(receiver), mailbox_(std::make_shared<Mailbox>()) { mailbox_->courier = this; }
    ~Courier() override {
        const std::lock_guard<std::mutex> lock(mailbox_->mutex);
        mailbox_->courier = nullptr;
    }
    std::shared_ptr<Mailbox> mailbox() const { return mailbox_; }

private:
    std::shared_ptr<Mailbox> mailbox_;
};

// What a TokenRef refers to, kept for another thread.
class OwnToken {
public:
    explicit OwnToken(TokenRef ref) : token_(ref.c_str() == nullptr ? "" : ref.c_str()), any_(ref.c_str() != nullptr) {}
    TokenRef ref() const { return any_ ? TokenRef(token_) : TokenRef(); }

private:
    Token token_;
    bool any_;
};

template <class Answered, class Done>
class Delivery : public Courier {
public:
    Delivery(QObject *receiver, Done done) : Courier(receiver), done_(std::move(done)) {}
    void deliver(Outcome<Answered> &outcome) {
        setParent(nullptr);  // whoever is called may delete the receiver
        deleteLater();
        done_(outcome);
    }

private:
    Done done_;
};

template <class Answered, class Done, class Work>
class Job : public QRunnable {
public:
    Job(std::shared_ptr<const Store> store, Work work, std::shared_ptr<Courier::Mailbox> mailbox)
        : store_(std::move(store)), work_(std::move(work)), mailbox_(std::move(mailbox)) {}

    void run() override {
        auto parcel = std::make_shared<Parcel<Answered>>(store_, attempt([this] { return work_(*store_); }));
        const std::lock_guard<std::mutex> lock(mailbox_->mutex);
        if (mailbox_->courier == nullptr) return;  // the parcel is dropped after the lock
        auto *courier = static_cast<Delivery<Answered, Done> *>(mailbox_->courier);
        QMetaObject::invokeMethod(
            courier, [courier, parcel] { courier->deliver(parcel->outcome); }, Qt::QueuedConnection);
    }

private:
    std::shared_ptr<const Store> store_;
    Work work_;
    std::shared_ptr<Courier::Mailbox> mailbox_;
};

}  // namespace detail

// Calls on a worker thread, of Qt's global pool. `done` is called with an Outcome & in the thread of the receiver, which has to
// be the caller's, and not at all once the receiver is gone. A login whose token nobody moved out of its outcome is logged out.
// For actor, keep and requester {} is none.
class AsyncStore {
public:
    explicit AsyncStore(std::shared_ptr<const Store> store) : store_(std::move(store)) {}
    const Store &store() const { return *store_; }
    const std::shared_ptr<const Store> &shared() const { return store_; }

    template <class Done>
    void login(const QString &name, const QString &password, QObject *receiver, Done done) const {
        login(name, password, LoginOptions(), receiver, std::move(done));
    }
    template <class Done>
    void login(const QString &name, const QString &password, LoginOptions options, QObject *receiver, Done done) const {
        auto work = [name = utf8(name), password = secret(password), options = std::move(options)](const Store &store) {
            return store.login(name, password.reveal(), options);
        };
        run(receiver, std::move(work), std::move(done));
    }

    template <class Done>
    void userCreate(const QString &name, const QString &password, TokenRef actor, QObject *receiver, Done done) const {
        auto work = [name = utf8(name), password = secret(password), actor = detail::OwnToken(actor)](const Store &store) {
            return store.user_create(name, password.reveal(), actor.ref());
        };
        run(receiver, std::move(work), std::move(done));
    }

    // keep: a live session of this user that goes on.
    template <class Done>
    void passwordChange(const QString &name, const QString &oldPassword, const QString &newPassword, TokenRef keep,
                        QObject *receiver, Done done) const {
        auto work = [name = utf8(name), before = secret(oldPassword), after = secret(newPassword),
                     keep = detail::OwnToken(keep)](const Store &store) {
            return store.password_change(name, before.reveal(), after.reveal(), keep.ref());
        };
        run(receiver, std::move(work), std::move(done));
    }

    template <class Done>
    void passwordReset(const QString &userId, TokenRef actor, QObject *receiver, Done done) const {
        auto work = [id = utf8(userId), actor = detail::OwnToken(actor)](const Store &store) {
            return store.password_reset(id, actor.ref());
        };
        run(receiver, std::move(work), std::move(done));
    }

    template <class Done>
    void authorize(TokenRef requester, const QString &name, const QString &password, const QString &purpose, QObject *receiver,
                   Done done) const {
        auto work = [requester = detail::OwnToken(requester), name = utf8(name), password = secret(password),
                     purpose = utf8(purpose)](const Store &store) {
            return store.authorize(requester.ref(), name, password.reveal(), purpose);
        };
        run(receiver, std::move(work), std::move(done));
    }

    // Any other call: work takes a const Store & on the worker thread and returns an Answer or a Result.
    template <class Work, class Done>
    void run(QObject *receiver, Work work, Done done) const {
        using Answered = std::invoke_result_t<Work &, const Store &>;
        Q_ASSERT(receiver->thread() == QThread::currentThread());
        auto *delivery = new detail::Delivery<Answered, Done>(receiver, std::move(done));
        auto *job = new detail::Job<Answered, Done, Work>(store_, std::move(work), delivery->mailbox());
        QThreadPool::globalInstance()->start(job);
    }

private:
    std::shared_ptr<const Store> store_;
};

}  // namespace desksession::qt

#endif
