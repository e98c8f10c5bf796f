#include <desksession_qt.hpp>
#include <QCoreApplication>
#include <QTextStream>

int main(int argc, char **argv) {
    QCoreApplication app(argc, argv);
    if (argc != 2) return 1;
    const auto store = std::make_shared<desksession::Store>(desksession::Store::open(argv[1]));
    store->user_create("Anna Müller", "violet kettle under 7 stairs").require();
    desksession::qt::AsyncStore(store).login("anna müller", "violet kettle under 7 stairs", &app, [&](auto &login) {
        if (!login) return app.exit(1);
        auto *guard = new desksession::qt::SessionGuard(store, std::move(login->token), &app);
        guard->ended.connect(&app, [&](desksession::Status) { app.quit(); });
        QTextStream(stdout) << "Hello, " << desksession::qt::text(login->session.user_name()) << '\n';
        store->revoke(login->session.id()).require();  // as an administrator elsewhere would
        QTextStream(stdout) << (guard->verify() ? "still logged in\n" : "logged out\n");
    });
    return app.exec();
}
