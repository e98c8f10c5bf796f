// Fields that several pages share.
#ifndef FIELDS_H
#define FIELDS_H

#include "desk.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

// A label for what has to be told, read out by screen readers.
QLabel *messageLabel(const QString &name);

// A masked line with a button that shows it.
class PasswordField : public QWidget {
public:
    explicit PasswordField(const QString &name);
    QString typed() const { return edit->text(); }
    void clear();

    QLineEdit *const edit;
};

// A new password, twice, with a hint in words while one types.
class NewPasswordFields {
public:
    NewPasswordFields(const desksession::Store &store, QFormLayout *form, QLineEdit *name);
    // As it was typed; none, with the hint saying why, if it would be refused.
    std::optional<QString> accepted();
    void clear();
    void setName(const QString &name) { fixedName_ = name; }

private:
    bool check(bool whole);

    const desksession::Store &store_;
    QLineEdit *name_;
    QString fixedName_;
    PasswordField *first_, *second_;
    QLabel *hint_;
};

#endif
