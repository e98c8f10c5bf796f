// The window and its pages.
#ifndef WINDOW_H
#define WINDOW_H

#include "admin_tabs.h"
#include "sign_in_pages.h"

#include <QListWidget>
#include <QMainWindow>
#include <QStackedWidget>
#include <QTabWidget>

// Where somebody is signed in.
class MainPage : public QWidget {
public:
    explicit MainPage(Desk &desk);
    void start();
    // The session as it is now; secondsLeft while it ends soon.
    void show(const desksession::Session &session);
    void warn(int secondsLeft);
    void setMessage(const QString &message);
    std::function<void()> changePassword, signOut;

private:
    void refund();
    void showAdminTabs(bool visible);

    Desk &desk_;
    QLabel *until_, *message_, *left_;
    QWidget *warning_;
    QTabWidget *tabs_;
    QListWidget *refunds_;
    std::vector<AdminTab *> adminTabs_;
};

class Window : public QMainWindow {
public:
    explicit Window(std::shared_ptr<const desksession::Store> store, desksession::qt::GuardTimes times = {});

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void showSignIn(const QString &why);
    void showMain(const QString &message);
    void enter(desksession::Login login);
    void leave(const QString &why);

    Desk desk_;
    desksession::qt::GuardTimes times_;
    QStackedWidget *pages_;
    FirstRunPage *firstRun_;
    SignInPage *signIn_;
    PasswordPage *password_;
    MainPage *main_;
};

#endif
