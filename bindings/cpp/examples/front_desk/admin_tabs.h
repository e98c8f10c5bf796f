// What administrators see: users, sessions, the audit trail. Each call carries their token as actor.
#ifndef ADMIN_TABS_H
#define ADMIN_TABS_H

#include "fields.h"

#include <QTableWidget>

// A table, buttons below it, a message.
class AdminTab : public QWidget {
public:
    virtual void refresh() = 0;

protected:
    AdminTab(Desk &desk, const QString &name, const QStringList &columns);
    QPushButton *addButton(const QString &text, std::function<void()> action);
    // The id of the selected row.
    QString selected() const;
    void addRow(const QString &id, const QStringList &cells);
    // Shows why a call was not yes, else the table as it is now.
    template <class Call>
    void administer(Call call);
    template <class Read>
    void fill(Read read);

    Desk &desk_;
    QTableWidget *table_;
    QLabel *message_;

private:
    class QHBoxLayout *buttons_;
};

class UsersTab : public AdminTab {
public:
    explicit UsersTab(Desk &desk);
    void refresh() override;

private:
    void addUser(const desksession::User &user);
    void create();
    void enable(bool enabled);
    void reset();
    void showCode(const QString &name, std::string_view code);
    void permit(int row);
};

class SessionsTab : public AdminTab {
public:
    explicit SessionsTab(Desk &desk);
    void refresh() override;
};

class AuditTab : public AdminTab {
public:
    explicit AuditTab(Desk &desk);
    void refresh() override;
};

#endif
