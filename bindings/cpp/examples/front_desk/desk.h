// What every page needs: the store, and the session of whoever is signed in.
#ifndef DESK_H
#define DESK_H

#include <desksession_qt.hpp>

// What the permission bits mean in this program.
constexpr std::uint64_t administratorBit = 1, managerBit = 2;

struct Desk {
    explicit Desk(std::shared_ptr<const desksession::Store> store) : async(std::move(store)) {}

    const desksession::Store &store() const { return async.store(); }
    const desksession::Token &token() const { return guard->token(); }

    // Before every protected action: whether somebody is signed in now who may do it.
    bool may(std::uint64_t bits) {
        return guard && guard->verify() && guard && (permissions & bits) == bits;  // the guard keeps `permissions` up to date
    }

    desksession::qt::AsyncStore async;
    std::unique_ptr<desksession::qt::SessionGuard> guard;  // while somebody is signed in
    QString name, userId;
    std::uint64_t permissions = 0;
};

#endif
