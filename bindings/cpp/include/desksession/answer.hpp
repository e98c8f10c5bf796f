// desksession for C++17: how a call ended. Part of desksession.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_ANSWER_HPP
#define DESKSESSION_ANSWER_HPP

#include <desksession.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace desksession {

// Only Ok is yes. 1 to 99 are answers, which calls return; all else are faults, which they throw as Error. A number that is not
// named here, from a newer library, keeps its value.
enum class Status : std::int32_t {
    Ok = SESSION_OK,
    BadCredentials = SESSION_BAD_CREDENTIALS,
    Throttled = SESSION_THROTTLED,
    Unknown = SESSION_UNKNOWN,
    Expired = SESSION_EXPIRED,
    Idle = SESSION_IDLE,
    LoggedOut = SESSION_LOGGED_OUT,
    Revoked = SESSION_REVOKED,
    Clock = SESSION_CLOCK,
    Reused = SESSION_REUSED,
    Locked = SESSION_LOCKED,
    UserDisabled = SESSION_USER_DISABLED,
    MustChange = SESSION_MUST_CHANGE,
    SecondFactor = SESSION_SECOND_FACTOR,
    TooMany = SESSION_TOO_MANY,
    NotFresh = SESSION_NOT_FRESH,
    UserExists = SESSION_USER_EXISTS,
    UserUnknown = SESSION_USER_UNKNOWN,
    NameRefused = SESSION_NAME_REFUSED,
    PasswordWeak = SESSION_PASSWORD_WEAK,
    NotAllowed = SESSION_NOT_ALLOWED,
    Done = SESSION_DONE,
    BadArgument = SESSION_BAD_ARGUMENT,
    BadHandle = SESSION_BAD_HANDLE,
    BufferTooSmall = SESSION_BUFFER_TOO_SMALL,
    Busy = SESSION_BUSY,
    Limit = SESSION_LIMIT,
    Io = SESSION_IO,
    DiskFull = SESSION_DISK_FULL,
    ReadOnly = SESSION_READ_ONLY,
    Corrupt = SESSION_CORRUPT,
    Tampered = SESSION_TAMPERED,
    NotAStore = SESSION_NOT_A_STORE,
    Foreign = SESSION_FOREIGN,
    Newer = SESSION_NEWER,
    NoKey = SESSION_NO_KEY,
    KeyMismatch = SESSION_KEY_MISMATCH,
    Missing = SESSION_MISSING,
    Permission = SESSION_PERMISSION,
    StoreReplaced = SESSION_STORE_REPLACED,
    NoMemory = SESSION_NO_MEMORY,
    Forked = SESSION_FORKED,
    Unsupported = SESSION_UNSUPPORTED,
    Internal = SESSION_INTERNAL,
};

// "SESSION_EXPIRED"
inline const char *status_name(Status status) noexcept { return session_status_name(static_cast<std::int32_t>(status)); }
// One English sentence for a log.
inline const char *status_text(Status status) noexcept { return session_status_text(static_cast<std::int32_t>(status)); }

// A fault: the call could not be carried out. For a check this means: not logged in.
class Error : public std::runtime_error {
public:
    Error(Status status, const std::string &detail)
        : std::runtime_error(std::string(status_name(status)) + ": " + (detail.empty() ? status_text(status) : detail)),
          status_(status) {}

    Status status() const noexcept { return status_; }
    const char *name() const noexcept { return status_name(status_); }
    const char *text() const noexcept { return status_text(status_); }
    // What exactly failed, with the remedy where there is one. For logs and people, never to branch on.
    const char *detail() const noexcept { return what() + std::char_traits<char>::length(name()) + 2; }

private:
    Status status_;
};

// Thrown where a program takes the value of an answer that is not yes.
class Refused : public std::logic_error {
public:
    explicit Refused(Status status) : std::logic_error(std::string(status_name(status)) + " is not yes"), status_(status) {}
    Status status() const noexcept { return status_; }

private:
    Status status_;
};

// True in a condition on yes alone.
class [[nodiscard]] Answer {
public:
    explicit Answer(Status status) noexcept : status_(status) {}

    explicit operator bool() const noexcept { return status_ == Status::Ok; }
    Status status() const noexcept { return status_; }
    const char *name() const noexcept { return status_name(status_); }
    const char *text() const noexcept { return status_text(status_); }

    // For where anything but yes is a mistake of the program.
    void require() const {
        if (status_ != Status::Ok) throw Refused(status_);
    }

protected:
    Status status_;
};

inline bool operator==(const Answer &answer, Status status) noexcept { return answer.status() == status; }
inline bool operator!=(const Answer &answer, Status status) noexcept { return answer.status() != status; }

// An answer with a value, which is there on yes alone; taking it otherwise throws Refused.
template <class Value>
class [[nodiscard]] Result : public Answer {
public:
    Result(Status status, Value value) : Answer(status), value_(std::move(value)) {}

    Value &value() & { return require(), value_; }
    const Value &value() const & { return require(), value_; }
    Value value() && { return require(), std::move(value_); }

    Value &operator*() & { return value(); }
    const Value &operator*() const & { return value(); }
    Value operator*() && { return std::move(*this).value(); }
    Value *operator->() { return &value(); }
    const Value *operator->() const { return &value(); }

protected:
    Value value_;
};

namespace detail {

// An answer is returned, a fault thrown with what the library says of it.
inline Status answer(std::int32_t status) {
    if (status >= SESSION_OK && status < SESSION_BAD_ARGUMENT) return static_cast<Status>(status);
    char text[SESSION_ERROR_SIZE] = "";
    (void)session_last_error(text, sizeof text);
    throw Error(static_cast<Status>(status), text);
}

}  // namespace detail
}  // namespace desksession

#endif
