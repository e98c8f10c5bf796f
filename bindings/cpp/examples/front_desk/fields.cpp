#include "fields.h"

#include "texts.h"

#include <QHBoxLayout>
#include <QToolButton>

using namespace desksession;

QLabel *messageLabel(const QString &name) {
    auto *label = new QLabel;
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

PasswordField::PasswordField(const QString &name) : edit(new QLineEdit) {
    edit->setObjectName(name);
    edit->setEchoMode(QLineEdit::Password);
    auto *show = new QToolButton;
    show->setText(text(Text::Show));
    show->setCheckable(true);
    show->setFocusPolicy(Qt::TabFocus);
    connect(show, &QToolButton::toggled, edit, [this, show](bool on) {
        edit->setEchoMode(on ? QLineEdit::Normal : QLineEdit::Password);
        show->setText(text(on ? Text::Hide : Text::Show));
    });
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(edit);
    line->addWidget(show);
    setFocusProxy(edit);
}

void PasswordField::clear() {
    edit->clear();
    findChild<QToolButton *>()->setChecked(false);
}

NewPasswordFields::NewPasswordFields(const Store &store, QFormLayout *form, QLineEdit *name)
    : store_(store),
      name_(name),
      first_(new PasswordField("newPassword")),
      second_(new PasswordField("repeatPassword")),
      hint_(messageLabel("hint")) {
    form->addRow(text(Text::NewPassword), first_);
    form->addRow(text(Text::RepeatPassword), second_);
    form->addRow(QString(), hint_);
    first_->edit->setAccessibleName(text(Text::NewPassword).remove('&'));
    second_->edit->setAccessibleName(text(Text::RepeatPassword).remove('&'));
    for (QLineEdit *edit : {first_->edit, second_->edit})
        QObject::connect(edit, &QLineEdit::textEdited, hint_, [this] { check(false); });
}

bool NewPasswordFields::check(bool whole) {
    const QString name = name_ ? name_->text() : fixedName_;
    try {
        const PasswordCheck found = store_.password_check(qt::secret(first_->typed()).reveal(), qt::utf8(name));
        const bool same = first_->typed() == second_->typed();
        if (!found)
            hint_->setText(words(found.reason, store_.policy_get(Policy::PasswordMin)));
        else if (!same && (whole || !second_->typed().isEmpty()))
            hint_->setText(text(Text::NotTheSame));
        else
            hint_->setText(text(Text::Strength).arg(found.score));
        return found && same;
    } catch (const Error &error) {
        hint_->setText(fault(error));
        return false;
    }
}

std::optional<QString> NewPasswordFields::accepted() { return check(true) ? std::optional(first_->typed()) : std::nullopt; }

void NewPasswordFields::clear() {
    first_->clear();
    second_->clear();
    hint_->clear();
}
