// Front Desk: a small till that shows how a Qt program uses desksession.
#include "texts.h"
#include "window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLocale>
#include <QMessageBox>

using desksession::Store;

int main(int argc, char **argv) {
    QApplication app(argc, argv);
    QApplication::setApplicationName("front-desk");
    QCommandLineParser options;
    options.addHelpOption();
    options.addOptions({{"folder", "Folder of the store.", "path"}, {"language", "en or de.", "language", QLocale().name()}});
    options.process(app);
    setLanguage(options.value("language"));
    try {
        const std::string folder = desksession::qt::utf8(options.value("folder"));
        auto store = std::make_shared<Store>(folder.empty() ? Store::open_app("Front Desk Demo") : Store::open(folder));
        Window window(store);
        window.show();
        return QApplication::exec();
    } catch (const desksession::Error &error) {
        QMessageBox::critical(nullptr, text(Text::Title), fault(error));
        return 1;
    }
}
