// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// take_pictures FOLDER TRAIN_TABLE TEST_TABLE light|dark [MATRIX]: goes through the window with real data and
// saves a picture of each state, for looking at and for the documents. QT_SCALE_FACTOR gives the scale. With
// "-" for the tables only the matrix is gone through.
#include "models/base/files.h"
#include "tests/widgets/desk.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

#include <cstdio>

using namespace ibidem;
using view::TrainController;

namespace {

constexpr int kLongMs = 300000;

class Photographer
{
public:
    Photographer(Desk &desk, QString folder)
        : m_desk(desk)
        , m_folder(std::move(folder))
    {}

    void take(const char *name)
    {
        QTest::qWait(300);
        const QString file = QDir(m_folder).filePath(QLatin1String(name) + QStringLiteral(".png"));
        if (!m_desk.window.grab().save(file))
            std::fprintf(stderr, "cannot write %s\n", qPrintable(file));
    }

    template <class Condition>
    void waitFor(const char *what, Condition condition)
    {
        if (!QTest::qWaitFor(condition, kLongMs))
            std::fprintf(stderr, "gave up waiting for %s\n", what);
    }

private:
    Desk &m_desk;
    QString m_folder;
};

void trainTwice(Desk &desk, Photographer &photographer)
{
    TrainController *train = desk.session.train();
    desk.click("goToTrainButton");
    photographer.take("3-ready");
    desk.click("advancedButton");
    photographer.take("3-advanced");
    desk.click("advancedButton");
    desk.click("trainButton");
    photographer.waitFor("the first rounds", [train] { return train->permille() > 200; });
    photographer.take("4-training");
    photographer.waitFor("the end of training", [train] { return !train->busy(); });
    photographer.take("5-finished");
    desk.click("runAgainButton");
    photographer.waitFor("the verdict", [&desk] {
        return desk.session.compare()->verdict() != view::CompareController::Verdict::None;
    });
    photographer.take("6-identical");
}

void reportAndDiffer(Desk &desk, Photographer &photographer, const QString &folder)
{
    TrainController *train = desk.session.train();
    desk.click("goToReportButton");
    photographer.take("7-report");
    desk.click("saveReportButton");
    photographer.waitFor(
        "the dialog", [&] { return desk.chooseFile(QDir(folder).filePath(QStringLiteral("report.html"))); });
    photographer.waitFor("the report", [&desk] { return !desk.session.report()->savedFile().isEmpty(); });
    photographer.take("7-saved");
    desk.click("stepTrain");
    desk.session.settings()->set(view::kSeedKey, QStringLiteral("1"));
    desk.click("trainButton");
    photographer.waitFor("another run", [train] { return !train->busy(); });
    desk.session.compare()->compare(desk.session.runs()->pathAt(0), train->run());
    photographer.waitFor("differences", [&desk] {
        return desk.session.compare()->verdict() == view::CompareController::Verdict::Different;
    });
    desk.click("stepCompare");
    photographer.take("8-different");
}

void stopAndFail(Desk &desk, Photographer &photographer, const QString &folder)
{
    TrainController *train = desk.session.train();
    desk.click("stepTrain");
    desk.session.settings()->set(view::kRoundsKey, QStringLiteral("100000"));
    desk.session.settings()->set(QStringLiteral("model.subsample"), QStringLiteral("7"));
    photographer.take("9-refused");
    desk.click("trainButton");
    photographer.waitFor("rounds", [train] { return train->state() == TrainController::State::Running; });
    photographer.waitFor("a curve", [train] { return !train->curve()->train().isEmpty(); });
    desk.click("stopButton");
    photographer.waitFor("the stop", [train] { return !train->busy(); });
    photographer.take("9-stopped");
    const QString bad = QDir(folder).filePath(QStringLiteral("ragged.tsv"));
    if (!writeFileAtomically(view::toPath(bad), "Gene ID\tGene Name\t0_a\t1_b\nG1\t\t1.0\t2.0\nG2\t\t1.0\n"))
        return;
    desk.session.data()->open(view::InputRole::Test, bad);
    photographer.waitFor("the error", [&desk] { return !desk.session.data()->isOpening(); });
    desk.click("stepData");
    photographer.take("9-error");
}

void lookAtMatrix(Desk &desk, Photographer &photographer, const QString &file)
{
    desk.click("stepData");
    for (const auto role : {view::InputRole::Train, view::InputRole::Test})
        desk.session.data()->clear(role);
    desk.session.data()->openAll({file});
    const view::DataInput *input = desk.session.data()->input(view::InputRole::Train);
    photographer.waitFor("some progress", [input] {
        return input->percent() > 0 || input->state() != view::DataInput::State::Opening;
    });
    photographer.take("m1-opening");
    auto *content = desk.session.data()->input(view::InputRole::Train)->content();
    photographer.waitFor("the statistics", [content] { return content->statistics().has_value(); });
    auto *tabs = desk.find<QTabWidget>("matrixTabs");
    constexpr std::array<const char *, 5> kNames{"m2-checks", "m3-cells", "m4-labels", "m5-values",
                                                 "m6-preparation"};
    for (std::size_t place = 0; place < kNames.size(); ++place) {
        tabs->setCurrentIndex(static_cast<int>(place));
        photographer.take(kNames[place]);
    }
    view::PrepareController *preparation = content->preparation();
    preparation->parameters()->set(QStringLiteral("minGenes"), QStringLiteral("-1"));
    photographer.take("m6-refused");
    preparation->parameters()->set(QStringLiteral("minGenes"), QStringLiteral("20"));
    desk.click("prepareButton");
    photographer.waitFor("the preparation", [preparation] { return !preparation->busy(); });
    photographer.take("m7-prepared");
    const QSize size = desk.window.size();
    desk.window.resize(desk.window.minimumSize());
    photographer.take("m7-small");
    tabs->setCurrentIndex(1);
    photographer.take("m3-small");
    tabs->setCurrentIndex(4);
    desk.window.resize(size);
    preparation->parameters()->set(QStringLiteral("minGenes"), QStringLiteral("100000"));
    desk.click("prepareButton");
    photographer.waitFor("nothing left", [preparation] { return !preparation->busy(); });
    photographer.take("m8-nothing-left");
    desk.click("goToTrainButton");
    photographer.take("m9-train");
}

void takeMaps(Desk &desk, Photographer &photographer)
{
    auto *colouring = desk.find<QComboBox>("colouringCombo");
    constexpr std::array<const char *, 3> kNames{"n4-map-clusters", "n4-map-labels", "n4-map-errors"};
    for (std::size_t place = 0; place < kNames.size(); ++place) {
        colouring->setCurrentIndex(static_cast<int>(place));
        Q_EMIT colouring->activated(static_cast<int>(place));
        photographer.take(kNames[place]);
    }
    colouring->setCurrentIndex(0);
    Q_EMIT colouring->activated(0);
    auto *plot = desk.find<QWidget>("embeddingPlot");
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Down);
    desk.find<QTableView>("groupsTable")->selectRow(0);
    photographer.take("n4-map-group");
    const QSize size = desk.window.size();
    desk.window.resize(desk.window.minimumSize());
    photographer.take("n4-map-small");
    desk.window.resize(size);
}

void compareMaps(Desk &desk, Photographer &photographer)
{
    auto *tabs = desk.find<QTabWidget>("compareTabs");
    tabs->setCurrentIndex(1);
    photographer.take("n6-maps");
    auto *colouring = desk.find<QComboBox>("pairColouringCombo");
    constexpr std::array<const char *, 3> kNames{"n6-maps-of-b", "n6-maps-labels", "n6-maps-errors"};
    for (std::size_t place = 0; place < kNames.size(); ++place) {
        colouring->setCurrentIndex(static_cast<int>(place) + 1);
        Q_EMIT colouring->activated(static_cast<int>(place) + 1);
        photographer.take(kNames[place]);
    }
    tabs->setCurrentIndex(2);
    photographer.take("n7-curves");
    tabs->setCurrentIndex(3);
    photographer.take("n7-runs");
    const QSize size = desk.window.size();
    desk.window.resize(desk.window.minimumSize());
    tabs->setCurrentIndex(1);
    photographer.take("n7-small");
    desk.window.resize(size);
    tabs->setCurrentIndex(0);
}

/// A network on the matrix: trained twice, with another seed, stopped.
void trainNetwork(Desk &desk, Photographer &photographer)
{
    TrainController *train = desk.session.train();
    view::CompareController *compare = desk.session.compare();
    desk.session.data()->input(view::InputRole::Train)->content()->preparation()->parameters()->reset();
    desk.click("stepTrain");
    desk.session.settings()->set(view::kEpochsKey, QStringLiteral("60"));
    desk.session.settings()->set(QStringLiteral("training.validationFraction"), QStringLiteral("0.1"));
    desk.find<QTabWidget>("resultTabs")->setCurrentIndex(1);
    photographer.take("n1-no-map");
    desk.find<QTabWidget>("resultTabs")->setCurrentIndex(0);
    photographer.take("n1-ready");
    desk.click("trainButton");
    photographer.waitFor("some epochs", [train] { return train->curve()->train().size() > 10; });
    photographer.take("n2-training");
    photographer.waitFor(
        "the map", [train] { return train->embedding()->state() == view::EmbeddingModel::State::Ready; });
    desk.find<QTabWidget>("resultTabs")->setCurrentIndex(0);
    photographer.take("n3-finished");
    desk.find<QTabWidget>("resultTabs")->setCurrentIndex(1);
    takeMaps(desk, photographer);
    const std::filesystem::path first = train->run();
    desk.click("runAgainButton");
    photographer.waitFor("the verdict", [compare, train] {
        return !train->busy() && compare->verdict() == view::CompareController::Verdict::Identical;
    });
    photographer.take("n5-identical");
    desk.find<QTabWidget>("compareTabs")->setCurrentIndex(2);
    photographer.take("n5-curves");
    desk.session.settings()->set(view::kSeedKey, QStringLiteral("1"));
    desk.session.train()->train();
    photographer.waitFor("another run", [train] { return !train->busy(); });
    compare->compare(first, train->run());
    photographer.waitFor("differences", [compare] {
        return compare->state() == view::CompareController::State::Done &&
               compare->embeddings()->b()->state() == view::EmbeddingModel::State::Ready;
    });
    desk.click("stepCompare");
    desk.find<QTabWidget>("compareTabs")->setCurrentIndex(0);
    photographer.take("n6-different");
    compareMaps(desk, photographer);
    desk.click("stepReport");
    photographer.take("n8-report");
    desk.click("stepTrain");
    desk.session.settings()->set(view::kEpochsKey, QStringLiteral("5000"));
    desk.click("trainButton");
    photographer.waitFor("a run", [train] { return train->state() == TrainController::State::Running; });
    photographer.waitFor("a curve", [train] { return train->curve()->train().size() > 3; });
    desk.click("stopButton");
    photographer.waitFor("the stop", [train] { return !train->busy(); });
    photographer.take("n9-stopped");
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 5 && arguments.size() != 6) {
        std::fputs("usage: take_pictures FOLDER TRAIN_TABLE TEST_TABLE light|dark [MATRIX]\n", stderr);
        return 64;
    }
    const QString &folder = arguments[1];
    QDir().mkpath(folder);
    const bool dark = arguments[4] == QLatin1String("dark");
    widgets::applyTheme(dark ? widgets::Theme::Dark : widgets::Theme::Light);
    const QTemporaryDir home;
    Desk desk(home.path());
    Photographer photographer(desk, folder);
    photographer.take("1-empty");
    for (const char *step : {"stepTrain", "stepCompare", "stepReport", "stepData"}) {
        desk.click(step);
        photographer.take(QByteArray("1-empty-").append(step).constData());
    }
    if (arguments[2] != QLatin1String("-")) {
        desk.session.data()->openAll({arguments[2], arguments[3]});
        photographer.waitFor("the tables", [&desk] { return !desk.session.data()->isOpening(); });
        photographer.take("2-loaded");
        trainTwice(desk, photographer);
        reportAndDiffer(desk, photographer, home.path());
        stopAndFail(desk, photographer, home.path());
    }
    if (arguments.size() == 6) {
        lookAtMatrix(desk, photographer, arguments[5]);
        trainNetwork(desk, photographer);
    }
    return 0;
}
