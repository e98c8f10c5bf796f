// The pages before somebody is signed in, and the one for a new password.
#ifndef SIGN_IN_PAGES_H
#define SIGN_IN_PAGES_H

#include "fields.h"

#include <QTimer>

// What they have in common: a form, a message and a button, all of it out of reach while a password is hashed.
class FormPage : public QWidget {
public:
    std::function<void(desksession::Login)> signedIn;

protected:
    FormPage(Desk &desk, const QString &button);
    void arrange();
    void setBusy(bool busy, const QString &why = {});
    void signIn(const QString &name, const QString &password);
    void keyPressEvent(QKeyEvent *event) override;
    virtual void submit() = 0;
    virtual void refused(desksession::qt::Outcome<desksession::LoginAnswer> &login);

    Desk &desk_;
    QLabel *title_;
    QWidget *fields_;
    QFormLayout *form_;
    QLabel *message_;
    QPushButton *button_;
    bool busy_ = false;
};

// The first administrator of a new store.
class FirstRunPage : public FormPage {
public:
    explicit FirstRunPage(Desk &desk);
    std::function<void()> taken;  // there is a user by now

private:
    void submit() override;

    QLineEdit *name_;
    NewPasswordFields password_;
};

class SignInPage : public FormPage {
public:
    explicit SignInPage(Desk &desk);
    void start(const QString &name, const QString &why);
    std::function<void(QString name, QString password)> mustChange;

private:
    void submit() override;
    void refused(desksession::qt::Outcome<desksession::LoginAnswer> &login) override;
    void wait(std::chrono::milliseconds time);
    void countDown();

    QLineEdit *name_;
    PasswordField *password_;
    QTimer tick_;
    int secondsLeft_ = 0;
};

class PasswordPage : public FormPage {
public:
    explicit PasswordPage(Desk &desk);
    // old: as it was typed at the sign-in; none asks for it.
    void start(const QString &name, std::optional<QString> old);
    std::function<void(QString why)> left;

private:
    void submit() override;

    PasswordField *old_;
    NewPasswordFields password_;
    QPushButton *cancel_;
    QString name_;
    bool signInAfter_ = false;
};

#endif
