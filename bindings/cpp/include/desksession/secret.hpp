// desksession for C++17: texts that are wiped, and texts on their way to C. Part of desksession.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_SECRET_HPP
#define DESKSESSION_SECRET_HPP

#include <desksession/answer.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

namespace desksession {

// Overwrites memory, also where a compiler sees that nobody reads it again.
inline void wipe(void *memory, std::size_t size) noexcept {
    for (volatile char *byte = static_cast<volatile char *>(memory); size > 0; size--) *byte++ = 0;
}

// A secret of at most Size - 1 bytes, wiped when it goes. Moved, never copied unasked; it has no operator<<.
template <std::size_t Size>
class SecretText {
public:
    SecretText() noexcept = default;
    // A text that is too long is no token and no code: it is kept as the empty one, which the library knows nothing of.
    explicit SecretText(std::string_view text) noexcept {
        if (text.size() < Size) std::copy(text.begin(), text.end(), text_);
    }
    SecretText(SecretText &&other) noexcept { *this = std::move(other); }
    SecretText &operator=(SecretText &&other) noexcept {
        if (this != &other) {
            std::copy_n(other.text_, Size, text_);
            other.clear();
        }
        return *this;
    }
    ~SecretText() { clear(); }

    SecretText copy() const noexcept { return SecretText(reveal()); }
    void clear() noexcept { wipe(text_, Size); }
    bool empty() const noexcept { return text_[0] == 0; }
    const char *c_str() const noexcept { return text_; }
    // Not for a log, a file or a window.
    std::string_view reveal() const noexcept { return text_; }
    // For the library to write into.
    char *data() noexcept { return text_; }

private:
    char text_[Size] = {};
};

using Token = SecretText<SESSION_TOKEN_SIZE>;
using Code = SecretText<SESSION_CODE_SIZE>;

// A token or none, for the length of a call. As actor or requester none is the host program itself.
class TokenRef {
public:
    TokenRef() noexcept = default;
    TokenRef(const Token &token) noexcept : token_(token.c_str()) {}
    const char *c_str() const noexcept { return token_; }

private:
    const char *token_ = nullptr;
};

// A secret of any length, such as a password on its way to another thread. Moved, never copied; wiped when it goes.
class Secret {
public:
    Secret() noexcept = default;
    explicit Secret(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
    }
    Secret(Secret &&other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
    Secret &operator=(Secret &&other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Secret() { wipe(bytes_.get(), size_); }

    std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

namespace detail {

// Text for C, which would take a NUL in it for its end.
class Text {
public:
    Text(const char *what, std::string_view text) : text_(text) {
        if (text.find('\0') != text.npos) throw Error(Status::BadArgument, std::string(what) + " must not contain a NUL");
    }
    const char *c_str() const noexcept { return text_.c_str(); }
    const char *or_null() const noexcept { return text_.empty() ? nullptr : text_.c_str(); }

private:
    std::string text_;
};

}  // namespace detail
}  // namespace desksession

#endif
