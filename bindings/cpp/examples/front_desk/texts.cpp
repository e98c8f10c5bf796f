#include "texts.h"

#include <QLocale>

using namespace desksession;

static bool german = false;

void setLanguage(const QString &language) {
    german = language.startsWith("de");
    QLocale::setDefault(german ? QLocale(QLocale::German) : QLocale(QLocale::English));
}

QString text(Text which) {
    static const struct {
        const char *english, *german;
    } all[] = {
#define TEXT(name, english, german) {english, german},
#include "texts.inc"
#undef TEXT
    };
    const auto &found = all[static_cast<int>(which)];
    return QString::fromUtf8(german ? found.german : found.english);
}

QString fault(const Error &error) { return text(Text::Fault).arg(QString::fromUtf8(error.detail())); }

QString words(Status status) {
    switch (status) {
    case Status::Ok: return text(Text::Live);
    case Status::BadCredentials: return text(Text::WrongPassword);
    case Status::Throttled: return text(Text::WaitHelp);
    case Status::Expired: return text(Text::Expired);
    case Status::Idle: return text(Text::Idle);
    case Status::LoggedOut: return text(Text::LoggedOut);
    case Status::Revoked: return text(Text::Revoked);
    case Status::Clock: return text(Text::Clock);
    case Status::UserDisabled: return text(Text::UserDisabled);
    case Status::MustChange: return text(Text::HasToChange);
    case Status::UserExists: return text(Text::UserExists);
    case Status::NameRefused: return text(Text::NameRefused);
    case Status::PasswordWeak: return text(Text::TooWeak);
    case Status::NotAllowed: return text(Text::NotAllowed);
    default: return text(Text::Fault).arg(QString::fromUtf8(status_text(status)));
    }
}

QString words(Weak reason, std::int64_t shortest) {
    switch (reason) {
    case Weak::Short: return text(Text::WeakShort).arg(shortest);
    case Weak::Long: return text(Text::WeakLong);
    case Weak::Common: return text(Text::WeakCommon);
    case Weak::UserName: return text(Text::WeakUserName);
    case Weak::AppName: return text(Text::WeakAppName);
    case Weak::Repeats: return text(Text::WeakRepeats);
    case Weak::Sequence: return text(Text::WeakSequence);
    default: return text(Text::TooWeak);
    }
}

// The texts of the events stand in the order of their numbers, which begin with 1.
QString words(EventKind kind) {
    const int first = static_cast<int>(Text::EventStoreCreated), other = static_cast<int>(Text::EventOther);
    const auto place = first - 1 + static_cast<std::int64_t>(kind);
    return text(place >= first && place < other ? static_cast<Text>(place) : Text::EventOther);
}

QString clock(std::optional<Time> at) { return qt::time(at).toLocalTime().toString("HH:mm"); }

QString moment(std::optional<Time> at) {
    const QDateTime local = qt::time(at).toLocalTime();
    const bool today = local.date() == QDate::currentDate();
    return today ? clock(at) : QLocale().toString(local.date(), QLocale::ShortFormat) + ' ' + clock(at);
}
