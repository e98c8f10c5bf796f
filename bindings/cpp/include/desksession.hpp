// desksession for C++17: logins and sessions for desktop apps. Header-only, over the C library; desksession.h is the manual,
// and every function of it is here under its name without the prefix.
//
// Answers are returned as Answer or Result, true on yes alone; faults are thrown as Error. Text goes in as UTF-8.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_HPP
#define DESKSESSION_HPP

#include <desksession/values.hpp>

#include <array>

namespace desksession {

enum class OpenMode : std::uint32_t {
    OrCreate = 0,
    Existing = SESSION_OPEN_EXISTING,
    Create = SESSION_OPEN_CREATE,
};

struct Options {
    OpenMode mode = OpenMode::OrCreate;
    KeySource key_source = KeySource::Recorded;
    Scope scope = Scope::Recorded;
    std::chrono::milliseconds busy_timeout{0};          // 0 = the library's own
    const std::array<std::uint8_t, 32> *key = nullptr;  // KeySource::Caller: yours, to be wiped after the call
};

struct LoginOptions {
    bool remember = false;
    std::string label;
};

struct Login {
    Token token;
    Session session;
};

class [[nodiscard]] LoginAnswer : public Result<Login> {
public:
    LoginAnswer() : Result(Status::Internal, {}) {}
    // On Throttled: wait this long; negative = until an administrator helps.
    std::chrono::milliseconds retry_after() const { return std::chrono::milliseconds(value_.session.raw().retry_after_ms); }

private:
    friend class Store;
};

class [[nodiscard]] SessionAnswer : public Result<Session> {
public:
    SessionAnswer() : Result(Status::Internal, {}) {}
    // The session that has ended, where the secret was right; else NULL.
    const Session *ended() const noexcept { return *this || value_.raw().session_id[0] == 0 ? nullptr : &value_; }

private:
    friend class Store;
};

struct PasswordCheck {
    bool accepted;
    Weak reason;
    std::uint32_t score;
    explicit operator bool() const noexcept { return accepted; }
};

// The version of the loaded library, for people.
inline std::string version() { return session_version(); }
inline std::uint32_t abi_version() noexcept { return session_abi_version(); }

// The value of a constant of desksession.h by its name.
inline std::int64_t constant(std::string_view name) {
    std::int64_t value = 0;
    detail::answer(session_constant(detail::Text("the name", name).c_str(), &value));
    return value;
}

// The folder that Store::open_app uses. Creates nothing.
inline std::string app_folder(std::string_view app_name, Scope scope = Scope::Recorded) {
    std::string folder(1 << 17, '\0');  // longer than any path
    const detail::Text name("the program's name", app_name);
    detail::answer(session_app_folder(name.c_str(), static_cast<std::uint32_t>(scope), folder.data(), folder.size()));
    return folder.c_str();
}

// An open store, closed when it goes. Any thread may call its const functions, all of them at once. A store that was closed or
// moved from answers everything with Error, Status::BadHandle.
class Store {
public:
    static Store open(std::string_view folder, const Options &options = {}) { return Store(session_open, folder, options); }
    static Store open_app(std::string_view app_name, const Options &options = {}) {
        return Store(session_open_app, app_name, options);
    }
    static Store adopt(std::string_view folder, const Options &options = {}) { return Store(session_adopt, folder, options); }

    Store(Store &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Store &operator=(Store &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Store() { (void)session_close(handle_); }
    // As the destructor, and tells of faults. A second one does nothing.
    void close() { detail::answer(session_close(std::exchange(handle_, nullptr))); }

    // Sessions

    // Hashes (about 0.3 s): not on a window's thread.
    LoginAnswer login(std::string_view name, std::string_view password, const LoginOptions &options = {}) const {
        const detail::Text who("the name", name);
        const session_login_options raw = login_options(options);
        LoginAnswer answer;
        auto &[token, session] = answer.value_;
        answer.status_ = detail::answer(session_login(handle_, who.c_str(), password.data(), password.size(), &raw,
                                                      token.data(), SESSION_TOKEN_SIZE, &session.raw()));
        return answer;
    }

    // Whose live session this is. Counts as activity; call it before every protected action.
    SessionAnswer verify(const Token &token) const { return look(session_verify, token); }
    // As verify, but counts as no activity. For timers and status bars.
    SessionAnswer peek(const Token &token) const { return look(session_peek, token); }
    Answer logout(const Token &token) const { return done(session_logout(handle_, token.c_str())); }

    // A second person says yes to something. Hashes.
    Result<User> authorize(TokenRef requester, std::string_view name, std::string_view password,
                           std::string_view purpose) const {
        const detail::Text who("the name", name), what("the purpose", purpose);
        return filled<User>([&](session_user *user) {
            return session_authorize(handle_, requester.c_str(), who.c_str(), password.data(), password.size(), what.c_str(),
                                     user);
        });
    }

    // Live and ended ones, oldest first; state() tells which. after: the id to go on after.
    Range<Session> sessions(std::string_view after = {}) const { return session_range(std::nullopt, after); }
    Range<Session> sessions_of(std::string_view user_id, std::string_view after = {}) const {
        return session_range(id(user_id), after);
    }

    Answer revoke(std::string_view session_id, TokenRef actor = {}) const {
        return done(session_revoke(handle_, actor.c_str(), id(session_id).c_str()));
    }
    // All sessions of a user, but one if its id is given. The value is how many ended.
    Result<std::uint64_t> revoke_user(std::string_view user_id, std::string_view except = {}, TokenRef actor = {}) const {
        std::uint64_t ended = 0;
        const Status status =
            detail::answer(session_revoke_user(handle_, actor.c_str(), id(user_id).c_str(), id(except).or_null(), &ended));
        return {status, ended};
    }

    // Users

    // The value is the new user's id. Hashes.
    Result<std::string> user_create(std::string_view name, std::string_view password, TokenRef actor = {}) const {
        const detail::Text who("the name", name);
        char user_id[SESSION_ID_SIZE] = "";
        const Status status = detail::answer(session_user_create(handle_, actor.c_str(), who.c_str(), password.data(),
                                                                 password.size(), user_id, sizeof user_id));
        return {status, user_id};
    }
    Result<User> user_get(std::string_view user_id) const {
        return filled<User>([&](session_user *user) { return session_user_get(handle_, id(user_id).c_str(), user); });
    }
    Result<User> user_find(std::string_view name) const {
        const detail::Text who("the name", name);
        return filled<User>([&](session_user *user) { return session_user_find(handle_, who.c_str(), user); });
    }
    // Oldest first. after: the id to go on after.
    Range<User> users(std::string_view after = {}) const {
        return Range<User>([handle = handle_, last = id(after)](User &user) mutable {
            return more(session_user_next(handle, last.or_null(), &user.raw()), last, user);
        });
    }
    Answer user_rename(std::string_view user_id, std::string_view new_name, TokenRef actor = {}) const {
        const detail::Text name("the new name", new_name);
        return done(session_user_rename(handle_, actor.c_str(), id(user_id).c_str(), name.c_str()));
    }
    Answer user_enable(std::string_view user_id, bool enabled, TokenRef actor = {}) const {
        return done(session_user_enable(handle_, actor.c_str(), id(user_id).c_str(), enabled ? 1 : 0));
    }
    Answer user_permit(std::string_view user_id, std::uint64_t permissions, TokenRef actor = {}) const {
        return done(session_user_permit(handle_, actor.c_str(), id(user_id).c_str(), permissions));
    }
    Answer user_delete(std::string_view user_id, TokenRef actor = {}) const {
        return done(session_user_delete(handle_, actor.c_str(), id(user_id).c_str()));
    }
    Answer user_unthrottle(std::string_view user_id, TokenRef actor = {}) const {
        return done(session_user_unthrottle(handle_, actor.c_str(), id(user_id).c_str()));
    }

    // Passwords

    // For a meter beside the field. Hashes nothing. An empty name is none yet.
    PasswordCheck password_check(std::string_view password, std::string_view name = {}) const {
        const detail::Text who("the name", name);
        std::uint32_t reason = 0, score = 0;
        const Status status =
            detail::answer(session_password_check(handle_, who.or_null(), password.data(), password.size(), &reason, &score));
        return {status == Status::Ok, static_cast<Weak>(reason), score};
    }
    // Hashes twice. Ends the user's other sessions; the one of keep goes on.
    Answer password_change(std::string_view name, std::string_view old_password, std::string_view new_password,
                           TokenRef keep = {}) const {
        const detail::Text who("the name", name);
        return done(session_password_change(handle_, who.c_str(), old_password.data(), old_password.size(), new_password.data(),
                                            new_password.size(), keep.c_str()));
    }
    // The value is a one-time code, to be shown once. Hashes.
    Result<Code> password_reset(std::string_view user_id, TokenRef actor = {}) const {
        Code code;
        const Status status =
            detail::answer(session_password_reset(handle_, actor.c_str(), id(user_id).c_str(), code.data(), SESSION_CODE_SIZE));
        return {status, std::move(code)};
    }

    // The store itself

    std::int64_t policy_get(Policy item) const {
        std::int64_t value = 0;
        detail::answer(session_policy_get(handle_, static_cast<std::uint32_t>(item), &value));
        return value;
    }
    Answer policy_set(Policy item, std::int64_t value, TokenRef actor = {}) const {
        return done(session_policy_set(handle_, actor.c_str(), static_cast<std::uint32_t>(item), value));
    }
    Answer policy_preset(Preset preset, TokenRef actor = {}) const {
        return done(session_policy_preset(handle_, actor.c_str(), static_cast<std::uint32_t>(preset)));
    }
    Answer backup(std::string_view new_folder, TokenRef actor = {}) const {
        const detail::Text folder("the folder", new_folder);
        return done(session_backup(handle_, actor.c_str(), folder.c_str()));
    }
    // Looks at everything; the number of faults, which faults() then names.
    std::uint64_t check() const {
        std::uint64_t faults = 0;
        detail::answer(session_check(handle_, &faults));
        return faults;
    }
    Range<Fault> faults() const {
        return Range<Fault>([handle = handle_](Fault &fault) {
            return row(detail::answer(session_fault_next(handle, fault.number(), &fault.raw())));
        });
    }
    // The number of rows that were removed.
    std::uint64_t purge() const {
        std::uint64_t removed = 0;
        detail::answer(session_purge(handle_, &removed));
        return removed;
    }
    // The audit trail, oldest first. What was edited or is missing comes with its status, and reading goes on.
    Range<Event> events(std::int64_t after = 0) const {
        return Range<Event>([handle = handle_, after](Event &event) mutable {
            const std::int32_t status = session_event_next(handle, after, &event.raw());
            const bool known = (status == SESSION_TAMPERED || status == SESSION_NEWER) && event.id() > after;
            if (!known && !row(detail::answer(status))) return false;
            event.set_status(static_cast<Status>(status));
            after = event.id();
            return true;
        });
    }

private:
    using Open = std::int32_t(const char *, const session_options *, session_store **);
    using Look = std::int32_t(session_store *, const char *, session_info *);

    Store(Open *open, std::string_view where, const Options &options) {
        check_library();
        const detail::Text place("the folder or program name", where);
        session_options raw = {};
        raw.size = sizeof raw;
        raw.flags = static_cast<std::uint32_t>(options.mode);
        raw.key_source = static_cast<std::uint32_t>(options.key_source);
        raw.scope = static_cast<std::uint32_t>(options.scope);
        raw.busy_timeout_ms = milliseconds(options.busy_timeout);
        if (options.key != nullptr) std::copy(options.key->begin(), options.key->end(), raw.key);
        const std::int32_t status = open(place.c_str(), &raw, &handle_);
        wipe(raw.key, sizeof raw.key);
        detail::answer(status);
    }

    static void check_library() {
        if (session_abi_version() == SESSION_ABI_VERSION) return;
        throw Error(Status::Unsupported, "the loaded desksession library " + version() + " has ABI version " +
                                             std::to_string(session_abi_version()) + ", this program needs " +
                                             std::to_string(SESSION_ABI_VERSION) +
                                             ": put the library it was built with beside it");
    }

    static std::uint32_t milliseconds(std::chrono::milliseconds time) {
        if (time.count() < 0 || time.count() > UINT32_MAX) throw Error(Status::BadArgument, "the time-out is out of range");
        return static_cast<std::uint32_t>(time.count());
    }

    static session_login_options login_options(const LoginOptions &options) {
        session_login_options raw = {};
        raw.size = sizeof raw;
        raw.flags = options.remember ? SESSION_LOGIN_REMEMBERED : 0;
        const detail::Text label("the label", options.label);
        if (options.label.size() >= sizeof raw.label) throw Error(Status::BadArgument, "the label is longer than 63 bytes");
        std::copy(options.label.begin(), options.label.end(), raw.label);
        return raw;
    }

    static detail::Text id(std::string_view id) { return {"an id", id}; }
    static Answer done(std::int32_t status) { return Answer(detail::answer(status)); }

    SessionAnswer look(Look *look, const Token &token) const {
        SessionAnswer answer;
        answer.status_ = detail::answer(look(handle_, token.c_str(), &answer.value_.raw()));
        return answer;
    }

    template <class Item, class Call>
    static Result<Item> filled(Call call) {
        Item item;
        const Status status = detail::answer(call(&item.raw()));
        return {status, item};
    }

    // Whether there was a further row.
    static bool row(Status status) {
        if (status != Status::Ok && status != Status::Done) throw Refused(status);
        return status == Status::Ok;
    }
    template <class Item>
    static bool more(std::int32_t status, detail::Text &last, const Item &item) {
        if (!row(detail::answer(status))) return false;
        last = id(item.id());
        return true;
    }

    Range<Session> session_range(std::optional<detail::Text> of, std::string_view after) const {
        return Range<Session>([handle = handle_, of = std::move(of), last = id(after)](Session &session) mutable {
            const char *user_id = of ? of->c_str() : nullptr;
            return more(session_next(handle, user_id, last.or_null(), &session.raw()), last, session);
        });
    }

    session_store *handle_ = nullptr;
};

}  // namespace desksession

#endif
