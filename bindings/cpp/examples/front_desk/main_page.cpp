#include "dialogs.h"
#include "texts.h"
#include "window.h"

#include <QVBoxLayout>

using namespace desksession;

MainPage::MainPage(Desk &desk)
    : desk_(desk),
      until_(messageLabel("until")),
      message_(messageLabel("mainMessage")),
      left_(messageLabel("left")),
      warning_(new QWidget),
      tabs_(new QTabWidget),
      refunds_(new QListWidget) {
    auto *stay = new QPushButton(text(Text::StaySignedIn));
    stay->setObjectName("stay");
    connect(stay, &QPushButton::clicked, this, [this] { desk_.may(0); });
    auto *bar = new QHBoxLayout(warning_);
    bar->addWidget(left_, 1);
    bar->addWidget(stay);

    auto *top = new QHBoxLayout;
    top->addWidget(until_, 1);
    const auto addButton = [&](QBoxLayout *to, Text name, const char *object, std::function<void()> action) {
        auto *button = new QPushButton(text(name));
        button->setObjectName(object);
        connect(button, &QPushButton::clicked, this, action);
        to->addWidget(button, 0, Qt::AlignLeft);
    };
    addButton(top, Text::ChangePassword, "changePassword", [this] { changePassword(); });
    addButton(top, Text::SignOut, "signOut", [this] { signOut(); });

    auto *till = new QWidget;
    auto *tillColumn = new QVBoxLayout(till);
    refunds_->setObjectName("refunds");
    tillColumn->addWidget(refunds_);
    addButton(tillColumn, Text::Refund, "refund", [this] { refund(); });
    tabs_->setObjectName("tabs");
    tabs_->addTab(till, text(Text::Till));
    adminTabs_ = {new UsersTab(desk), new SessionsTab(desk), new AuditTab(desk)};
    for (AdminTab *tab : adminTabs_) {
        tab->setParent(this);
        tab->hide();
    }
    connect(tabs_, &QTabWidget::currentChanged, this, [this](int place) {
        if (place > 0 && desk_.may(administratorBit)) adminTabs_[static_cast<std::size_t>(place) - 1]->refresh();
    });

    auto *column = new QVBoxLayout(this);
    column->addLayout(top);
    for (QWidget *widget : {warning_, static_cast<QWidget *>(message_), static_cast<QWidget *>(tabs_)})
        column->addWidget(widget);
}

void MainPage::start() {
    warning_->hide();
    tabs_->setCurrentIndex(0);
}

void MainPage::show(const Session &session) {
    const auto end = std::min(session.expires_at(), session.idle_expires_at());
    until_->setText(text(Text::SignedInUntil).arg(qt::text(session.user_name()), clock(end)));
    warning_->hide();
    showAdminTabs((session.permissions() & administratorBit) != 0);
}

void MainPage::setMessage(const QString &message) {
    message_->setText(message);
    message_->setVisible(!message.isEmpty());
}

void MainPage::warn(int secondsLeft) {
    left_->setText(text(Text::EndsSoon).arg(secondsLeft));
    warning_->show();
}

void MainPage::showAdminTabs(bool visible) {
    if (visible == (tabs_->count() > 1)) return;
    const Text names[] = {Text::Users, Text::Sessions, Text::Audit};
    for (std::size_t i = 0; i < adminTabs_.size(); i++) {
        if (visible)
            tabs_->addTab(adminTabs_[i], text(names[i]));
        else
            tabs_->removeTab(1);
    }
}

void MainPage::refund() {
    if (!desk_.may(0)) return;
    auto *dialog = new RefundDialog(desk_, this);
    dialog->refunded = [this](const QString &line) { refunds_->insertItem(0, line); };
    dialog->open();
}
