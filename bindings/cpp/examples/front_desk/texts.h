// What the program says, in English or German.
#ifndef TEXTS_H
#define TEXTS_H

#include <desksession_qt.hpp>

enum class Text {
#define TEXT(name, english, german) name,
#include "texts.inc"
#undef TEXT
};

// "en", "de"; else English.
void setLanguage(const QString &language);

QString text(Text which);
QString words(desksession::Status status);
QString words(desksession::Weak reason, std::int64_t shortest);
QString words(desksession::EventKind kind);
QString fault(const desksession::Error &error);

// Why something is not yes.
template <class Answered>
QString words(const desksession::qt::Outcome<Answered> &outcome) {
    return outcome.fault() ? fault(*outcome.fault()) : words(outcome.status());
}

QString clock(std::optional<desksession::Time> at);   // HH:MM
QString moment(std::optional<desksession::Time> at);  // with the day, where it is not today

#endif
