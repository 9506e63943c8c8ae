// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/session.h"
#include "tests/models/data/matrix_samples.h"
#include "tests/models/view/matrix_fixture.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace ibidem;
using namespace ibidem::view;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::QtTest;
constexpr int kLongMs = 60000;

std::shared_ptr<const data::MatrixFile> fileOf(const QTemporaryDir &folder,
                                               const data::MatrixContainer &container)
{
    const auto path = toPath(folder.filePath(QStringLiteral("matrix.safetensors")));
    if (!data::writeMatrixContainer(path, container))
        return {};
    const auto file = data::MatrixFile::open(path);
    return file ? *file : nullptr;
}

Session::Setup setupIn(const QTemporaryDir &folder)
{
    const std::filesystem::path root = toPath(folder.path());
    return {{root / "no-convert", root / "no-train"}, root / "cache", root / "runs", root / "sample.tsv", [] {
                return Result<std::string>(std::string("x\n"));
            }};
}

QString factOf(const DataInput &input, const QString &title)
{
    for (const auto &[name, value] : input.facts()) {
        if (name == title)
            return value;
    }
    return {};
}

} // namespace

class TestMatrixView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesAreThoseOfTheMatrix();
    void namesAreHeadersAndAccessionsTips();
    void labelsAreCountedAndChosen();
    void parametersAreValidatedBeforeTheyChange();
    void problemsNameTheParametersInWords();
    void switchesAreCheckBoxes();
    void stagesSayWhatTheyDrop();
    void aProgramThatIsNotThereIsAProblemInWords();
    void aChoiceIsReadFromTheCure();
    void aMatrixOpensLikeATable();
    void anotherMatrixOfTheFileCanBeChosen();
    void theGenomesOfAnOldFileAreItsMatrices();
    void openingCanBeCancelled();
    void aMatrixChoosesARecipeThatFits();
    void thePreparationBelongsToTheRun();
    void theEpochIsTheOneThatIsDone();
    void aLargeMatrixDoesNotHoldTheLoopUp();
};

void TestMatrixView::valuesAreThoseOfTheMatrix()
{
    const QTemporaryDir folder;
    const auto container = sampleMatrix();
    const auto file = fileOf(folder, container);
    QVERIFY(file);
    MatrixModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    QCOMPARE(model.rowCount(), 0);
    model.setFile(file);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.columnCount(), 4);
    QVERIFY(!model.isCut());
    const data::SparseView rows = container.matrix.rows.view();
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) {
            const float expected =
                rows.at(static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(column));
            QCOMPARE(model.index(row, column).data().toString().toFloat(), expected);
        }
    }
    QCOMPARE(model.index(0, 3).data().toString(), QStringLiteral("2"));
    QCOMPARE(model.index(1, 3).data().toString(), QStringLiteral("0"));
    QVERIFY(
        model.index(2, 2).data(Qt::ToolTipRole).toString().contains(QStringLiteral("7 of Sox17 in AAT-1")));
}

void TestMatrixView::namesAreHeadersAndAccessionsTips()
{
    const QTemporaryDir folder;
    MatrixModel model;
    model.setFile(fileOf(folder, sampleMatrix()));
    QCOMPARE(model.headerData(1, Qt::Vertical).toString(), QStringLiteral("AAG-1"));
    QCOMPARE(model.headerData(3, Qt::Horizontal).toString(), QStringLiteral("Sox17-1"));
    QVERIFY(model.headerData(3, Qt::Horizontal, Qt::ToolTipRole).toString().contains(QStringLiteral("E4")));
    QVERIFY(!model.headerData(4, Qt::Horizontal).isValid());
}

void TestMatrixView::labelsAreCountedAndChosen()
{
    LabelCountsModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    data::TableSummary summary = sampleMatrix().summary;
    summary.shape = {10, 4};
    summary.matrix->columns = {{"score", {}}, {"batch", {{"a", 4}, {"b", 6}}}, {"kind", {{"x", 9}}}};
    summary.labels = summary.matrix->columns["kind"];
    model.setSummary(summary);
    QCOMPARE(model.annotations(), (QStringList{QStringLiteral("batch"), QStringLiteral("kind")}));
    QCOMPARE(model.chosen(), QStringLiteral("kind"));
    QVERIFY(model.description().contains(QStringLiteral("9 of 10 cells")));
    QVERIFY(model.description().contains(QStringLiteral("score")));
    QSignalSpy changed(&model, &LabelCountsModel::changed);
    model.choose(QStringLiteral("batch"));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, LabelCountsModel::LabelColumn).data().toString(), QStringLiteral("b"));
    QCOMPARE(model.index(0, LabelCountsModel::CellsColumn).data().toString(), QStringLiteral("6"));
    QCOMPARE(model.index(1, LabelCountsModel::ShareColumn).data().toString(), QStringLiteral("40.0 %"));
    model.choose(QStringLiteral("score"));
    QCOMPARE(model.chosen(), QStringLiteral("batch"));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TestMatrixView::parametersAreValidatedBeforeTheyChange()
{
    PreparationModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    QSignalSpy changed(&model, &PreparationModel::changed);
    QSignalSpy refused(&model, &PreparationModel::refused);
    const spec::CellPreparation standard;
    const Json keys = standard.toJson();
    QCOMPARE(model.rowCount(), static_cast<int>(keys.size()));
    for (const auto &[key, value] : keys.items())
        QVERIFY2(model.rowOf(toQt(key)) >= 0, key.c_str());
    QVERIFY(model.set(QStringLiteral("minGenes"), QStringLiteral(" 20 ")));
    QCOMPARE(model.preparation().minGenes, 20);
    QCOMPARE(model.changedCount(), 1);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!model.set(QStringLiteral("minGenes"), QStringLiteral("-4")));
    QVERIFY(!model.set(QStringLiteral("maxMean"), QStringLiteral("many")));
    QCOMPARE(refused.count(), 2);
    QVERIFY(!refused.first().first().value<Problem>().cause.isEmpty());
    QCOMPARE(model.preparation().minGenes, 20);
    const int row = model.rowOf(QStringLiteral("minGenes"));
    QCOMPARE(model.index(row, PreparationModel::ValueColumn).data().toString(), QStringLiteral("20"));
    QCOMPARE(model.index(row, PreparationModel::DefaultColumn).data().toString(), QStringLiteral("200"));
    QVERIFY(model.index(row, 0).data(PreparationModel::ChangedRole).toBool());
    model.reset();
    QVERIFY(model.preparation() == standard);
    QCOMPARE(model.changedCount(), 0);
}

void TestMatrixView::problemsNameTheParametersInWords()
{
    const auto inWords = [](const char *text) { return PreparationModel::inWords(QString::fromUtf8(text)); };
    QCOMPARE(inWords("lower minGenes"), QStringLiteral("lower “Least genes of a cell”"));
    QCOMPARE(inWords("preparation.bins is 0"), QStringLiteral("“Groups of like mean” is 0"));
    QCOMPARE(inWords("set logarithm=false"), QStringLiteral("set “Take logarithms” to no"));
    QCOMPARE(inWords("scale: no gene in the bins"), QStringLiteral("scale: no gene in the bins"));
}

void TestMatrixView::switchesAreCheckBoxes()
{
    PreparationModel model;
    const QModelIndex scale =
        model.index(model.rowOf(QStringLiteral("logarithm")), PreparationModel::ValueColumn);
    QVERIFY(scale.flags() & Qt::ItemIsUserCheckable);
    QVERIFY(!(scale.flags() & Qt::ItemIsEditable));
    QCOMPARE(scale.data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Checked));
    QVERIFY(model.setData(scale, Qt::Unchecked, Qt::CheckStateRole));
    QVERIFY(!model.preparation().logarithm);
    QCOMPARE(scale.data().toString(), QStringLiteral("no"));
    const QModelIndex bins = model.index(model.rowOf(QStringLiteral("bins")), PreparationModel::ValueColumn);
    QVERIFY(!bins.data(Qt::CheckStateRole).isValid());
    QVERIFY(bins.flags() & Qt::ItemIsEditable);
    QVERIFY(!model.setData(bins, Qt::Unchecked, Qt::CheckStateRole));
    QVERIFY(model.setData(bins, QStringLiteral("12")));
    QCOMPARE(model.preparation().bins, 12);
}

void TestMatrixView::stagesSayWhatTheyDrop()
{
    StagesModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    model.setStages({{"loaded", std::string(64, 'a'), 2730, 3451, 100},
                     {"filter-cells", std::string(64, 'b'), 2700, 3451, 90},
                     {"something-new", std::string(64, 'c'), 2700, 3451, 90}});
    QCOMPARE(model.index(0, StagesModel::StageColumn).data().toString(), QStringLiteral("Loaded"));
    QCOMPARE(model.index(1, StagesModel::CellsColumn).data().toString(), QStringLiteral("2,700 (−30)"));
    QCOMPARE(model.index(1, StagesModel::GenesColumn).data().toString(), QStringLiteral("3,451"));
    QCOMPARE(model.index(1, StagesModel::DigestColumn).data().toString(), QStringLiteral("bbbbbbbbbbbb"));
    QCOMPARE(model.index(2, StagesModel::StageColumn).data().toString(), QStringLiteral("something-new"));
}

void TestMatrixView::aProgramThatIsNotThereIsAProblemInWords()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = toPath(folder.path());
    PrepareController controller({root / "no-convert", root / "no-train"});
    QVERIFY(!controller.whyNotRun().isEmpty());
    QVERIFY(!controller.whyNotCancel().isEmpty());
    QVERIFY(!controller.whyNotReset().isEmpty());
    controller.run();
    QCOMPARE(controller.state(), PrepareController::State::Idle);
    controller.setContainer(root / "matrix.safetensors");
    QVERIFY(controller.whyNotRun().isEmpty());
    controller.run();
    QVERIFY(controller.busy());
    QVERIFY(!controller.whyNotRun().isEmpty());
    QTRY_COMPARE(controller.state(), PrepareController::State::Failed);
    QVERIFY(!controller.problem().cause.isEmpty());
    QVERIFY(controller.statusText().contains(QStringLiteral("failed")));
    controller.setContainer({});
    QCOMPARE(controller.state(), PrepareController::State::Idle);
    QVERIFY(controller.problem().isEmpty());
}

void TestMatrixView::aChoiceIsReadFromTheCure()
{
    const auto choose = [](const char *cure, ErrorCode code = ErrorCode::Usage) {
        return choiceOf({code, "holds several", "a.h5", cure});
    };
    const OpenChoice genomes = choose("choose with genome: hg19, mm10");
    QCOMPARE(genomes.option, OpenChoice::Option::Genome);
    QCOMPARE(genomes.values, (QStringList{QStringLiteral("hg19"), QStringLiteral("mm10")}));
    QCOMPARE(choose("choose with genome: hg19 (33), mm10 (4)").values, genomes.values);
    const OpenChoice matrices = choose("choose with matrix: raw, 'layers/a'");
    QCOMPARE(matrices.option, OpenChoice::Option::Matrix);
    QCOMPARE(matrices.values, (QStringList{QStringLiteral("raw"), QStringLiteral("layers/a")}));
    const OpenChoice types = choose("choose all or one of the feature types: Peaks (7), 'Custom (2)'");
    QCOMPARE(types.option, OpenChoice::Option::FeatureType);
    QCOMPARE(types.values,
             (QStringList{QStringLiteral("Peaks"), QStringLiteral("Custom"), QStringLiteral("all")}));
    QCOMPARE(choose("choose with genome: a, b", ErrorCode::BadData).option, OpenChoice::Option::None);
    QCOMPARE(choose("choose another genome").option, OpenChoice::Option::None);
    QCOMPARE(choose("see the manual: it tells").option, OpenChoice::Option::None);
}

void TestMatrixView::aMatrixOpensLikeATable()
{
    const QTemporaryDir folder;
    const auto setup = setupIn(folder);
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, QStringLiteral("cells.h5ad"),
                                      patternMatrix(300, 100, 25));
    QVERIFY(!file.isEmpty());
    Session session(setup);
    session.data()->openAll({file});
    DataInput *input = session.data()->input(InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QVERIFY(input->isMatrix());
    QCOMPARE(input->headline(), QStringLiteral("300 cells × 100 genes, 2 labels"));
    QVERIFY2(factOf(*input, QStringLiteral("Values")).startsWith(QStringLiteral("25.0 % non-zero (7,500)")),
             qPrintable(factOf(*input, QStringLiteral("Values"))));
    QVERIFY(factOf(*input, QStringLiteral("Annotations")).contains(QStringLiteral("kind")));
    QVERIFY(input->sources().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(input->content()->statistics().has_value(), kLongMs);
    QCOMPARE(input->content()->state(), MatrixContent::State::Loaded);
    QCOMPARE(input->content()->values()->rowCount(), 300);
    QCOMPARE(input->content()->statistics()->genesPerCell.median, 25.0);
    QCOMPARE(input->content()->labels()->chosen(), QStringLiteral("kind"));
    QCOMPARE(input->preview()->rowCount(), 0);
    QVERIFY(input->content()->preparation()->whyNotRun().isEmpty());
    session.data()->clear(InputRole::Train);
    QCOMPARE(input->content()->state(), MatrixContent::State::None);
    QCOMPARE(input->content()->values()->rowCount(), 0);
    QVERIFY(!input->content()->preparation()->whyNotRun().isEmpty());
}

void TestMatrixView::anotherMatrixOfTheFileCanBeChosen()
{
    const QTemporaryDir folder;
    const auto setup = setupIn(folder);
    data::MatrixContainer first = patternMatrix(30, 20, 5);
    first.summary.matrix->sources = {"X", "raw"};
    data::MatrixContainer raw = patternMatrix(30, 40, 5);
    raw.summary.matrix->sources = {"X", "raw"};
    raw.summary.matrix->source = "raw";
    data::TableOptions options;
    options.matrix = "raw";
    const QString name = QStringLiteral("two.h5ad");
    QVERIFY(!cachedMatrix(folder.path(), setup.cacheFolder, name, raw, options).isEmpty());
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, name, first);
    Session session(setup);
    DataInput *input = session.data()->input(InputRole::Train);
    session.data()->open(InputRole::Train, file);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QCOMPARE(input->sources(), (QStringList{QStringLiteral("X"), QStringLiteral("raw")}));
    QCOMPARE(input->source(), QStringLiteral("X"));
    input->chooseSource(QStringLiteral("nothing"));
    QCOMPARE(input->state(), DataInput::State::Ready);
    bool empty = false;
    connect(session.data(), &DataController::changed, this,
            [&] { empty = empty || session.data()->isEmpty(); });
    input->chooseSource(QStringLiteral("raw"));
    QCOMPARE(input->state(), DataInput::State::Opening);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QCOMPARE(input->source(), QStringLiteral("raw"));
    QTRY_COMPARE_WITH_TIMEOUT(input->content()->values()->columnCount(), 40, kLongMs);
    QVERIFY2(!empty, "the screen would have been empty in between");
}

void TestMatrixView::theGenomesOfAnOldFileAreItsMatrices()
{
    const QTemporaryDir folder;
    const auto setup = setupIn(folder);
    data::MatrixContainer human = patternMatrix(30, 20, 5);
    human.summary.format = "10x-v2";
    human.summary.matrix->source = "hg19";
    human.summary.matrix->sources = {"hg19", "mm10"};
    data::MatrixContainer mouse = human;
    mouse.summary.matrix->source = "mm10";
    const QString name = QStringLiteral("two.h5");
    data::TableOptions options;
    options.genome = "mm10";
    QVERIFY(!cachedMatrix(folder.path(), setup.cacheFolder, name, mouse, options).isEmpty());
    options.genome = "hg19";
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, name, human, options);
    DataInput input(setup.programs, setup.cacheFolder, QStringLiteral("Data"));
    input.open(file, options);
    QTRY_COMPARE_WITH_TIMEOUT(input.state(), DataInput::State::Ready, kLongMs);
    input.chooseSource(QStringLiteral("mm10"));
    QTRY_COMPARE_WITH_TIMEOUT(input.state(), DataInput::State::Ready, kLongMs);
    QCOMPARE(input.source(), QStringLiteral("mm10"));
}

void TestMatrixView::openingCanBeCancelled()
{
    const QTemporaryDir folder;
    const auto setup = setupIn(folder);
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, QStringLiteral("cells.h5ad"),
                                      patternMatrix(300, 100, 25));
    Session session(setup);
    DataInput *input = session.data()->input(InputRole::Train);
    session.data()->open(InputRole::Train, file + QLatin1Char('/'));
    QCOMPARE(input->fileName(), QStringLiteral("cells.h5ad"));
    input->cancel();
    QCOMPARE(input->state(), DataInput::State::None);
    QTest::qWait(200);
    QCOMPARE(input->state(), DataInput::State::None);
    QVERIFY(session.data()->isEmpty());
    session.data()->open(InputRole::Train, file);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    input->cancel();
    QCOMPARE(input->state(), DataInput::State::Ready);
}

void TestMatrixView::aMatrixChoosesARecipeThatFits()
{
    const QTemporaryDir folder;
    const auto setup = setupIn(folder);
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, QStringLiteral("cells.h5ad"),
                                      patternMatrix(30, 20, 5));
    Session session(setup);
    QVERIFY(!session.settings()->isNetwork());
    QVERIFY(!session.train()->isNetwork());
    session.data()->open(InputRole::Train, file);
    QTRY_VERIFY_WITH_TIMEOUT(session.data()->input(InputRole::Train)->isMatrix(), kLongMs);
    QCOMPARE(session.settings()->recipe(), QStringLiteral("sc-autoencoder"));
    QVERIFY2(session.train()->whyNotTrain().isEmpty(), qPrintable(session.train()->whyNotTrain()));
    QVERIFY(session.train()->isNetwork());
    QVERIFY(session.train()->curve()->isNetwork());
    QCOMPARE(session.step(Step::Data).state, StepState::Ready);
    QCOMPARE(session.step(Step::Train).status, QStringLiteral("can start"));
    // Test data and labels are not used, and said so.
    session.data()->open(InputRole::Test, file + QStringLiteral(".missing"));
    QTRY_COMPARE(session.data()->input(InputRole::Test)->state(), DataInput::State::Failed);
    QVERIFY(session.train()->whyNotTrain().isEmpty());
    QCOMPARE(session.train()->readiness()->worst(), data::CheckState::Warning);
    // A recipe that does not fit says so.
    session.settings()->setRecipe(QStringLiteral("lcep-xgboost"));
    const QString why = session.train()->whyNotTrain();
    QVERIFY2(why.contains(QStringLiteral("cells.h5ad")), qPrintable(why));
    QVERIFY2(why.contains(QStringLiteral("sc-autoencoder")), qPrintable(why));
    session.train()->train();
    QCOMPARE(session.train()->state(), TrainController::State::Idle);
}

void TestMatrixView::thePreparationBelongsToTheRun()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    SettingsModel *settings = session.settings();
    PreparationModel *preparation =
        session.data()->input(InputRole::Train)->content()->preparation()->parameters();
    const QString key = QStringLiteral("preparation.minGenes");
    QVERIFY(preparation->set(QStringLiteral("minGenes"), QStringLiteral("20")));
    QCOMPARE(settings->changedCount(), 0); // trees know no cells
    settings->setRecipe(QStringLiteral("sc-autoencoder"));
    QCOMPARE(settings->value(key), QStringLiteral("20"));
    QVERIFY(settings->isChanged(key));
    jobs::TrainOrder order;
    settings->fill(order);
    QCOMPARE(order.overrides, std::vector<std::string>{"preparation.minGenes=20"});
    QVERIFY(settings->set(key, QStringLiteral("7")));
    QCOMPARE(preparation->preparation().minGenes, 7);
    QVERIFY(!settings->set(key, QStringLiteral("-7")));
    QCOMPARE(preparation->preparation().minGenes, 7);
    settings->setRecipe(QStringLiteral("lcep-xgboost"));
    settings->setRecipe(QStringLiteral("sc-autoencoder"));
    QCOMPARE(settings->value(key), QStringLiteral("7"));
    preparation->reset();
    QCOMPARE(settings->value(key), QStringLiteral("200"));
    QCOMPARE(settings->changedCount(), 0);
}

/// Progress comes at most every 50 ms: that of an epoch's end is left out where its middle was told just
/// before.
void TestMatrixView::theEpochIsTheOneThatIsDone()
{
    const QTemporaryDir folder;
    auto setup = setupIn(folder);
    const std::filesystem::path trainer = toPath(folder.path()) / "train.sh";
    std::string script = "#!/bin/sh\nfor folder; do :; done\n"; // the last argument
    int sequence = 0;
    for (const char *event :
         {R"("event":"started","recipe":"sc-autoencoder","rounds":50)",
          R"("event":"progress","stage":"training","fraction":0.02,"round":1,"rounds":50)",
          R"("event":"progress","stage":"training","fraction":0.25)"})
        script += "echo '{\"schema\":\"ibidem/event/1\",\"sequence\":" + std::to_string(++sequence) + "," +
                  event + "}' >> \"$folder/events.jsonl\"; echo\n";
    QVERIFY(writeFileAtomically(trainer, script + "exec sleep 100\n"));
    std::filesystem::permissions(trainer, std::filesystem::perms::owner_all);
    setup.programs.train = trainer;
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, QStringLiteral("cells.h5ad"),
                                      patternMatrix(30, 20, 5));
    Session session(setup);
    session.data()->open(InputRole::Train, file);
    QTRY_VERIFY_WITH_TIMEOUT(session.data()->input(InputRole::Train)->isMatrix(), kLongMs);
    session.train()->train();
    QTRY_VERIFY2_WITH_TIMEOUT(session.train()->statusText().contains(QStringLiteral("epoch 12 of 50")),
                              qPrintable(session.train()->statusText()), kLongMs);
}

void TestMatrixView::aLargeMatrixDoesNotHoldTheLoopUp()
{
    const QTemporaryDir folder;
    const auto setup = setupIn(folder);
    const QString file = cachedMatrix(folder.path(), setup.cacheFolder, QStringLiteral("large.h5ad"),
                                      patternMatrix(20000, 5000, 100));
    QVERIFY(!file.isEmpty());
    Session session(setup);
    DataInput *input = session.data()->input(InputRole::Train);
    qint64 longest = 0;
    QElapsedTimer clock;
    QTimer beat;
    connect(&beat, &QTimer::timeout, this, [&] { longest = std::max(longest, clock.restart()); });
    clock.start();
    beat.start(0);
    session.data()->open(InputRole::Train, file);
    QTRY_VERIFY_WITH_TIMEOUT(input->content()->statistics().has_value(), kLongMs);
    qInfo("longest gap of the event loop: %lld ms", static_cast<long long>(longest));
    QCOMPARE(input->content()->values()->rowCount(), 20000);
    QCOMPARE(input->content()->statistics()->genesPerCell.minimum, 100.0);
    QCOMPARE(input->content()->statistics()->genesPerCell.maximum, 100.0);
}

QTEST_GUILESS_MAIN(TestMatrixView)
#include "tst_matrix_view.moc"
