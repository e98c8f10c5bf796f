// Drives the pages of the example as a person would, by the names of what is to be seen.
#ifndef FRONT_DESK_DRIVER_HPP
#define FRONT_DESK_DRIVER_HPP

#include "support.hpp"
#include "window.h"

#include <QDir>
#include <QtTest>

using namespace desksession;
using namespace support;

static const QString secretWord = QString::fromUtf8(password), otherWord = QString::fromUtf8(other_password);

class FrontDeskDriver : public QObject {
protected:
    std::unique_ptr<Home> home_;
    std::shared_ptr<const Store> store_;
    std::unique_ptr<Window> window_;

    // The visible widget of that name.
    template <class Kind>
    Kind *see(const char *name) const {
        for (Kind *widget : window_->findChildren<Kind *>(name))
            if (widget->isVisible()) return widget;
        qFatal("%s is not to be seen", name);
    }
    bool sees(const char *name) const {
        const auto all = window_->findChildren<QWidget *>(name);
        return std::any_of(all.begin(), all.end(), [](QWidget *widget) { return widget->isVisible(); });
    }
    void type(const char *name, const QString &text) const {
        auto *edit = see<QLineEdit>(name);
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }
    void press(const char *name) const { QTest::mouseClick(see<QPushButton>(name), Qt::LeftButton); }
    QString told(const char *name = "message") const { return sees(name) ? see<QLabel>(name)->text() : QString(); }

    void open(qt::GuardTimes times = {}) {
        window_ = std::make_unique<Window>(store_, times);
        window_->show();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    }
    void signIn(const QString &name, const QString &word = secretWord) {
        type("name", name);
        type("password", word);
        QTest::keyClick(see<QLineEdit>("password"), Qt::Key_Return);
        QTRY_VERIFY(sees("until"));
    }
    void user(const char *name, std::uint64_t bits) {
        store_->user_permit(*store_->user_create(name, password), bits).require();
    }
    int attempts() const {
        int count = 0;
        for (const Event &event : store_->events()) count += event.kind() == EventKind::LoginAttempt;
        return count;
    }
    int live() const {
        int count = 0;
        for (const Session &session : store_->sessions()) count += session.state() == Status::Ok;
        return count;
    }
    void tab(int place) const { see<QTabWidget>("tabs")->setCurrentIndex(place); }
    QTableWidgetItem *cell(const char *table, const QString &first, int column) const {
        const auto rows = see<QTableWidget>(table)->findItems(first, Qt::MatchExactly);
        return rows.isEmpty() ? nullptr : see<QTableWidget>(table)->item(rows.first()->row(), column);
    }
    void select(const char *table, const QString &name) const {
        see<QTableWidget>(table)->setCurrentItem(cell(table, name, 0));
    }

    // Into docs/images with UPDATE_SCREENSHOTS=1, else to be looked at and thrown away.
    void picture(const QString &name) const {
        QCoreApplication::processEvents();
        const bool keep = qEnvironmentVariable("UPDATE_SCREENSHOTS") == "1";
        const QString folder = keep ? QString(IMAGES) : QString::fromStdString(home_->folder("images"));
        QVERIFY(QDir().mkpath(folder));
        const QString path = folder + "/qt-" + name + ".png";
        const QImage image = window_->grab().toImage();
        QVERIFY(image.save(path, "PNG", 0));  // as small as it gets
        QSet<QRgb> colours;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) colours += image.pixel(x, y);
        }
        QVERIFY(colours.size() > 10);  // neither empty nor plain
        QVERIFY(!keep || QFileInfo(path).size() < 30000);
    }
};

#endif
