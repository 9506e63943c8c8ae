// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/curve_model.h"
#include "models/view/embedding_pair.h"
#include "models/view/metrics_model.h"
#include "models/view/run_curves.h"
#include "models/view/runs_model.h"
#include "models/view/settings_model.h"
#include "tests/models/view/network_fixture.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ibidem;
using namespace ibidem::view;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::QtTest;
constexpr int kLongMs = 60000;

QString factOf(const EmbeddingModel &model, const QString &title)
{
    for (const auto &[name, value] : model.facts()) {
        if (name == title)
            return value;
    }
    return {};
}

} // namespace

/// What a network made of its cells, as the window shows it.
class TestEmbedding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clustersAndLabelsAreGroups();
    void errorsAreGroupsOfTheSameSize();
    void groupsAreCarriedOverByName();
    void aRunIsReadInTheBackground();
    void aRunOfTreesHasNoMapAndNoProblem();
    void aDamagedFileIsAProblemInWords();
    void onlyTheLastRunIsShown();
    void aRunWithoutAMapSaysSo();
    void aPairHasOneColourForOneCell();
    void curvesOfTwoRunsAreSubtracted();
    void curvesOfDifferentKindsAreNotCompared();
    void settingsOfANetworkHaveTheirKeys();
    void curveAndMetricsSpeakOfEpochs();
    void theListOfRunsNamesTheModel();
};

void TestEmbedding::clustersAndLabelsAreGroups()
{
    const runs::EmbeddingFile file = spiralEmbedding(9);
    const CellGroups clusters = clusterGroups(file);
    QCOMPARE(clusters.groups.size(), std::size_t{2});
    QCOMPARE(clusters.groups[0].cells, qsizetype{6});
    QCOMPARE(clusters.groups[1].cells, qsizetype{3});
    QCOMPARE(clusters.groups[1].mostly, QStringLiteral("beta (67 %)"));
    QCOMPARE(clusters.without, -1);
    const CellGroups labels = labelGroups(file);
    QCOMPARE(labels.groups.size(), std::size_t{3}); // the first cell has none
    QCOMPARE(labels.groups[2].name, QStringLiteral("no label"));
    QCOMPARE(labels.groups[2].cells, qsizetype{1});
    QCOMPARE(labels.without, 2);
    QCOMPARE(colourOf(labels, 2), -1);
    QCOMPARE(labels.ofCell[0], 2);
    GroupsModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    model.setGroups(labels);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(0, GroupsModel::NameColumn).data().toString(), QStringLiteral("alpha"));
    QCOMPARE(model.index(0, GroupsModel::CellsColumn).data().toString(), QStringLiteral("6"));
    QCOMPARE(model.index(0, GroupsModel::ShareColumn).data().toString(), QStringLiteral("66.7 %"));
    QCOMPARE(model.index(2, 0).data(GroupsModel::ColourRole).toInt(), -1);
    QVERIFY(!model.index(0, 0).data(GroupsModel::ScaleRole).isValid());
}

void TestEmbedding::errorsAreGroupsOfTheSameSize()
{
    const runs::EmbeddingFile file = spiralEmbedding(80);
    const CellGroups groups = errorGroups(file.cellErrors, errorBorders(file.cellErrors));
    QCOMPARE(groups.groups.size(), std::size_t{8});
    for (const CellGroup &group : groups.groups)
        QCOMPARE(group.cells, qsizetype{10});
    QVERIFY(std::is_sorted(groups.ofCell.begin(), groups.ofCell.end()));
    QCOMPARE(scalePlace(groups, 0), 0.0);
    QCOMPARE(scalePlace(groups, 7), 1.0);
    std::vector<float> strange{0.5F, 0.5F, std::nanf(""), 0.5F};
    const CellGroups alike = errorGroups(strange, errorBorders(strange));
    QCOMPARE(alike.groups.size(), std::size_t{2});
    QCOMPARE(alike.groups[0].cells, qsizetype{3});
    QCOMPARE(alike.without, 1);
    QVERIFY(errorGroups({}, errorBorders({})).ofCell.empty());
}

void TestEmbedding::groupsAreCarriedOverByName()
{
    const std::vector<std::string> names{"c", "a", "b"};
    const CellIndex index(names);
    QCOMPARE(index.find("a"), qsizetype{1});
    QCOMPARE(index.find("aa"), qsizetype{-1});
    CellGroups groups;
    groups.title = QStringLiteral("x");
    groups.groups = {{QStringLiteral("one"), 1, {}}, {QStringLiteral("two"), 2, {}}};
    groups.ofCell = {0, 1, 1};
    const CellGroups carried = carriedOver(groups, index, {"b", "z", "c"});
    QCOMPARE(carried.ofCell, (std::vector<int>{1, 2, 0}));
    QCOMPARE(carried.without, 2);
    QCOMPARE(carried.groups[1].cells, qsizetype{1});
    QCOMPARE(carriedOver(groups, index, names), groups);
}

void TestEmbedding::aRunIsReadInTheBackground()
{
    const QTemporaryDir folder;
    const auto run = toPath(folder.path()) / "run";
    QVERIFY(writeNetworkRun(run, spiralEmbedding(30)));
    EmbeddingModel model;
    QVERIFY(model.whyNoMap().contains(QStringLiteral("No map yet")));
    model.load(run);
    QCOMPARE(model.state(), EmbeddingModel::State::Loading);
    QTRY_COMPARE_WITH_TIMEOUT(model.state(), EmbeddingModel::State::Ready, kLongMs);
    QVERIFY(model.whyNoMap().isEmpty());
    QCOMPARE(model.cellCount(), qsizetype{30});
    QCOMPARE(model.colourings(), (QList<Colouring>{Colouring::Cluster, Colouring::Label, Colouring::Error}));
    QCOMPARE(model.groups().title, QStringLiteral("Clusters"));
    QCOMPARE(model.table()->rowCount(), 2);
    const QString text = model.cellText(3);
    for (const char *part : {"CELL3", "cluster 1", "beta", "0.04"})
        QVERIFY2(text.contains(QLatin1String(part)), qPrintable(text));
    QVERIFY(model.cellText(0).contains(QStringLiteral("no label")));
    QCOMPARE(model.cellOf(QStringLiteral("CELL7")), qsizetype{7});
    QVERIFY(factOf(model, QStringLiteral("Agreement")).contains(QStringLiteral("ARI 0.750, NMI 0.625")));
    QVERIFY(factOf(model, QStringLiteral("Loss")).contains(QStringLiteral("0.25 of all cells")));
    QSignalSpy changed(&model, &EmbeddingModel::groupsChanged);
    model.setColouring(Colouring::Label);
    QCOMPARE(changed.count(), 1);
    QVERIFY(model.description().contains(QStringLiteral("2 labels")));
    model.clear();
    QCOMPARE(model.cellCount(), qsizetype{0});
    QCOMPARE(model.table()->rowCount(), 0);
}

void TestEmbedding::aRunOfTreesHasNoMapAndNoProblem()
{
    const QTemporaryDir folder;
    const auto run = toPath(folder.path()) / "run";
    runs::Manifest manifest;
    manifest.outcome = "finished";
    manifest.spec = spec::findRecipe("lcep-xgboost")->spec;
    QVERIFY(makeFolder(run).has_value());
    QVERIFY(runs::writeManifest(run, manifest).has_value());
    EmbeddingModel model;
    model.load(run);
    QTRY_COMPARE_WITH_TIMEOUT(model.state(), EmbeddingModel::State::None, kLongMs);
    QVERIFY(model.problem().isEmpty());
}

void TestEmbedding::aDamagedFileIsAProblemInWords()
{
    const QTemporaryDir folder;
    const auto run = toPath(folder.path()) / "run";
    QVERIFY(writeNetworkRun(run, spiralEmbedding(30)));
    QVERIFY(writeFileAtomically(run / runs::kEmbeddingFile, "no tensors").has_value());
    EmbeddingModel model;
    model.load(run);
    QTRY_COMPARE_WITH_TIMEOUT(model.state(), EmbeddingModel::State::Failed, kLongMs);
    QVERIFY(!model.problem().cause.isEmpty());
    QVERIFY(model.whyNoMap().contains(model.problem().cause));
}

void TestEmbedding::onlyTheLastRunIsShown()
{
    const QTemporaryDir folder;
    const auto root = toPath(folder.path());
    QVERIFY(writeNetworkRun(root / "a", spiralEmbedding(30)));
    QVERIFY(writeNetworkRun(root / "b", spiralEmbedding(12)));
    EmbeddingModel model;
    model.load(root / "a");
    model.load(root / "b");
    QTRY_COMPARE_WITH_TIMEOUT(model.state(), EmbeddingModel::State::Ready, kLongMs);
    QCOMPARE(model.cellCount(), qsizetype{12});
    QCOMPARE(model.name(), QStringLiteral("b"));
}

void TestEmbedding::aRunWithoutAMapSaysSo()
{
    const QTemporaryDir folder;
    const auto run = toPath(folder.path()) / "run";
    runs::EmbeddingFile file = spiralEmbedding(30);
    file.map.clear();
    file.clusters.clear();
    QVERIFY(writeNetworkRun(run, file));
    EmbeddingModel model;
    model.load(run);
    QTRY_COMPARE_WITH_TIMEOUT(model.state(), EmbeddingModel::State::Ready, kLongMs);
    QVERIFY(model.whyNoMap().contains(QStringLiteral("analysis.map")));
    QCOMPARE(model.colourings(), (QList<Colouring>{Colouring::Label, Colouring::Error}));
    QCOMPARE(model.colouring(), Colouring::Label);
}

void TestEmbedding::aPairHasOneColourForOneCell()
{
    const QTemporaryDir folder;
    const auto root = toPath(folder.path());
    runs::EmbeddingFile other = spiralEmbedding(30);
    std::reverse(other.cellIds.begin(), other.cellIds.end()); // the same cells in another order
    std::reverse(other.cellErrors.begin(), other.cellErrors.end());
    QVERIFY(writeNetworkRun(root / "a", spiralEmbedding(30)));
    QVERIFY(writeNetworkRun(root / "b", other));
    EmbeddingPair pair;
    QVERIFY(pair.isEmpty());
    pair.load(root / "a", root / "b");
    QTRY_VERIFY_WITH_TIMEOUT(pair.a()->content() && pair.b()->content(), kLongMs);
    QCOMPARE(pair.choices().size(), 4);
    QVERIFY(pair.description().contains(QStringLiteral("same 30 cells")));
    for (const auto colours : pair.choices()) {
        pair.setColours(colours);
        for (qsizetype cell = 0; cell < 30; ++cell) {
            const auto twin = static_cast<std::size_t>(pair.b()->cellOf(pair.a()->cellId(cell)));
            QCOMPARE(pair.a()->groups().ofCell[static_cast<std::size_t>(cell)],
                     pair.b()->groups().ofCell[twin]);
        }
    }
    // What each run calls a cluster is something else: without the pair the colours would differ.
    pair.setColours(EmbeddingPair::Colours::ClustersOfA);
    QVERIFY(clusterGroups(other).ofCell != pair.b()->groups().ofCell);
    QCOMPARE(clusterGroups(spiralEmbedding(30)).ofCell, pair.a()->groups().ofCell);
    // What was chosen comes back, though for a while nothing of B is there to colour by.
    pair.setColours(EmbeddingPair::Colours::ClustersOfB);
    pair.b()->clear();
    QVERIFY(pair.colours() != EmbeddingPair::Colours::ClustersOfB);
    pair.load(root / "a", root / "b");
    QTRY_VERIFY_WITH_TIMEOUT(pair.a()->content() && pair.b()->content(), kLongMs);
    QCOMPARE(pair.colours(), EmbeddingPair::Colours::ClustersOfB);
}

void TestEmbedding::curvesOfTwoRunsAreSubtracted()
{
    const QTemporaryDir folder;
    const auto root = toPath(folder.path());
    QVERIFY(writeNetworkRun(root / "a", spiralEmbedding(9), 4, 0.5));
    QVERIFY(writeNetworkRun(root / "b", spiralEmbedding(9), 6, 0.75));
    RunCurves curves;
    QSignalSpy changed(&curves, &RunCurves::changed);
    curves.load(root / "a", root / "a");
    QTRY_COMPARE_WITH_TIMEOUT(curves.difference().size(), 4, kLongMs);
    QVERIFY(curves.description().contains(QStringLiteral("same losses in all 4 epochs")));
    curves.load(root / "a", root / "b");
    QTRY_COMPARE_WITH_TIMEOUT(curves.b().train().size(), 6, kLongMs);
    QCOMPARE(curves.difference().size(), 4);
    QCOMPARE(curves.difference().first(), QPointF(1.0, -0.25));
    QCOMPARE(curves.a().test().size(), 4);
    QVERIFY(curves.description().contains(QStringLiteral("since epoch 1")));
    QVERIFY(curves.reading(1).contains(QStringLiteral("Epoch 2: A 0.25, B 0.375")));
}

void TestEmbedding::curvesOfDifferentKindsAreNotCompared()
{
    const QTemporaryDir folder;
    const auto root = toPath(folder.path());
    QVERIFY(writeNetworkRun(root / "a", spiralEmbedding(9)));
    runs::Manifest manifest;
    manifest.outcome = "finished";
    manifest.spec = spec::findRecipe("lcep-xgboost")->spec;
    manifest.files[std::string(runs::kMetricsFile)] = std::string(64, 'c');
    QVERIFY(makeFolder(root / "b").has_value());
    QVERIFY(writeFileAtomically(root / "b" / runs::kMetricsFile,
                                runs::metricsCsv({{1, "train", "logloss", 0.5}, {1, "test", "logloss", 0.6}}))
                .has_value());
    QVERIFY(runs::writeManifest(root / "b", manifest).has_value());
    RunCurves curves;
    curves.load(root / "a", root / "b");
    QTRY_COMPARE_WITH_TIMEOUT(curves.b().train().size(), 1, kLongMs);
    QVERIFY(!curves.isComparable());
    QVERIFY(curves.difference().isEmpty());
    QVERIFY(curves.description().contains(QStringLiteral("trees")));
}

void TestEmbedding::settingsOfANetworkHaveTheirKeys()
{
    SettingsModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    QCOMPARE(model.lengthKey(), kRoundsKey);
    QVERIFY(model.value(kEpochsKey).isEmpty());
    QCOMPARE(model.recipeFor(true), QStringLiteral("sc-autoencoder"));
    model.setRecipe(model.recipeFor(true));
    QVERIFY(model.isNetwork());
    QCOMPARE(model.lengthKey(), kEpochsKey);
    QCOMPARE(model.value(kEpochsKey), QStringLiteral("1000"));
    QVERIFY(model.value(kRoundsKey).isEmpty());
    QVERIFY(model.set(kEpochsKey, QStringLiteral("20")));
    QVERIFY(model.set(QStringLiteral("model.widths"), QStringLiteral("64, 16")));
    QCOMPARE(model.value(QStringLiteral("model.widths")), QStringLiteral("64,16"));
    QVERIFY(!model.set(kRoundsKey, QStringLiteral("20")));
    for (int row = 0; row < model.rowCount(); ++row) {
        const QString key = model.index(row, SettingsModel::KeyColumn).data().toString();
        QVERIFY2(!key.startsWith(QStringLiteral("data.")), qPrintable(key));
    }
    model.setRecipe(QStringLiteral("expression-xgboost"));
    QCOMPARE(model.recipeFor(false), QStringLiteral("expression-xgboost"));
}

void TestEmbedding::curveAndMetricsSpeakOfEpochs()
{
    CurveModel curve;
    QCOMPARE(curve.stepTitle(), QStringLiteral("Round"));
    curve.setNetwork(true);
    curve.append(QStringLiteral("train"), 1, 0.5);
    curve.append(QStringLiteral("validation"), 1, 0.625);
    QCOMPARE(curve.stepTitle(), QStringLiteral("Epoch"));
    QVERIFY(curve.description().contains(QStringLiteral("after epoch 1, training 0.5, validation 0.625")));
    MetricsModel metrics;
    const QAbstractItemModelTester tester(&metrics, kFatal);
    metrics.setNetwork(true);
    metrics.setValue(QStringLiteral("train"), QStringLiteral("loss"), 0.5);
    QCOMPARE(metrics.columnCount(), 2);
    metrics.setValue(QStringLiteral("validation"), QStringLiteral("loss"), 0.625);
    QCOMPARE(metrics.columnCount(), 3);
    QCOMPARE(metrics.headerData(2, Qt::Horizontal).toString(), QStringLiteral("Validation"));
    metrics.setMetrics({{"train", {{"loss", 0.5}}}, {"all", {{"loss", 0.25}}}, {"analysis", {{"ari", 1.0}}}});
    QCOMPARE(metrics.rowCount(), 1);
    QCOMPARE(metrics.index(0, 2).data().toString(), QStringLiteral("0.250000"));
}

void TestEmbedding::theListOfRunsNamesTheModel()
{
    const QTemporaryDir folder;
    const auto root = toPath(folder.path());
    QVERIFY(writeNetworkRun(root / "net", spiralEmbedding(9), 7));
    RunsModel model(root);
    model.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 1, kLongMs);
    QCOMPARE(model.index(0, RunsModel::ModelColumn).data().toString(), QStringLiteral("autoencoder"));
    QCOMPARE(model.index(0, RunsModel::LengthColumn).data().toString(), QStringLiteral("7 epochs"));
    QVERIFY(model.index(0, RunsModel::LossColumn).data().toString().contains(QStringLiteral("0.250000")));
}

QTEST_GUILESS_MAIN(TestEmbedding)
#include "tst_embedding.moc"
