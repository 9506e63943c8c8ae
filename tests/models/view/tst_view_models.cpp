// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/recipes.h"
#include "models/view/checks_model.h"
#include "models/view/curve_model.h"
#include "models/view/differences_model.h"
#include "models/view/metrics_model.h"
#include "models/view/runs_model.h"
#include "models/view/settings_model.h"
#include "models/view/table_preview_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ibidem;
using namespace ibidem::view;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

TablePreviewModel::Container smallTable()
{
    auto container = std::make_shared<data::TableContainer>();
    container->table.sampleIds = {"S1", "S2"};
    container->table.geneIds = {"G1", "G2", "G3"};
    container->table.sampleLabels = {"0", "1"};
    container->table.values = {1.0, 2.0, 3.0, 4.0, 0.1, 6.0};
    return container;
}

} // namespace

class TestViewModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void checksSayTheirStateInWordsAndAsANumber();
    void previewPutsGenesInRowsAndSamplesInColumns();
    void previewOfAnnotationsShowsTheirColumns();
    void settingsStartAtTheRecipesDefaults();
    void settingsRefuseWhatTheSpecificationRefuses();
    void settingsFillTheOrderOfTheCommandLine();
    void settingsDoNotShowInputs();
    void curveForgetsRoundsThatAreRepeated();
    void metricsComeInTheReadersOrder();
    void differencesTellTheirSize();
    void runsListWhatTheStoreHoldsAndNothingElse();
};

void TestViewModels::checksSayTheirStateInWordsAndAsANumber()
{
    ChecksModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    QCOMPARE(model.worst(), data::CheckState::Ok);
    model.setChecks({{"a", data::CheckState::Ok, "fine"}, {"b", data::CheckState::Warning, "twice"}});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1, ChecksModel::StateColumn).data().toString(), QStringLiteral("Warning"));
    QCOMPARE(model.index(1, ChecksModel::StateColumn).data(ChecksModel::StateRole).toInt(),
             static_cast<int>(data::CheckState::Warning));
    QCOMPARE(model.index(0, ChecksModel::MessageColumn).data().toString(), QStringLiteral("fine"));
    QCOMPARE(model.worst(), data::CheckState::Warning);
    QCOMPARE(model.countOf(data::CheckState::Warning), 1);
}

void TestViewModels::previewPutsGenesInRowsAndSamplesInColumns()
{
    TablePreviewModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    QCOMPARE(model.rowCount(), 0);
    model.setContainer(smallTable());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.columnCount(), 2);
    QCOMPARE(model.index(1, 1).data().toString(), QStringLiteral("0.1"));
    QCOMPARE(model.index(2, 0).data().toString(), QStringLiteral("3"));
    QCOMPARE(model.headerData(1, Qt::Vertical).toString(), QStringLiteral("G2"));
    QVERIFY(model.headerData(1, Qt::Horizontal).toString().contains(QStringLiteral("S2")));
    QVERIFY(model.headerData(1, Qt::Horizontal).toString().contains(QStringLiteral("class 1")));
}

void TestViewModels::previewOfAnnotationsShowsTheirColumns()
{
    auto container = std::make_shared<data::TableContainer>();
    container->table.sampleIds = {"S1", "S2"};
    container->columns = {"age", "group"};
    container->columnValues = {{"31", "45"}, {"a", "b"}};
    TablePreviewModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    model.setContainer(container);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.columnCount(), 2);
    QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), QStringLiteral("group"));
    QCOMPARE(model.index(1, 0).data().toString(), QStringLiteral("45"));
}

void TestViewModels::settingsStartAtTheRecipesDefaults()
{
    SettingsModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    QVERIFY(model.recipeNames().contains(QStringLiteral("lcep-xgboost")));
    QCOMPARE(model.value(kRoundsKey), QStringLiteral("1000"));
    QCOMPARE(model.value(kSeedKey), QStringLiteral("0"));
    QCOMPARE(model.value(kLevelKey), QStringLiteral("portable"));
    QCOMPARE(model.value(kThreadsKey), QStringLiteral("0"));
    QCOMPARE(model.changedCount(), 0);
    QVERIFY(model.set(kRoundsKey, QStringLiteral("20")));
    QCOMPARE(model.value(kRoundsKey), QStringLiteral("20"));
    QCOMPARE(model.defaultValue(kRoundsKey), QStringLiteral("1000"));
    QCOMPARE(model.changedCount(), 1);
    QVERIFY(model.set(kRoundsKey, QStringLiteral("1000")));
    QCOMPARE(model.changedCount(), 0);
}

void TestViewModels::settingsRefuseWhatTheSpecificationRefuses()
{
    SettingsModel model;
    QSignalSpy refused(&model, &SettingsModel::refused);
    QVERIFY(!model.set(kRoundsKey, QStringLiteral("0")));
    QVERIFY(!model.set(QStringLiteral("model.subsample"), QStringLiteral("many")));
    QCOMPARE(refused.count(), 2);
    QVERIFY(!refused.first().first().value<Problem>().cause.isEmpty());
    QCOMPARE(model.value(kRoundsKey), QStringLiteral("1000"));
    QCOMPARE(model.changedCount(), 0);
}

void TestViewModels::settingsFillTheOrderOfTheCommandLine()
{
    SettingsModel model;
    jobs::TrainOrder order;
    model.fill(order);
    QVERIFY(order.overrides.empty());
    QVERIFY(!order.level);
    QVERIFY(model.set(kLevelKey, QStringLiteral("portable")));
    QVERIFY(model.set(kSeedKey, QStringLiteral("7")));
    QVERIFY(model.set(kThreadsKey, QStringLiteral("2")));
    QVERIFY(model.set(QStringLiteral("model.maxDepth"), QStringLiteral("4")));
    model.fill(order);
    QCOMPARE(order.recipeOrSpec, std::string("lcep-xgboost"));
    QVERIFY(order.level == spec::Level::Portable);
    QVERIFY(order.seed == 7U);
    QVERIFY(order.threads == 2);
    QCOMPARE(order.overrides.size(), std::size_t{1});
    QCOMPARE(order.overrides.front(), std::string("model.maxDepth=4"));
    model.reset(kLevelKey);
    jobs::TrainOrder again;
    model.fill(again);
    QVERIFY(!again.level);
}

void TestViewModels::settingsDoNotShowInputs()
{
    const SettingsModel model;
    QVERIFY(model.rowCount() > 10);
    for (int row = 0; row < model.rowCount(); ++row) {
        const QString key = model.index(row, SettingsModel::KeyColumn).data().toString();
        QVERIFY2(!key.startsWith(QStringLiteral("data.train")), qPrintable(key));
        QVERIFY2(!key.startsWith(QStringLiteral("data.test")), qPrintable(key));
        QVERIFY(model.flags(model.index(row, SettingsModel::ValueColumn)) & Qt::ItemIsEditable);
        QVERIFY(!(model.flags(model.index(row, SettingsModel::KeyColumn)) & Qt::ItemIsEditable));
    }
}

void TestViewModels::curveForgetsRoundsThatAreRepeated()
{
    CurveModel model;
    QSignalSpy changed(&model, &CurveModel::changed);
    for (int round = 1; round <= 5; ++round)
        model.append(QStringLiteral("train"), round, 1.0 / round);
    model.append(QStringLiteral("train"), 3, 0.5);
    QCOMPARE(model.train().size(), 3);
    QCOMPARE(model.train().last(), QPointF(3, 0.5));
    QVERIFY(model.test().isEmpty());
    QVERIFY(changed.wait());
    QCOMPARE(changed.count(), 1);
}

void TestViewModels::metricsComeInTheReadersOrder()
{
    MetricsModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    model.setMetrics(
        {{"train", {{"logloss", 0.25}}}, {"test", {{"zeta", 1.0}, {"logloss", 0.5}, {"accuracy", 1.0}}}});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("Accuracy"));
    QCOMPARE(model.index(1, 1).data().toString(), QStringLiteral("0.250000"));
    QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("–"));
    QCOMPARE(model.index(2, 0).data().toString(), QStringLiteral("zeta"));
    model.setValue(QStringLiteral("test"), QStringLiteral("mcc"), 0.5);
    QCOMPARE(model.rowCount(), 4);
}

void TestViewModels::differencesTellTheirSize()
{
    DifferencesModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    compare::Difference difference;
    difference.what = "metric";
    difference.where = "round 17 test logloss";
    difference.maxUlp = 3;
    difference.count = 1200;
    model.setDifferences({difference});
    const QString size = model.index(0, DifferencesModel::SizeColumn).data().toString();
    QVERIFY(size.contains(QStringLiteral("3 ulp")));
    QVERIFY(size.contains(QStringLiteral("1,200")));
}

void TestViewModels::runsListWhatTheStoreHoldsAndNothingElse()
{
    const QTemporaryDir folder;
    const std::filesystem::path store = toPath(folder.path());
    runs::Manifest manifest;
    manifest.program = "ibidem";
    manifest.outcome = "finished";
    manifest.spec = spec::findRecipe("lcep-xgboost")->spec;
    manifest.chain = std::string(64, 'a');
    manifest.metrics["test"]["logloss"] = 0.03;
    std::filesystem::create_directories(store / "run-1");
    std::filesystem::create_directories(store / "not-a-run");
    std::filesystem::create_directories(store / "run-2.partial");
    QVERIFY(runs::writeManifest(store / "run-1", manifest).has_value());

    RunsModel model(store);
    const QAbstractItemModelTester tester(&model, kFatal);
    QSignalSpy refreshed(&model, &RunsModel::refreshed);
    model.refresh();
    QVERIFY(refreshed.wait());
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, RunsModel::NameColumn).data().toString(), QStringLiteral("run-1"));
    QCOMPARE(model.index(0, RunsModel::ChainColumn).data().toString(), QStringLiteral("aaaaaaaaaaaa"));
    QCOMPARE(model.rowOf(store / "run-1"), 0);
    QCOMPARE(model.rowOf(store / "run-9"), -1);
    QVERIFY(model.pathAt(5).empty());
}

QTEST_GUILESS_MAIN(TestViewModels)
#include "tst_view_models.moc"
