#include "admin_tabs.h"

#include "dialogs.h"
#include "texts.h"

#include <QHeaderView>
#include <QMessageBox>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <deque>
#include <map>

using namespace desksession;

enum UserColumn { NameColumn, StateColumn, AdministratorColumn, ManagerColumn };

AdminTab::AdminTab(Desk &desk, const QString &name, const QStringList &columns)
    : desk_(desk), table_(new QTableWidget), message_(messageLabel(name + "Message")), buttons_(new QHBoxLayout) {
    table_->setObjectName(name);
    table_->setColumnCount(columns.size());
    table_->setHorizontalHeaderLabels(columns);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table_->verticalHeader()->hide();
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setTabKeyNavigation(false);
    auto *column = new QVBoxLayout(this);
    column->addWidget(table_);
    column->addWidget(message_);
    column->addLayout(buttons_);
    buttons_->addStretch();
}

QPushButton *AdminTab::addButton(const QString &text, std::function<void()> action) {
    auto *button = new QPushButton(text);
    buttons_->addWidget(button);
    connect(button, &QPushButton::clicked, this, [this, action] {
        if (desk_.may(administratorBit)) action();
    });
    return button;
}

QString AdminTab::selected() const {
    const QTableWidgetItem *item = table_->item(table_->currentRow(), 0);
    return item ? item->data(Qt::UserRole).toString() : QString();
}

void AdminTab::addRow(const QString &id, const QStringList &cells) {
    const int row = table_->rowCount();
    table_->insertRow(row);
    for (int column = 0; column < cells.size(); column++) table_->setItem(row, column, new QTableWidgetItem(cells[column]));
    table_->item(row, 0)->setData(Qt::UserRole, id);
}

template <class Call>
void AdminTab::administer(Call call) {
    const auto outcome = qt::attempt(call);
    refresh();
    if (!outcome) message_->setText(words(outcome));
}

template <class Read>
void AdminTab::fill(Read read) {
    const QSignalBlocker quiet(table_);
    const int row = table_->currentRow();
    table_->setRowCount(0);
    message_->clear();
    try {
        read();
    } catch (const Error &error) {
        message_->setText(fault(error));
    }
    table_->setCurrentCell(row, 0);
}

// --- Users

UsersTab::UsersTab(Desk &desk)
    : AdminTab(desk, "users",
               {text(Text::ColumnName), text(Text::ColumnState), text(Text::Administrator), text(Text::Manager),
                text(Text::LastSignIn), text(Text::LiveSessions)}) {
    addButton(text(Text::NewUser), [this] { create(); })->setObjectName("newUser");
    addButton(text(Text::Disable), [this] { enable(false); })->setObjectName("disable");
    addButton(text(Text::Enable), [this] { enable(true); })->setObjectName("enable");
    addButton(text(Text::Reset), [this] { reset(); })->setObjectName("reset");
    connect(table_, &QTableWidget::itemChanged, this, [this](QTableWidgetItem *item) {
        if (desk_.may(administratorBit)) permit(item->row());
    });
}

void UsersTab::refresh() {
    fill([this] {
        for (const User &user : desk_.store().users()) addUser(user);
    });
}

void UsersTab::addUser(const User &user) {
    const bool damaged = user.tampered() || user.newer();
    const Text state = damaged              ? Text::Damaged
                       : user.disabled()    ? Text::Disabled
                       : user.must_change() ? Text::HasToChange
                                            : Text::Active;
    const QString last = user.last_login_at() ? moment(user.last_login_at()) : "–";
    addRow(qt::text(user.id()), {qt::text(user.name()), text(state), {}, {}, last, QString::number(user.live_sessions())});
    const int row = table_->rowCount() - 1;
    for (const auto &[column, bit] : {std::pair(AdministratorColumn, administratorBit), std::pair(ManagerColumn, managerBit)}) {
        QTableWidgetItem *item = table_->item(row, column);
        item->setCheckState((user.permissions() & bit) != 0 ? Qt::Checked : Qt::Unchecked);
        // Nobody takes the last administrator's rights away from within.
        if (damaged || qt::text(user.id()) == desk_.userId) item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
    }
}

void UsersTab::create() {
    auto *dialog = new NewUserDialog(desk_, this);
    connect(dialog, &QDialog::accepted, this, [this] { refresh(); });
    dialog->open();
}

void UsersTab::enable(bool enabled) {
    const QString id = selected();
    if (id != desk_.userId) administer([&] { return desk_.store().user_enable(qt::utf8(id), enabled, desk_.token()); });
}

void UsersTab::reset() {
    const QString id = selected();
    if (id.isEmpty() || id == desk_.userId) return;
    const QString name = table_->item(table_->currentRow(), NameColumn)->text();
    message_->setText(text(Text::Working));
    desk_.async.passwordReset(id, desk_.token(), this, [this, name](auto &code) {
        refresh();
        code ? showCode(name, code->reveal()) : message_->setText(words(code));
    });
}

void UsersTab::showCode(const QString &name, std::string_view code) {
    const auto until = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now()) + std::chrono::hours(24);
    const QString words = text(Text::ResetCode).arg(name, moment(until), qt::text(code));
    auto *box = new QMessageBox(QMessageBox::Information, text(Text::ResetTitle), words, QMessageBox::Ok, this);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void UsersTab::permit(int row) {
    const auto bit = [&](UserColumn column, std::uint64_t value) {
        return table_->item(row, column)->checkState() == Qt::Checked ? value : 0;
    };
    const QString id = table_->item(row, 0)->data(Qt::UserRole).toString();
    const std::uint64_t bits = bit(AdministratorColumn, administratorBit) | bit(ManagerColumn, managerBit);
    administer([&] { return desk_.store().user_permit(qt::utf8(id), bits, desk_.token()); });
}

// --- Sessions

SessionsTab::SessionsTab(Desk &desk)
    : AdminTab(desk, "sessions",
               {text(Text::Who), text(Text::Since), text(Text::LastSeen), text(Text::Label), text(Text::ColumnState)}) {
    addButton(text(Text::Revoke), [this] {
        const std::string id = qt::utf8(selected());
        administer([&] { return desk_.store().revoke(id, desk_.token()); });
    })->setObjectName("revoke");
}

void SessionsTab::refresh() {
    fill([this] {
        for (const Session &session : desk_.store().sessions()) {
            const bool damaged = session.tampered() || session.newer();
            addRow(qt::text(session.id()),
                   {qt::text(session.user_name()), moment(session.authenticated_at()), moment(session.last_seen_at()),
                    qt::text(session.label()), damaged ? text(Text::Damaged) : words(session.state())});
        }
    });
}

// --- Audit

AuditTab::AuditTab(Desk &desk)
    : AdminTab(desk, "audit", {text(Text::Time), text(Text::What), text(Text::Who), text(Text::Whom), text(Text::Detail)}) {}

void AuditTab::refresh() {
    fill([this] {
        std::map<std::string, QString> names{{"", text(Text::TheProgram)}};
        for (const User &user : desk_.store().users()) names[user.id()] = qt::text(user.name());
        std::deque<Event> last;
        for (const Event &event : desk_.store().events()) {
            last.push_front(event);
            if (last.size() > 500) last.pop_back();
        }
        const auto name = [&](const std::string &id) { return names.count(id) != 0 ? names[id] : qt::text(id); };
        for (const Event &event : last) {
            const bool known = event.status() == Status::Ok;
            addRow(QString::number(event.id()),
                   {known ? moment(event.at()) : QString(), known ? words(event.kind()) : text(Text::Damaged),
                    name(event.actor_id()), event.user_id().empty() ? QString() : name(event.user_id()),
                    qt::text(event.detail())});
        }
    });
}
