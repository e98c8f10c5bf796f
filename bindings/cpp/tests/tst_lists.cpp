// Lists in a range-for: users, sessions, events, and the faults that a check finds.
#include "support.hpp"

#include <set>
#include <vector>

using namespace desksession;
using namespace support;

template <class Item>
static std::size_t count(Range<Item> range) {
    return static_cast<std::size_t>(std::distance(range.begin(), range.end()));
}

static void users(const Store &store) {
    CHECK(count(store.users()) == 0);
    for (const char *name : {"Anna", "Bert", "Cora"}) store.user_create(name, password).require();
    std::string names, second;
    for (const User &user : store.users()) {
        names += user.name() + ' ';
        if (user.name() == "Bert") second = user.id();
    }
    EQUAL(std::string("Anna Bert Cora "), names);
    CHECK(count(store.users(second)) == 1);
    auto anna = store.users();
    EQUAL(std::string("Anna"), anna.begin()->name());
}

static void sessions(const Store &store) {
    const std::string anna = store.user_find("Anna")->id();
    auto first = store.login("Anna", password, {false, "Till 1"}).value();
    auto second = store.login("Bert", password).value();
    store.logout(first.token).require();
    CHECK(count(store.sessions()) == 2);
    CHECK(count(store.sessions(first.session.id())) == 1);
    for (const Session &session : store.sessions_of(anna)) {
        EQUAL(Status::LoggedOut, session.state());
        EQUAL(std::string("Till 1"), session.label());
        CHECK(session.ended_at());
    }
    REFUSED(UserUnknown, count(store.sessions_of("")));
    REFUSED(UserUnknown, count(store.sessions_of("no id")));
}

static void events(const Store &store) {
    std::int64_t last = 0;
    std::set<EventKind> kinds;
    for (const Event &event : store.events()) {
        EQUAL(last + 1, event.id());
        EQUAL(Status::Ok, event.status());
        CHECK(event.at() && !event.os_account().empty());
        last = event.id();
        kinds.insert(event.kind());
    }
    for (EventKind kind : {EventKind::StoreCreated, EventKind::UserCreated, EventKind::Login, EventKind::Logout})
        CHECK(kinds.count(kind) == 1);
    CHECK(count(store.events(last - 1)) == 1);
    CHECK(count(store.events(last)) == 0);
    CHECK(store.check() == 0);
    CHECK(count(store.faults()) == 0);
}

// Another process changes rows behind the library's back.
static void tampered(const Home &home, const Store &store) {
    const std::string sql = "sqlite3 '" + home.folder() + "/store.db' ";
    if (std::system("sqlite3 --version >/dev/null 2>&1") != 0) {
        std::cout << "skipped: no sqlite3 here" << std::endl;
        return;
    }
    const std::string cora = store.user_find("Cora")->id();
    CHECK(std::system((sql + "\"UPDATE users SET permissions = 7 WHERE name = 'Cora';"
                             " UPDATE audit SET detail = 'forged' WHERE id = 2\"")
                          .c_str()) == 0);
    FAULT(Tampered, store.user_get(cora));
    std::vector<std::string> bad;
    for (const User &user : store.users())
        if (user.tampered()) bad.push_back(user.id());
    CHECK(bad == std::vector<std::string>{cora});
    std::vector<std::int64_t> forged;
    for (const Event &event : store.events())
        if (event.status() == Status::Tampered) forged.push_back(event.id());
    CHECK(forged == std::vector<std::int64_t>{2});

    // The user, what belongs to the user, and the event.
    EQUAL(std::uint64_t{4}, store.check());
    std::vector<std::string> tables;
    for (const Fault &fault : store.faults()) {
        EQUAL(Status::Tampered, fault.status());
        EQUAL(static_cast<std::uint64_t>(tables.size() + 1), fault.number());
        CHECK(!fault.detail().empty());
        EQUAL(fault.table() == "audit" ? "2" : cora, fault.row());
        tables.push_back(fault.table());
    }
    CHECK((tables == std::vector<std::string>{"users", "credentials", "throttle", "audit"}));
}

int main() {
    const Home home;
    const Store store = fast_store(home);
    users(store);
    sessions(store);
    events(store);
    tampered(home, store);
}
