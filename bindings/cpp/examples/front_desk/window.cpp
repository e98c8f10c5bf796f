#include "window.h"

#include "texts.h"

#include <QDialog>

using namespace desksession;

Window::Window(std::shared_ptr<const Store> store, qt::GuardTimes times)
    : desk_(std::move(store)),
      times_(times),
      pages_(new QStackedWidget),
      firstRun_(new FirstRunPage(desk_)),
      signIn_(new SignInPage(desk_)),
      password_(new PasswordPage(desk_)),
      main_(new MainPage(desk_)) {
    setWindowTitle(text(Text::Title));
    for (QWidget *page : {static_cast<QWidget *>(firstRun_), static_cast<QWidget *>(signIn_), static_cast<QWidget *>(password_),
                          static_cast<QWidget *>(main_)})
        pages_->addWidget(page);
    setCentralWidget(pages_);
    resize(760, 480);

    for (FormPage *page :
         {static_cast<FormPage *>(firstRun_), static_cast<FormPage *>(signIn_), static_cast<FormPage *>(password_)})
        page->signedIn = [this](Login login) { enter(std::move(login)); };
    firstRun_->taken = [this] { showSignIn({}); };
    signIn_->mustChange = [this](const QString &name, const QString &old) {
        password_->start(name, old);
        pages_->setCurrentWidget(password_);
    };
    password_->left = [this](const QString &why) { desk_.guard ? showMain(why) : showSignIn(why); };
    main_->changePassword = [this] {
        if (!desk_.may(0)) return;
        password_->start(desk_.name, std::nullopt);
        pages_->setCurrentWidget(password_);
    };
    main_->signOut = [this] {
        const auto outcome = desk_.guard->logout();
        leave(outcome.fault() ? words(outcome) : words(Status::LoggedOut));
    };

    auto users = desk_.store().users();
    if (users.begin() == users.end())
        pages_->setCurrentWidget(firstRun_);
    else
        showSignIn({});
}

void Window::showSignIn(const QString &why) {
    signIn_->start(desk_.name, why);
    pages_->setCurrentWidget(signIn_);
}

void Window::showMain(const QString &message) {
    main_->setMessage(message);
    pages_->setCurrentWidget(main_);
}

void Window::enter(Login login) {
    desk_.name = qt::text(login.session.user_name());
    desk_.userId = qt::text(login.session.user_id());
    desk_.guard = std::make_unique<qt::SessionGuard>(desk_.async.shared(), std::move(login.token), nullptr, times_);
    desk_.guard->alive.connect(this, [this](const Session &session) {
        desk_.permissions = session.permissions();
        main_->show(session);
    });
    desk_.guard->expiring.connect(this, [this](int seconds) { main_->warn(seconds); });
    desk_.guard->ended.connect(this, [this](Status reason) { leave(words(reason)); });
    main_->start();
    showMain({});
    desk_.guard->look();
}

void Window::leave(const QString &why) {
    desk_.guard.reset();
    desk_.permissions = 0;
    for (QDialog *dialog : findChildren<QDialog *>()) dialog->reject();
    showSignIn(why);
}

void Window::closeEvent(QCloseEvent *event) {
    if (desk_.guard) (void)desk_.guard->logout();
    desk_.guard.reset();
    QMainWindow::closeEvent(event);
}
