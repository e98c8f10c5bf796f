// What is asked for on top of the main page: a new user, and a refund, which a second person has to approve.
#ifndef DIALOGS_H
#define DIALOGS_H

#include "fields.h"

#include <QDialog>
#include <QDoubleSpinBox>

class FormDialog : public QDialog {
protected:
    FormDialog(Desk &desk, const QString &title, QWidget *parent);
    // Once the fields are there: message and buttons.
    void arrange(const QString &button);
    void setBusy(bool busy, const QString &why);
    virtual void submit() = 0;

    Desk &desk_;
    QFormLayout *form_;
    QLabel *message_;
    QPushButton *button_ = nullptr;
};

class NewUserDialog : public FormDialog {
public:
    NewUserDialog(Desk &desk, QWidget *parent);

private:
    void submit() override;

    QLineEdit *name_;
    NewPasswordFields password_;
};

class RefundDialog : public FormDialog {
public:
    RefundDialog(Desk &desk, QWidget *parent);
    std::function<void(QString line)> refunded;

private:
    void submit() override;
    void decided(desksession::qt::Outcome<desksession::Result<desksession::User>> &who, const QString &amount,
                 const QString &reason);

    QDoubleSpinBox *amount_;
    QLineEdit *reason_, *name_;
    PasswordField *password_;
};

#endif
