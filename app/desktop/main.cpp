// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/preferences.h"
#include "app/desktop/process_age.h"
#include "models/base/files.h"
#include "models/base/version.h"
#include "models/jobs/child_jobs.h"
#include "models/prepare/generate_expression.h"
#include "models/view/session.h"
#include "widgets/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDesktopServices>
#include <QTimer>
#include <QUrl>

#include <cstdio>
#include <optional>

namespace {

using namespace ibidem;

struct Options
{
    QStringList files;
    QString settingsPath;
    bool noSettings = false;
    QSize size;
    QString screenshot;
    bool measureStart = false;
    QString mistake;
};

std::optional<QSize> sizeOf(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char('x'));
    const QSize size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
    return size.width() > 0 && size.height() > 0 ? std::optional(size) : std::nullopt;
}

Options parseOptions(const QStringList &arguments)
{
    const auto text = [](const char *words) { return QCoreApplication::translate("main", words); };
    QCommandLineParser parser;
    parser.setApplicationDescription(text("Trains models so that training again gives the same bits."));
    const QCommandLineOption settingsPath(QStringLiteral("settings-path"),
                                          text("Remember window and files in FILE."), QStringLiteral("FILE"));
    const QCommandLineOption noSettings(QStringLiteral("no-settings"), text("Remember nothing."));
    const QCommandLineOption geometry(QStringLiteral("geometry"), text("Size of the window."),
                                      QStringLiteral("WxH"));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"),
                                        text("Write a picture of the window to FILE and end."),
                                        QStringLiteral("FILE"));
    const QCommandLineOption measureStart(
        QStringLiteral("measure-start"),
        text("Print the milliseconds from the start of the process to the painted window and end."));
    parser.addOptions({settingsPath, noSettings, geometry, screenshot, measureStart});
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("FILE…"),
        text("Tables, matrices (files or 10x folders) and folders of runs to open."));
    parser.process(arguments);

    Options options;
    options.files = parser.positionalArguments();
    options.settingsPath = parser.value(settingsPath);
    options.noSettings = parser.isSet(noSettings);
    options.screenshot = parser.value(screenshot);
    options.measureStart = parser.isSet(measureStart);
    if (parser.isSet(geometry)) {
        const auto size = sizeOf(parser.value(geometry));
        if (size)
            options.size = *size;
        else
            options.mistake = text("--geometry needs a size like 1200x800");
    }
    return options;
}

view::Session::Setup setup()
{
    view::Session::Setup setup;
    setup.programs = jobs::Programs::besideThisProgram();
    setup.cacheFolder = cacheFolder();
    setup.runStore = runStoreFolder();
    setup.sampleFile = runStoreFolder().parent_path() / "samples" / "sample-expression.tsv";
    setup.sampleSource = [] { return prepare::generateExpressionTsv({}); };
    return setup;
}

void restoreGeometry(widgets::MainWindow &window, const desktop::Preferences &preferences, QSize asked)
{
    window.resize(asked.isValid() ? asked : QSize(1180, 780));
    if (!asked.isValid())
        window.restoreGeometry(preferences.geometry());
}

void connectPreferences(widgets::MainWindow &window, view::Session &session,
                        desktop::Preferences &preferences)
{
    widgets::applyTheme(preferences.theme());
    window.setTheme(preferences.theme());
    window.setRecentFiles(preferences.recentFiles());
    QObject::connect(&window, &widgets::MainWindow::themeChosen, &window,
                     [&preferences](widgets::Theme theme) {
                         widgets::applyTheme(theme);
                         preferences.setTheme(theme);
                     });
    QObject::connect(session.data(), &view::DataController::opened, &window,
                     [&window, &preferences](const QString &file) {
                         preferences.addRecentFile(file);
                         window.setRecentFiles(preferences.recentFiles());
                     });
    QObject::connect(&window, &widgets::MainWindow::openSavedRequested, &window,
                     [](const QString &file) { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); });
}

/// Waits until nothing is being read any more, and a moment longer for the preview.
void takePictureWhenQuiet(widgets::MainWindow &window, view::Session &session, const QString &file)
{
    constexpr int kSettleMs = 400;
    auto *settle = new QTimer(&window);
    settle->setInterval(kSettleMs);
    QObject::connect(settle, &QTimer::timeout, &window, [&window, &session, file] {
        if (session.data()->isOpening())
            return;
        const bool saved = window.grab().save(file);
        if (!saved)
            std::fputs("the picture could not be written\n", stderr);
        QCoreApplication::exit(saved ? 0 : exitCode(ErrorCode::CannotWrite));
    });
    settle->start();
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("ibidem-desktop"));
    QCoreApplication::setApplicationVersion(view::toQt(std::string_view(kVersion)));
    QGuiApplication::setDesktopFileName(QStringLiteral("ibidem-desktop"));
    const Options options = parseOptions(QCoreApplication::arguments());
    if (!options.mistake.isEmpty()) {
        std::fputs(qPrintable(options.mistake + QLatin1Char('\n')), stderr);
        return exitCode(ErrorCode::Usage);
    }

    desktop::Preferences preferences =
        options.noSettings ? desktop::Preferences::none() : desktop::Preferences::open(options.settingsPath);
    widgets::applyTheme(preferences.theme());
    view::Session session(setup());
    widgets::MainWindow window(&session);
    connectPreferences(window, session, preferences);
    restoreGeometry(window, preferences, options.size);
    if (options.measureStart) {
        QObject::connect(
            &window, &widgets::MainWindow::painted, &window,
            [] {
                std::printf("%lld\n", static_cast<long long>(desktop::processAgeMs()));
                QCoreApplication::exit(0);
            },
            Qt::QueuedConnection);
    }
    window.show();
    session.start();
    session.open(options.files);
    if (!options.screenshot.isEmpty())
        takePictureWhenQuiet(window, session, options.screenshot);
    const int code = QApplication::exec();
    preferences.setGeometry(window.saveGeometry());
    return code;
}
