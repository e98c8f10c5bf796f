// desksession for Qt 5.15 and 6: text and times. Part of desksession_qt.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_QT_TEXT_HPP
#define DESKSESSION_QT_TEXT_HPP

#include <desksession.hpp>

#include <QDateTime>
#include <QString>
#include <QTimeZone>

namespace desksession::qt {

inline QString text(std::string_view utf8) { return QString::fromUtf8(utf8.data(), static_cast<int>(utf8.size())); }

// In UTC; invalid where there is no time. For people: toLocalTime().
inline QDateTime time(std::optional<Time> at) {
    return at ? QDateTime::fromMSecsSinceEpoch(at->time_since_epoch().count(), QTimeZone::utc()) : QDateTime();
}
inline std::optional<Time> time(const QDateTime &at) {
    return at.isValid() ? std::optional<Time>(std::chrono::milliseconds(at.toMSecsSinceEpoch())) : std::nullopt;
}

// The UTF-8 of a text, wiped when it goes. Half a surrogate pair becomes a byte that is not UTF-8, for the library to refuse:
// Qt would put a '?' in its place, and two passwords would be one.
inline Secret secret(const QString &text) {
    QByteArray utf8 = text.isValidUtf16() ? text.toUtf8() : QByteArray("\xff");
    Secret secret(std::string_view(utf8.constData(), static_cast<std::size_t>(utf8.size())));
    wipe(utf8.data(), static_cast<std::size_t>(utf8.size()));
    return secret;
}
inline std::string utf8(const QString &text) { return std::string(secret(text).reveal()); }

}  // namespace desksession::qt

#endif
