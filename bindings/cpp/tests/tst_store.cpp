// The use cases through the binding, on a real store.
#include "support.hpp"

#include <thread>

using namespace desksession;
using namespace support;

static void the_story(const Home &home) {
    const Store store = fast_store(home);
    const std::string id = store.user_create("Anna Müller", password).value();
    EQUAL(Status::UserExists, store.user_create("ANNA MÜLLER", password).status());

    auto login = store.login("anna müller", password, {true, "Till 2"});
    CHECK(login);
    CHECK(login->session.remembered());
    EQUAL(std::string("Till 2"), login->session.label());

    const auto session = store.verify(login->token);
    CHECK(session);
    EQUAL(std::string("Anna Müller"), session->user_name());
    EQUAL(id, session->user_id());
    CHECK(session->expires_at() > session->created_at());
    CHECK(!session->ended_at());
    CHECK(session.ended() == nullptr);

    CHECK(store.logout(login->token));
    CHECK(store.logout(login->token));  // ended before: still a genuine token
    const auto after = store.peek(login->token);
    CHECK(!after);
    EQUAL(Status::LoggedOut, after.status());
    CHECK(after == Status::LoggedOut && after != Status::Ok);
    EQUAL(std::string("Anna Müller"), after.ended()->user_name());
    CHECK(after.ended()->ended_at());
    REFUSED(LoggedOut, after->user_name());
    REFUSED(LoggedOut, after.require());

    const auto never = store.verify(Token("ds1_never"));
    EQUAL(Status::Unknown, never.status());
    CHECK(never.ended() == nullptr);
    EQUAL(Status::Unknown, store.logout(Token()).status());
}

static void wrong_passwords(const Home &home) {
    const Store store = fast_store(home);
    store.policy_set(Policy::ThrottleStop, 2).require();
    EQUAL(Status::BadCredentials, store.login("Anna Müller", other_password).status());
    EQUAL(Status::BadCredentials, store.login("nobody", password).status());
    EQUAL(Status::BadCredentials, store.login("Anna Müller", other_password).status());
    const auto throttled = store.login("Anna Müller", password);
    EQUAL(Status::Throttled, throttled.status());
    CHECK(throttled.retry_after().count() < 0);
    REFUSED(Throttled, throttled.value());
    store.user_unthrottle(store.user_find("Anna Müller")->id()).require();
    CHECK(store.login("Anna Müller", password));
    store.policy_preset(Preset::DefaultTimeouts).require();
}

static void administration(const Home &home) {
    const Store store = fast_store(home);
    const auto anna = store.login("Anna Müller", password).value();
    const std::string otto = store.user_create("Otto", password, anna.token).value();
    auto ottos = store.login("Otto", password).value();

    store.user_permit(otto, UINT64_MAX, anna.token).require();
    EQUAL(UINT64_MAX, store.verify(ottos.token)->permissions());
    store.user_rename(otto, "Otto II", anna.token).require();
    EQUAL(std::string("Otto II"), store.user_get(otto)->name());
    EQUAL(Status::NameRefused, store.user_rename(otto, " x ", anna.token).status());

    store.user_enable(otto, false, anna.token).require();
    EQUAL(Status::Revoked, store.verify(ottos.token).status());
    EQUAL(Status::UserDisabled, store.login("Otto II", password).status());
    EQUAL(Status::NotAllowed, store.user_enable(otto, true, ottos.token).status());
    CHECK(store.user_find("otto ii")->disabled());
    store.user_enable(otto, true, anna.token).require();

    const Code code = store.password_reset(otto, anna.token).value();
    EQUAL(Status::MustChange, store.login("Otto II", code.reveal()).status());
    CHECK(store.user_get(otto)->must_change());
    EQUAL(Status::PasswordWeak, store.password_change("Otto II", code.reveal(), "short").status());
    store.password_change("Otto II", code.reveal(), other_password).require();

    ottos = store.login("Otto II", other_password).value();
    EQUAL(std::uint64_t{1}, store.user_get(otto)->live_sessions());
    EQUAL(std::uint64_t{0}, store.revoke_user(otto, ottos.session.id(), anna.token).value());
    store.revoke(ottos.session.id(), anna.token).require();
    EQUAL(Status::Revoked, store.peek(ottos.token).status());
    EQUAL(Status::Unknown, store.revoke("no such id").status());

    const auto yes = store.authorize(anna.token, "Otto II", other_password, "refund 12.50");
    CHECK(yes);
    EQUAL(otto, yes->id());
    EQUAL(Status::NotAllowed, store.authorize(anna.token, "Anna Müller", password, "my own refund").status());
    FAULT(BadArgument, store.authorize(anna.token, "Otto II", other_password, ""));

    store.user_delete(otto, anna.token).require();
    EQUAL(Status::UserUnknown, store.user_get(otto).status());
    EQUAL(Status::UserUnknown, store.user_delete(otto).status());
}

static void keeping_a_session(const Home &home) {
    const Store store = fast_store(home);
    const auto kept = store.login("Anna Müller", password).value(), other = store.login("Anna Müller", password).value();
    store.password_change("Anna Müller", password, other_password, kept.token).require();
    CHECK(store.verify(kept.token));
    EQUAL(Status::Revoked, store.verify(other.token).status());
    store.password_change("Anna Müller", other_password, password).require();
    EQUAL(Status::Revoked, store.verify(kept.token).status());
}

static void password_hints(const Home &home) {
    const Store store = fast_store(home);
    const auto check = [&](std::string_view text, std::string_view name = {}) {
        return store.password_check(text, name).reason;
    };
    CHECK(check("short") == Weak::Short);
    CHECK(check("Anna Müller Anna Müller", "Anna Müller") == Weak::UserName);
    CHECK(check(std::string(2000, 'x')) == Weak::Long);
    const auto good = store.password_check(password);
    CHECK(good);
    CHECK(good.score > 0 && good.reason == Weak::Not);
}

static void limits(const Home &home) {
    const Store store = fast_store(home);
    store.policy_set(Policy::IdleMs, 1).require();
    EQUAL(std::int64_t{1}, store.policy_get(Policy::IdleMs));
    const auto login = store.login("Anna Müller", password).value();
    while (store.peek(login.token)) std::this_thread::yield();
    EQUAL(Status::Idle, store.verify(login.token).status());
    FAULT(BadArgument, store.policy_set(Policy::IdleMs, -1));
    FAULT(BadArgument, store.policy_get(static_cast<Policy>(4000)));
    store.policy_preset(Preset::Aal2Timeouts).require();
    EQUAL(std::int64_t{3600000}, store.policy_get(Policy::IdleMs));
    FAULT(BadArgument, store.policy_preset(static_cast<Preset>(4000)));
    store.purge();
}

static void backups_and_keys(const Home &home) {
    const Store store = fast_store(home);
    store.backup(home.folder("copy")).require();
    FAULT(BadArgument, store.backup(home.folder("copy")));
    EQUAL(std::string("Anna Müller"), Store::open(home.folder("copy")).user_find("anna müller")->name());
    FAULT(KeyMismatch, Store::adopt(home.folder()));

    std::array<std::uint8_t, 32> key{};
    key.fill(7);
    Options options;
    options.mode = OpenMode::Create;
    options.key_source = KeySource::Caller;
    FAULT(BadArgument, Store::open(home.folder("own"), options));  // a key of zeros
    options.key = &key;
    Store::open(home.folder("own"), options).close();
    FAULT(BadArgument, Store::open(home.folder("own"), options));  // exists
    options.mode = OpenMode::Existing;
    key.fill(8);
    FAULT(Foreign, Store::open(home.folder("own"), options));
    const Store adopted = Store::adopt(home.folder("own"), options);
    CHECK(adopted.check() == 0);

    CHECK(app_folder("Till").find("Till") != std::string::npos);
    const Store app = Store::open_app("Till");
    EQUAL(std::string("Till"), std::filesystem::path(app_folder("Till")).parent_path().filename().string());
}

int main() {
    const Home home;
    the_story(home);
    wrong_passwords(home);
    administration(home);
    keeping_a_session(home);
    password_hints(home);
    limits(home);
    backups_and_keys(home);
}
