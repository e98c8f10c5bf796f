#include "dialogs.h"

#include "texts.h"

#include <QDialogButtonBox>

using namespace desksession;

FormDialog::FormDialog(Desk &desk, const QString &title, QWidget *parent)
    : QDialog(parent), desk_(desk), form_(new QFormLayout(this)), message_(messageLabel("dialogMessage")) {
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
}

void FormDialog::arrange(const QString &button) {
    auto *buttons = new QDialogButtonBox;
    button_ = buttons->addButton(button, QDialogButtonBox::AcceptRole);
    button_->setObjectName("dialogSubmit");
    buttons->addButton(text(Text::Cancel), QDialogButtonBox::RejectRole);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] { submit(); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    form_->addRow(message_);
    form_->addRow(buttons);
}

void FormDialog::setBusy(bool busy, const QString &why) {
    button_->setEnabled(!busy);
    message_->setText(why);
}

// --- A new user

NewUserDialog::NewUserDialog(Desk &desk, QWidget *parent)
    : FormDialog(desk, text(Text::NewUserTitle), parent),
      name_(new QLineEdit),
      password_((form_->addRow(text(Text::Name), name_), desk.store()), form_, name_) {
    name_->setObjectName("newName");
    arrange(text(Text::NewUserTitle));
}

void NewUserDialog::submit() {
    const auto password = password_.accepted();
    if (!password || !desk_.may(administratorBit)) return;
    setBusy(true, text(Text::Working));
    desk_.async.userCreate(name_->text(), *password, desk_.token(), this, [this](auto &created) {
        if (created) return accept();
        setBusy(false, words(created));
    });
}

// --- A refund

RefundDialog::RefundDialog(Desk &desk, QWidget *parent)
    : FormDialog(desk, text(Text::RefundTitle), parent),
      amount_(new QDoubleSpinBox),
      reason_(new QLineEdit),
      name_(new QLineEdit),
      password_(new PasswordField("secondPassword")) {
    amount_->setRange(0.01, 10000);
    amount_->setObjectName("amount");
    reason_->setObjectName("reason");
    reason_->setMaxLength(40);  // with the amount at most SESSION_PURPOSE_MAX bytes
    name_->setObjectName("secondName");
    password_->edit->setAccessibleName(text(Text::Password).remove('&'));
    form_->addRow(text(Text::Amount), amount_);
    form_->addRow(text(Text::Reason), reason_);
    form_->addRow(new QLabel(text(Text::SecondPerson)));
    form_->addRow(text(Text::Name), name_);
    form_->addRow(text(Text::Password), password_);
    arrange(text(Text::Approve));
}

void RefundDialog::submit() {
    const QString reason = reason_->text().trimmed();
    if (reason.isEmpty()) return message_->setText(text(Text::NoReason));
    if (!desk_.may(0)) return;
    setBusy(true, text(Text::Working));
    const QString purpose = QString("refund %1: %2").arg(amount_->value(), 0, 'f', 2).arg(reason);
    // As it is now: what is approved is what is done, whatever is typed meanwhile.
    const QString amount = QLocale().toString(amount_->value(), 'f', 2);
    desk_.async.authorize(desk_.token(), name_->text(), password_->typed(), purpose, this,
                          [this, amount, reason](auto &who) { decided(who, amount, reason); });
}

void RefundDialog::decided(qt::Outcome<Result<User>> &who, const QString &amount, const QString &reason) {
    password_->clear();
    if (who.status() == Status::NotAllowed) return setBusy(false, text(Text::NotYourself));
    if (!who) return setBusy(false, words(who));
    const QString name = qt::text(who->name());
    if ((who->permissions() & managerBit) == 0) return setBusy(false, text(Text::MayNotApprove).arg(name));
    refunded(text(Text::Refunded).arg(QTime::currentTime().toString("HH:mm"), amount, reason, name));
    accept();
}
