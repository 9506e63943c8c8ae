// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/view/matrix_fixture.h"
#include "tests/test_data.h"
#include "tests/widgets/desk.h"

#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QIdentityProxyModel>
#include <QLabel>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>

using namespace ibidem;
using view::DataInput;
using view::PrepareController;

namespace {

constexpr int kLongMs = 120000;

/// Counts how often a table asks for a value.
class CountingModel final : public QIdentityProxyModel
{
public:
    using QIdentityProxyModel::QIdentityProxyModel;

    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        if (role == Qt::DisplayRole)
            ++asked;
        return QIdentityProxyModel::data(index, role);
    }

    // The proxy's own would go past this model and its counter.
    [[nodiscard]] QModelIndexList match(const QModelIndex &start, int role, const QVariant &value, int hits,
                                        Qt::MatchFlags flags) const override
    {
        return QAbstractItemModel::match(start, role, value, hits, flags);
    }

    mutable qint64 asked = 0;
};

/// The time that the event loop was longest away while the object lives.
class LongestGap final
{
public:
    LongestGap()
    {
        m_clock.start();
        QObject::connect(&m_beat, &QTimer::timeout, &m_beat,
                         [this] { m_longest = std::max(m_longest, m_clock.restart()); });
        m_beat.start(0);
    }

    [[nodiscard]] qint64 milliseconds() const { return m_longest; }

private:
    QElapsedTimer m_clock;
    QTimer m_beat;
    qint64 m_longest = 0;
};

/// A stand-in for ibidem-convert, made of shell lines; in a folder that takes the place of the programs'.
bool writeConverter(const QString &folder, const QByteArray &lines)
{
    QDir().mkpath(folder);
    QFile file(QDir(folder).filePath(QStringLiteral("ibidem-convert")));
    return file.open(QIODevice::WriteOnly) && file.write("#!/bin/sh\n" + lines) > 0 &&
           file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

} // namespace

/// A matrix in the window: looked at, chosen from, prepared.
class TestMatrixPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void tabsShowWhatIsInTheMatrix();
    void aTableShowsNoTabs();
    void plotsSayWhatTheyShow();
    void labelsOfAnotherAnnotationAreChosen();
    void theTableAsksOnlyForWhatIsSeen();
    void anotherMatrixOfTheFileIsChosen();
    void aGenomeIsChosenWhereThereAreSeveral();
    void openingIsCancelled();
    void theTrainScreenSaysWhatCanBeDone();
    void aParameterIsEditedWithTheKeyboard();
    void theStagesOfAPreparationAreShown();
    void aFolderIsOpened();
    void realCellsAreOpenedAndPrepared();
    void aGivenLargeFileDoesNotStopTheWindow();

private:
    [[nodiscard]] static std::filesystem::path cacheOf(const QString &root);
    void open(Desk &desk, const QString &file);
    void showTab(Desk &desk, const char *widget);

    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_programs;
};

void TestMatrixPage::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_programs = qgetenv("IBIDEM_BIN");
}

void TestMatrixPage::cleanup()
{
    qputenv("IBIDEM_BIN", m_programs);
}

std::filesystem::path TestMatrixPage::cacheOf(const QString &root)
{
    return view::toPath(root) / "cache";
}

void TestMatrixPage::open(Desk &desk, const QString &file)
{
    QVERIFY(!file.isEmpty());
    desk.session.data()->openAll({file});
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_VERIFY_WITH_TIMEOUT(input->state() != DataInput::State::Opening, kLongMs);
    QVERIFY2(input->state() == DataInput::State::Ready, qPrintable(input->problem().cause));
    QVERIFY(input->isMatrix());
    QTRY_VERIFY(!desk.find<QWidget>("testInputButton")->isVisible()); // a network reads one matrix
    auto *content = desk.session.data()->input(view::InputRole::Train)->content();
    QTRY_VERIFY_WITH_TIMEOUT(content->statistics().has_value(), kLongMs);
}

void TestMatrixPage::showTab(Desk &desk, const char *widget)
{
    auto *tabs = desk.find<QTabWidget>("matrixTabs");
    const auto *wanted = desk.find<QWidget>(widget);
    QVERIFY(wanted);
    for (int place = 0; place < tabs->count(); ++place) {
        if (tabs->widget(place) == wanted || tabs->widget(place)->isAncestorOf(wanted))
            tabs->setCurrentIndex(place);
    }
    QTRY_VERIFY(wanted->isVisible());
}

void TestMatrixPage::tabsShowWhatIsInTheMatrix()
{
    Desk desk(m_folder->path());
    auto container = patternMatrix(300, 100, 25);
    container.summary.checks = {{"counts", data::CheckState::Ok, "All values are counts."}};
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("a.h5ad"), container));
    QVERIFY(desk.find<QTabWidget>("matrixTabs")->isVisible());
    QVERIFY(!desk.find<QTableView>("previewTable")->isVisible());
    QVERIFY(!desk.find<QTableView>("checksTable")->isVisible());
    showTab(desk, "matrixChecksTable");
    QCOMPARE(desk.find<QTableView>("matrixChecksTable")->model()->rowCount(), 1);
    for (const char *plot : {"genesPerCellPlot", "countsPerCellPlot", "cellsPerGenePlot"})
        showTab(desk, plot);
    showTab(desk, "labelsTable");
    QCOMPARE(desk.find<QTableView>("labelsTable")->model()->rowCount(), 2);
    showTab(desk, "matrixTable");
    QCOMPARE(desk.find<QTableView>("matrixTable")->model()->rowCount(), 300);
    QCOMPARE(desk.find<QTableView>("matrixTable")->model()->columnCount(), 100);
    showTab(desk, "preparationTable");
    QVERIFY(desk.click("trainChooseButton") && desk.find<QFileDialog>("fileDialog"));
    desk.find<QFileDialog>("fileDialog")->close();
    QVERIFY(desk.click("trainRemoveButton"));
    QVERIFY(!desk.find<QTabWidget>("matrixTabs")->isVisible());
    QVERIFY(desk.find<>("openFileButton")->isVisible());
}

void TestMatrixPage::aTableShowsNoTabs()
{
    Desk desk(m_folder->path());
    QVERIFY(desk.click("makeSampleButton"));
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QTRY_VERIFY(desk.find<QTableView>("previewTable")->isVisible());
    QVERIFY(!desk.find<QTabWidget>("matrixTabs")->isVisible());
    QVERIFY(!desk.find<QComboBox>("sourceCombo")->isVisible());
}

void TestMatrixPage::plotsSayWhatTheyShow()
{
    Desk desk(m_folder->path());
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("a.h5ad"),
                            patternMatrix(300, 100, 25)));
    showTab(desk, "genesPerCellPlot");
    auto *plot = desk.find<QWidget>("genesPerCellPlot");
    QVERIFY(!plot->accessibleName().isEmpty());
    QVERIFY2(plot->accessibleDescription().contains(QStringLiteral("Median 25")),
             qPrintable(plot->accessibleDescription()));
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Home);
    QCOMPARE(plot->accessibleDescription(), QStringLiteral("300 cells at 25"));
    QCOMPARE(plot->findChild<QLabel *>(QStringLiteral("distributionReading"))->text(),
             plot->accessibleDescription());
    QTest::keyClick(plot, Qt::Key_Right);
    QTest::keyClick(plot, Qt::Key_Left);
    QTest::keyClick(plot, Qt::Key_End);
    QVERIFY(plot->accessibleDescription().contains(QStringLiteral("Median 25")));
    const QImage one = desk.find<QWidget>("countsPerCellPlot")->grab().toImage();
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("b.h5ad"),
                            patternMatrix(400, 300, 7)));
    QTRY_VERIFY(desk.find<QWidget>("countsPerCellPlot")->grab().toImage() != one);
}

void TestMatrixPage::labelsOfAnotherAnnotationAreChosen()
{
    Desk desk(m_folder->path());
    auto container = patternMatrix(30, 20, 5);
    container.summary.matrix->columns["age"] = {{"old", 20}, {"young", 5}, {"new", 5}};
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("a.h5ad"), container));
    showTab(desk, "annotationCombo");
    auto *combo = desk.find<QComboBox>("annotationCombo");
    auto *table = desk.find<QTableView>("labelsTable");
    QCOMPARE(combo->currentText(), QStringLiteral("kind"));
    QCOMPARE(table->model()->rowCount(), 2);
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Up);
    QCOMPARE(combo->currentText(), QStringLiteral("age"));
    QCOMPARE(table->model()->rowCount(), 3);
    QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("old"));
}

void TestMatrixPage::theTableAsksOnlyForWhatIsSeen()
{
    constexpr int kCells = 20000;
    constexpr qint64 kSeenAtMost = 20000;
    Desk desk(m_folder->path());
    {
        const LongestGap gap;
        open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("large.h5ad"),
                                patternMatrix(kCells, 5000, 50)));
        qInfo("longest gap of the event loop while writing and opening: %lld ms",
              static_cast<long long>(gap.milliseconds()));
    }
    auto *table = desk.find<QTableView>("matrixTable");
    CountingModel counting;
    counting.setSourceModel(table->model());
    table->setModel(&counting);
    const LongestGap gap;
    showTab(desk, "matrixTable");
    QTRY_VERIFY(counting.asked > 0);
    QVERIFY2(counting.asked < kSeenAtMost, qPrintable(QString::number(counting.asked)));
    counting.asked = 0;
    table->scrollToBottom();
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Home);
    QTest::keyClick(table, Qt::Key_End);
    QTest::keyClicks(table, QStringLiteral("xyz"));
    table->selectColumn(7);
    QTest::qWait(50);
    QVERIFY2(counting.asked < kSeenAtMost, qPrintable(QString::number(counting.asked)));
    qInfo("%lld values asked for, longest gap %lld ms", static_cast<long long>(counting.asked),
          static_cast<long long>(gap.milliseconds()));
    counting.asked = 0; // What typing would do in an ordinary table.
    table->QTableView::keyboardSearch(QStringLiteral("xyz"));
    QVERIFY(counting.asked >= kCells);
    table->setModel(counting.sourceModel());
}

void TestMatrixPage::anotherMatrixOfTheFileIsChosen()
{
    Desk desk(m_folder->path());
    auto first = patternMatrix(30, 20, 5);
    auto raw = patternMatrix(30, 40, 5);
    first.summary.matrix->sources = {"X", "raw"};
    raw.summary.matrix->sources = {"X", "raw"};
    raw.summary.matrix->source = "raw";
    data::TableOptions options;
    options.matrix = "raw";
    const QString name = QStringLiteral("two.h5ad");
    QVERIFY(!cachedMatrix(m_folder->path(), cacheOf(desk.root), name, raw, options).isEmpty());
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), name, first));
    auto *combo = desk.find<QComboBox>("sourceCombo");
    QVERIFY(combo->isVisible());
    QCOMPARE(combo->currentText(), QStringLiteral("X"));
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Down);
    QTRY_COMPARE_WITH_TIMEOUT(desk.find<QTableView>("matrixTable")->model()->columnCount(), 40, kLongMs);
    QCOMPARE(combo->currentText(), QStringLiteral("raw"));
}

void TestMatrixPage::aGenomeIsChosenWhereThereAreSeveral()
{
    const QString programs = m_folder->filePath(QStringLiteral("bin"));
    QVERIFY(writeConverter(
        programs, R"(echo '{"event":"failed","error":{"code":"usage","message":"it holds 2 genomes",)"
                  R"("path":"x","cure":"choose with genome: hg19, mm10"}}')"
                  "\nexit 64\n"));
    qputenv("IBIDEM_BIN", programs.toLocal8Bit());
    Desk desk(m_folder->path());
    data::TableOptions options;
    options.genome = "mm10";
    const QString file = cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("two.h5"),
                                      patternMatrix(30, 20, 5), options);
    desk.session.data()->openAll({file});
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Failed, kLongMs);
    auto *combo = desk.find<QComboBox>("choiceCombo");
    QVERIFY(combo->isVisible());
    QCOMPARE(combo->count(), 2);
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Down);
    QVERIFY(desk.click("choiceButton"));
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QVERIFY(!combo->isVisible());
    QVERIFY(!desk.find<QWidget>("dataProblem")->isVisible());
}

void TestMatrixPage::openingIsCancelled()
{
    const QString programs = m_folder->filePath(QStringLiteral("bin"));
    QVERIFY(writeConverter(programs, "echo '{\"event\":\"progress\",\"fraction\":0.25}'\nexec sleep 100\n"));
    qputenv("IBIDEM_BIN", programs.toLocal8Bit());
    Desk desk(m_folder->path());
    const QString file = m_folder->filePath(QStringLiteral("slow.h5ad"));
    QVERIFY(writeFileAtomically(view::toPath(file), "slow").has_value());
    desk.session.data()->openAll({file});
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->percent(), 25, kLongMs);
    QVERIFY(desk.find<QWidget>("openProgress")->isVisible());
    QVERIFY(desk.click("cancelOpenButton"));
    QCOMPARE(input->state(), DataInput::State::None);
    QVERIFY(desk.find<>("openFileButton")->isVisible());
    QTest::qWait(100);
    QCOMPARE(input->state(), DataInput::State::None);
}

void TestMatrixPage::theTrainScreenSaysWhatCanBeDone()
{
    Desk desk(m_folder->path());
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("a.h5ad"),
                            patternMatrix(30, 20, 5)));
    QVERIFY(desk.click("goToTrainButton"));
    auto *recipes = desk.find<QComboBox>("recipeCombo");
    QCOMPARE(recipes->currentData().toString(), QStringLiteral("sc-autoencoder"));
    const auto mayBeChosen = [recipes](const char *name) {
        return recipes->model()->index(recipes->findData(QLatin1String(name)), 0).flags() & Qt::ItemIsEnabled;
    };
    QVERIFY(mayBeChosen("sc-autoencoder"));
    QVERIFY(!mayBeChosen("lcep-xgboost"));
    QVERIFY(desk.find<>("trainButton")->isEnabled());
    desk.session.settings()->setRecipe(QStringLiteral("lcep-xgboost"));
    QVERIFY(!desk.find<>("trainButton")->isEnabled());
    const auto *why = desk.find<QLabel>("trainWhyLabel");
    QVERIFY(why->isVisible());
    QVERIFY2(why->text().contains(QStringLiteral("sc-autoencoder")), qPrintable(why->text()));
    QVERIFY(desk.click("goToDataButton"));
    QVERIFY(desk.find<QTabWidget>("matrixTabs")->isVisible());
}

void TestMatrixPage::aParameterIsEditedWithTheKeyboard()
{
    Desk desk(m_folder->path());
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("a.h5ad"),
                            patternMatrix(30, 20, 5)));
    showTab(desk, "preparationTable");
    auto *preparation = desk.session.data()->input(view::InputRole::Train)->content()->preparation();
    auto *table = desk.find<QTableView>("preparationTable");
    const auto at = [&](const char *key) {
        return table->model()->index(preparation->parameters()->rowOf(QLatin1String(key)),
                                     view::PreparationModel::ValueColumn);
    };
    table->setFocus();
    table->setCurrentIndex(at("logarithm"));
    QTest::keyClick(table->viewport(), Qt::Key_Space);
    QVERIFY(!preparation->parameters()->preparation().logarithm);
    table->setCurrentIndex(at("minGenes"));
    QTest::keyClick(table, Qt::Key_F2);
    auto *editor = table->viewport()->findChild<QLineEdit *>();
    QVERIFY(editor);
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("-3"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY(desk.find<QWidget>("parameterProblem")->isVisible());
    QCOMPARE(preparation->parameters()->preparation().minGenes, 200);
    QVERIFY(desk.click("preparationResetButton"));
    QVERIFY(preparation->parameters()->preparation().logarithm);
    QVERIFY(!desk.find<QWidget>("parameterProblem")->isVisible());
    QVERIFY(!desk.find<>("preparationResetButton")->isEnabled());
}

void TestMatrixPage::theStagesOfAPreparationAreShown()
{
    Desk desk(m_folder->path());
    open(desk, cachedMatrix(m_folder->path(), cacheOf(desk.root), QStringLiteral("a.h5ad"),
                            patternMatrix(600, 400, 60)));
    showTab(desk, "prepareButton");
    auto *preparation = desk.session.data()->input(view::InputRole::Train)->content()->preparation();
    QVERIFY(preparation->parameters()->set(QStringLiteral("minGenes"), QStringLiteral("5")));
    QVERIFY(desk.click("prepareButton"));
    QVERIFY(preparation->busy());
    QVERIFY(desk.click("cancelPrepareButton"));
    QTRY_COMPARE_WITH_TIMEOUT(preparation->state(), PrepareController::State::Cancelled, kLongMs);
    QVERIFY(!desk.find<QTableView>("stagesTable")->isVisible());
    QVERIFY(preparation->parameters()->set(QStringLiteral("selectGenes"), QStringLiteral("false")));
    QVERIFY(desk.click("prepareButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!preparation->busy(), kLongMs);
    QVERIFY2(preparation->state() == PrepareController::State::Finished,
             qPrintable(preparation->problem().cause));
    auto *stages = desk.find<QTableView>("stagesTable");
    QVERIFY(stages->isVisible());
    QVERIFY(stages->model()->rowCount() >= 5);
    QCOMPARE(stages->model()->index(0, view::StagesModel::CellsColumn).data().toString(),
             QStringLiteral("600"));
    QVERIFY(!preparation->isOutdated());
    QVERIFY(preparation->parameters()->set(QStringLiteral("minGenes"), QStringLiteral("6")));
    QVERIFY(preparation->isOutdated());
}

void TestMatrixPage::aFolderIsOpened()
{
    const QString folder = m_folder->filePath(QStringLiteral("sample"));
    QVERIFY(QDir().mkpath(folder));
    const std::filesystem::path path = view::toPath(folder);
    QVERIFY(writeFileAtomically(path / "matrix.mtx", "%%MatrixMarket matrix coordinate integer general\n"
                                                     "3 2 4\n1 1 5\n2 1 1\n3 2 7\n1 2 2\n")
                .has_value());
    QVERIFY(writeFileAtomically(path / "barcodes.tsv", "AAC-1\nAAG-1\n").has_value());
    QVERIFY(writeFileAtomically(path / "genes.tsv", "E1\tActb\nE2\tGapdh\nE3\tSox17\n").has_value());
    Desk desk(m_folder->filePath(QStringLiteral("desk")));
    open(desk, folder);
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QCOMPARE(input->headline(), QStringLiteral("2 cells × 3 genes, no labels"));
    const QAbstractItemModel *values = desk.find<QTableView>("matrixTable")->model();
    QCOMPARE(values->index(0, 0).data().toString(), QStringLiteral("5"));
    QCOMPARE(values->index(1, 2).data().toString(), QStringLiteral("7"));
    QCOMPARE(values->index(1, 1).data().toString(), QStringLiteral("0"));
}

void TestMatrixPage::realCellsAreOpenedAndPrepared()
{
    IBIDEM_REAL_DATA(folder);
    Desk desk(m_folder->path());
    open(desk, view::fromPath(folder / "singlecell" / "paul15_cluster.h5ad"));
    DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QVERIFY2(input->headline().startsWith(QStringLiteral("2,730 cells × 3,451 genes")),
             qPrintable(input->headline()));
    QVERIFY(input->content()->labels()->rowCount() > 1);
    auto *preparation = input->content()->preparation();
    showTab(desk, "prepareButton");
    QVERIFY(desk.click("prepareButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!preparation->busy(), kLongMs);
    QVERIFY2(preparation->state() == PrepareController::State::Finished,
             qPrintable(preparation->problem().cause));
    QVERIFY(preparation->summary()->stages.back().cells > 0);
}

/// By hand, with a file of a gigabyte: IBIDEM_LARGE_MATRIX names it.
void TestMatrixPage::aGivenLargeFileDoesNotStopTheWindow()
{
    const QString file = qEnvironmentVariable("IBIDEM_LARGE_MATRIX");
    if (file.isEmpty())
        QSKIP("no large file is given (IBIDEM_LARGE_MATRIX)");
    Desk desk(m_folder->path());
    DataInput *input = desk.session.data()->input(view::InputRole::Train);
    const LongestGap gap;
    desk.session.data()->openAll({file});
    QTRY_VERIFY_WITH_TIMEOUT(input->percent() > 20, kLongMs);
    QElapsedTimer clock;
    clock.start();
    QVERIFY(desk.click("cancelOpenButton"));
    QCOMPARE(input->state(), DataInput::State::None);
    qInfo("cancelled in %lld ms, longest gap %lld ms", static_cast<long long>(clock.elapsed()),
          static_cast<long long>(gap.milliseconds()));
    clock.start();
    open(desk, file);
    qInfo("opened and counted in %lld ms, longest gap %lld ms", static_cast<long long>(clock.elapsed()),
          static_cast<long long>(gap.milliseconds()));
    for (const char *widget : {"genesPerCellPlot", "labelsTable", "matrixTable", "prepareButton"}) {
        showTab(desk, widget);
        desk.window.grab();
    }
    desk.find<QTableView>("matrixTable")->scrollToBottom();
    qInfo("looked at, longest gap %lld ms", static_cast<long long>(gap.milliseconds()));
    auto *preparation = input->content()->preparation();
    QVERIFY(desk.click("prepareButton"));
    QTRY_VERIFY_WITH_TIMEOUT(preparation->permille() > 0 || !preparation->busy(), kLongMs);
    clock.start();
    QVERIFY(desk.click("cancelPrepareButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!preparation->busy(), kLongMs);
    qInfo("preparation cancelled in %lld ms, longest gap %lld ms", static_cast<long long>(clock.elapsed()),
          static_cast<long long>(gap.milliseconds()));
    QCOMPARE(preparation->state(), PrepareController::State::Cancelled);
    clock.start();
    desk.session.data()->clear(view::InputRole::Train);
    qInfo("removed in %lld ms", static_cast<long long>(clock.elapsed()));
}

QTEST_MAIN(TestMatrixPage)
#include "tst_matrix_page.moc"
