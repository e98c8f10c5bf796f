// desksession for C++17: users, sessions, events, faults, lists of them, the numbers of the header. Part of desksession.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_VALUES_HPP
#define DESKSESSION_VALUES_HPP

#include <desksession/secret.hpp>

#include <chrono>
#include <functional>
#include <iterator>
#include <optional>

namespace desksession {

using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

// In all of these a number that is not named here, from a newer library, keeps its value.
enum class KeySource : std::uint32_t {
    Recorded = 0,
    User = SESSION_KEY_USER,
    Store = SESSION_KEY_STORE,
    Caller = SESSION_KEY_CALLER,
    Keystore = SESSION_KEY_KEYSTORE,
};

enum class Scope : std::uint32_t {
    Recorded = 0,
    User = SESSION_SCOPE_USER,
    Machine = SESSION_SCOPE_MACHINE,
};

enum class Policy : std::uint32_t {
    AbsoluteMs = SESSION_POLICY_ABSOLUTE_MS,
    IdleMs = SESSION_POLICY_IDLE_MS,
    RememberedAbsoluteMs = SESSION_POLICY_REMEMBERED_ABSOLUTE_MS,
    RememberedIdleMs = SESSION_POLICY_REMEMBERED_IDLE_MS,
    PasswordMin = SESSION_POLICY_PASSWORD_MIN,
    KdfMemoryKib = SESSION_POLICY_KDF_MEMORY_KIB,
    KdfPasses = SESSION_POLICY_KDF_PASSES,
    ThrottleFree = SESSION_POLICY_THROTTLE_FREE,
    ThrottleCapMs = SESSION_POLICY_THROTTLE_CAP_MS,
    ThrottleStop = SESSION_POLICY_THROTTLE_STOP,
    EndedKeepMs = SESSION_POLICY_ENDED_KEEP_MS,
    AuditKeepMs = SESSION_POLICY_AUDIT_KEEP_MS,
};

enum class Preset : std::uint32_t {
    Aal1Timeouts = SESSION_PRESET_AAL1_TIMEOUTS,
    Aal2Timeouts = SESSION_PRESET_AAL2_TIMEOUTS,
    Aal3Timeouts = SESSION_PRESET_AAL3_TIMEOUTS,
    DefaultTimeouts = SESSION_PRESET_DEFAULT_TIMEOUTS,
};

enum class Weak : std::uint32_t {
    Not = SESSION_WEAK_NOT,
    Short = SESSION_WEAK_SHORT,
    Long = SESSION_WEAK_LONG,
    Common = SESSION_WEAK_COMMON,
    UserName = SESSION_WEAK_USER_NAME,
    AppName = SESSION_WEAK_APP_NAME,
    Repeats = SESSION_WEAK_REPEATS,
    Sequence = SESSION_WEAK_SEQUENCE,
};

enum class EventKind : std::uint32_t {
    StoreCreated = SESSION_EVENT_STORE_CREATED,
    LoginAttempt = SESSION_EVENT_LOGIN_ATTEMPT,
    Login = SESSION_EVENT_LOGIN,
    LoginFailed = SESSION_EVENT_LOGIN_FAILED,
    Logout = SESSION_EVENT_LOGOUT,
    Expired = SESSION_EVENT_EXPIRED,
    Idle = SESSION_EVENT_IDLE,
    Clock = SESSION_EVENT_CLOCK,
    Revoked = SESSION_EVENT_REVOKED,
    UserCreated = SESSION_EVENT_USER_CREATED,
    UserRenamed = SESSION_EVENT_USER_RENAMED,
    UserEnabled = SESSION_EVENT_USER_ENABLED,
    UserDisabled = SESSION_EVENT_USER_DISABLED,
    UserPermitted = SESSION_EVENT_USER_PERMITTED,
    UserDeleted = SESSION_EVENT_USER_DELETED,
    UserUnthrottled = SESSION_EVENT_USER_UNTHROTTLED,
    PasswordChanged = SESSION_EVENT_PASSWORD_CHANGED,
    PolicyChanged = SESSION_EVENT_POLICY_CHANGED,
    Purged = SESSION_EVENT_PURGED,
    Adopted = SESSION_EVENT_ADOPTED,
    BackedUp = SESSION_EVENT_BACKED_UP,
    PasswordReset = SESSION_EVENT_PASSWORD_RESET,
    Authorized = SESSION_EVENT_AUTHORIZED,
};

namespace detail {

inline std::optional<Time> time(std::int64_t milliseconds) {
    return milliseconds == 0 ? std::nullopt : std::optional<Time>(std::chrono::milliseconds(milliseconds));
}

}  // namespace detail

// What the library writes into; the accessors of its kinds make values of C++ of it.
template <class Raw>
class Row {
public:
    Row() noexcept { raw_.size = static_cast<std::uint32_t>(sizeof raw_); }
    Raw &raw() noexcept { return raw_; }
    const Raw &raw() const noexcept { return raw_; }

protected:
    bool flag(std::uint32_t bit) const noexcept { return (raw_.flags & bit) != 0; }
    Raw raw_ = {};
};

class Session : public Row<session_info> {
public:
    std::string id() const { return raw_.session_id; }
    std::string user_id() const { return raw_.user_id; }
    std::string user_name() const { return raw_.user_name; }
    std::string label() const { return raw_.label; }
    std::uint64_t permissions() const noexcept { return raw_.permissions; }
    std::optional<Time> created_at() const { return detail::time(raw_.created_at); }
    std::optional<Time> authenticated_at() const { return detail::time(raw_.authenticated_at); }
    std::optional<Time> last_seen_at() const { return detail::time(raw_.last_seen_at); }
    std::optional<Time> expires_at() const { return detail::time(raw_.expires_at); }
    std::optional<Time> idle_expires_at() const { return detail::time(raw_.idle_expires_at); }
    std::optional<Time> ended_at() const { return detail::time(raw_.ended_at); }
    bool remembered() const noexcept { return flag(SESSION_INFO_REMEMBERED); }
    // In lists: what peek would answer for it. A row that was refused is not live, whatever it says.
    Status state() const noexcept {
        if (tampered()) return Status::Tampered;
        return newer() ? Status::Newer : static_cast<Status>(raw_.state);
    }
    bool tampered() const noexcept { return flag(SESSION_INFO_TAMPERED); }
    bool newer() const noexcept { return flag(SESSION_INFO_NEWER); }
};

class User : public Row<session_user> {
public:
    std::string id() const { return raw_.user_id; }
    std::string name() const { return raw_.user_name; }
    std::uint64_t permissions() const noexcept { return raw_.permissions; }
    std::optional<Time> created_at() const { return detail::time(raw_.created_at); }
    std::optional<Time> last_login_at() const { return detail::time(raw_.last_login_at); }
    std::optional<Time> password_changed_at() const { return detail::time(raw_.password_changed_at); }
    std::uint32_t failures() const noexcept { return raw_.failures; }
    std::uint32_t live_sessions() const noexcept { return raw_.live_sessions; }
    bool disabled() const noexcept { return flag(SESSION_USER_DISABLED_FLAG); }
    bool must_change() const noexcept { return flag(SESSION_USER_MUST_CHANGE_FLAG); }
    bool tampered() const noexcept { return flag(SESSION_USER_TAMPERED_FLAG); }
    bool newer() const noexcept { return flag(SESSION_USER_NEWER_FLAG); }
};

class Event : public Row<session_event> {
public:
    std::int64_t id() const noexcept { return raw_.id; }
    EventKind kind() const noexcept { return static_cast<EventKind>(raw_.kind); }
    std::optional<Time> at() const { return detail::time(raw_.at); }
    std::string actor_id() const { return raw_.actor_id; }
    std::string user_id() const { return raw_.user_id; }
    std::string session_id() const { return raw_.session_id; }
    std::string detail() const { return raw_.detail; }
    std::string os_account() const { return raw_.os_account; }
    // Ok; Tampered: it was edited or is missing; Newer: a newer library wrote it. Of the last two only the id is known.
    Status status() const noexcept { return status_; }
    void set_status(Status status) noexcept { status_ = status; }

private:
    Status status_ = Status::Ok;
};

// What Store::check found against one row, or against the database as a whole.
class Fault : public Row<session_fault> {
public:
    Status status() const noexcept { return static_cast<Status>(raw_.status); }
    std::uint64_t number() const noexcept { return raw_.number; }
    std::string table() const { return raw_.table; }
    std::string row() const { return raw_.row; }
    std::string detail() const { return raw_.detail; }
};

// A list that is read row by row while one walks through it, once. The store must stay open meanwhile.
template <class Item>
class Range {
public:
    // Reads the row after the one that is in the item; false: there is none.
    using Next = std::function<bool(Item &)>;

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = const Item *;
        using reference = const Item &;

        explicit iterator(Range *range) : range_(range) { ++*this; }
        iterator() noexcept : range_(nullptr) {}
        reference operator*() const noexcept { return range_->item_; }
        pointer operator->() const noexcept { return &range_->item_; }
        iterator &operator++() {
            if (!range_->next_(range_->item_)) range_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &a, const iterator &b) noexcept { return a.range_ == b.range_; }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return a.range_ != b.range_; }

    private:
        Range *range_;
    };

    explicit Range(Next next) : next_(std::move(next)) {}
    iterator begin() { return iterator(this); }
    iterator end() noexcept { return iterator(); }

private:
    Next next_;
    Item item_;
};

}  // namespace desksession

#endif
