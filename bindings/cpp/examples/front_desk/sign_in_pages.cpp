#include "sign_in_pages.h"

#include "texts.h"

#include <QKeyEvent>
#include <QVBoxLayout>

using namespace desksession;

FormPage::FormPage(Desk &desk, const QString &button)
    : desk_(desk),
      title_(messageLabel("title")),
      fields_(new QWidget),
      form_(new QFormLayout(fields_)),
      message_(messageLabel("message")),
      button_(new QPushButton(button)) {
    title_->setText(text(Text::Title));
    QFont larger = title_->font();
    larger.setPointSizeF(larger.pointSizeF() * 1.4);
    title_->setFont(larger);
    form_->setContentsMargins(0, 0, 0, 0);
    button_->setObjectName("submit");
    button_->setAutoDefault(true);
    connect(button_, &QPushButton::clicked, this, [this] { submit(); });
}

// Once the fields are there: the tab key goes as widgets were added.
void FormPage::arrange() {
    auto *column = new QVBoxLayout;
    for (QWidget *widget : {static_cast<QWidget *>(title_), fields_, static_cast<QWidget *>(message_)})
        column->addWidget(widget);
    column->addWidget(button_, 0, Qt::AlignRight);
    auto *middle = new QHBoxLayout(this);
    middle->addStretch(1);
    middle->addLayout(column, 3);
    middle->addStretch(1);
    column->insertStretch(0);
    column->addStretch();
}

// As the default button of a dialog does. Buttons take the key themselves while they have the focus.
void FormPage::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        button_->click();
    else
        QWidget::keyPressEvent(event);
}

void FormPage::setBusy(bool busy, const QString &why) {
    busy_ = busy;
    fields_->setEnabled(!busy);
    button_->setEnabled(!busy);
    message_->setText(why);
}

void FormPage::signIn(const QString &name, const QString &password) {
    setBusy(true, text(Text::SigningIn));
    desk_.async.login(name, password, {false, "Front Desk"}, this, [this](auto &login) {
        setBusy(false);
        login ? signedIn(std::move(*login.answer())) : refused(login);
    });
}

void FormPage::refused(qt::Outcome<LoginAnswer> &login) { message_->setText(words(login)); }

// --- First run

FirstRunPage::FirstRunPage(Desk &desk)
    : FormPage(desk, text(Text::Create)),
      name_(new QLineEdit),
      password_((form_->addRow(text(Text::Name), name_), desk.store()), form_, name_) {
    name_->setObjectName("name");
    title_->setText(text(Text::Welcome));
    arrange();
}

void FirstRunPage::submit() {
    const auto password = password_.accepted();
    if (busy_ || !password) return;
    setBusy(true, text(Text::Working));
    auto create = [name = qt::utf8(name_->text()), word = qt::secret(*password)](const Store &store) {
        auto users = store.users();
        if (users.begin() != users.end()) return Result<std::string>(Status::NotAllowed, {});  // another window was first
        auto created = store.user_create(name, word.reveal());
        if (created) store.user_permit(*created, administratorBit | managerBit).require();
        return created;
    };
    desk_.async.run(this, std::move(create), [this, word = *password](auto &created) {
        setBusy(false);
        if (created.status() == Status::NotAllowed) return taken();
        if (!created) return message_->setText(words(created));
        signIn(name_->text(), word);
        password_.clear();
    });
}

// --- Sign in

SignInPage::SignInPage(Desk &desk)
    : FormPage(desk, text(Text::SignIn)), name_(new QLineEdit), password_(new PasswordField("password")) {
    name_->setObjectName("name");
    form_->addRow(text(Text::Name), name_);
    form_->addRow(text(Text::Password), password_);
    password_->edit->setAccessibleName(text(Text::Password).remove('&'));
    arrange();
    tick_.callOnTimeout(this, [this] { countDown(); });
}

void SignInPage::start(const QString &name, const QString &why) {
    tick_.stop();
    setBusy(false, why);
    name_->setText(name);
    password_->clear();
    (name.isEmpty() ? static_cast<QWidget *>(name_) : password_)->setFocus();
}

void SignInPage::submit() {
    if (!busy_) signIn(name_->text(), password_->typed());
}

void SignInPage::refused(qt::Outcome<LoginAnswer> &login) {
    FormPage::refused(login);
    if (login.status() == Status::MustChange) return mustChange(name_->text(), password_->typed());
    if (login.status() == Status::Throttled) return wait(login.answer().retry_after());
    password_->edit->selectAll();
    password_->setFocus();
}

void SignInPage::wait(std::chrono::milliseconds time) {
    if (time.count() < 0) return;  // the message says who has to help
    secondsLeft_ = static_cast<int>(time.count() / 1000) + 2;
    tick_.start(1000);
    countDown();
}

void SignInPage::countDown() {
    secondsLeft_--;
    button_->setEnabled(secondsLeft_ == 0);
    message_->setText(secondsLeft_ == 0 ? QString() : text(Text::WaitSeconds).arg(secondsLeft_));
    if (secondsLeft_ == 0) tick_.stop();
}

// --- New password

PasswordPage::PasswordPage(Desk &desk)
    : FormPage(desk, text(Text::ChangePassword)),
      old_(new PasswordField("oldPassword")),
      password_((form_->addRow(text(Text::OldPassword), old_), desk.store()), form_, nullptr),
      cancel_(new QPushButton(text(Text::Cancel))) {
    old_->edit->setAccessibleName(text(Text::OldPassword).remove('&'));
    cancel_->setShortcut(Qt::Key_Escape);
    cancel_->setAutoDefault(true);
    form_->addRow(cancel_);
    connect(cancel_, &QPushButton::clicked, this, [this] { left({}); });
    arrange();
}

void PasswordPage::start(const QString &name, std::optional<QString> old) {
    name_ = name;
    signInAfter_ = old.has_value();
    password_.setName(name);
    password_.clear();
    old_->clear();
    old_->edit->setText(old.value_or(QString()));
    form_->labelForField(old_)->setVisible(!old);
    old_->setVisible(!old);
    title_->setText(text(Text::MustChange).arg(name));
    setBusy(false);
}

void PasswordPage::submit() {
    const auto password = password_.accepted();
    if (busy_ || !password) return;
    setBusy(true, text(Text::Working));
    const TokenRef keep = signInAfter_ ? TokenRef() : TokenRef(desk_.token());
    desk_.async.passwordChange(name_, old_->typed(), *password, keep, this, [this, password = *password](auto &changed) {
        setBusy(false);
        if (!changed) return message_->setText(words(changed));
        old_->clear();
        password_.clear();
        signInAfter_ ? signIn(name_, password) : left(text(Text::PasswordChanged));
    });
}
