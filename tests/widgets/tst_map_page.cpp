// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/view/network_fixture.h"
#include "tests/test_data.h"
#include "tests/widgets/desk.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>

using namespace ibidem;
using view::EmbeddingModel;
using view::TrainController;

namespace {

constexpr int kLongMs = 120000;

void choose(QComboBox *combo, int place)
{
    combo->setCurrentIndex(place);
    Q_EMIT combo->activated(place);
}

/// Whether some pixel of a picture has nearly this colour: points are a little transparent.
bool shows(const QImage &image, const QColor &color)
{
    constexpr int kNear = 28;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            if (std::abs(pixel.red() - color.red()) < kNear &&
                std::abs(pixel.green() - color.green()) < kNear &&
                std::abs(pixel.blue() - color.blue()) < kNear)
                return true;
        }
    }
    return false;
}

} // namespace

/// Networks in the window: the map of one run, two maps side by side, a training from the matrix to the map.
class TestMapPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theMapOfARunIsShown();
    void theMapIsReadWithTheKeyboard();
    void theMouseNamesTheCell();
    void aSelectedGroupStandsOut();
    void manyCellsAreDrawnAtOnce();
    void twoMapsHaveOneCursor();
    void realCellsAreTrainedTwice();
    void aStoppedNetworkGoesOn();

private:
    /// Shows the map of a run with these cells on the Train screen.
    void show(Desk &desk, const runs::EmbeddingFile &file);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestMapPage::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    widgets::applyTheme(widgets::Theme::Light);
}

void TestMapPage::show(Desk &desk, const runs::EmbeddingFile &file)
{
    desk.window.showStep(view::Step::Train);
    desk.session.settings()->setRecipe(QStringLiteral("sc-autoencoder"));
    const std::filesystem::path run = view::toPath(desk.root) / "runs" / "net";
    QVERIFY(writeNetworkRun(run, file));
    QVERIFY(desk.find<QLabel>("embeddingNote")->text().contains(QStringLiteral("No map yet")));
    desk.session.train()->embedding()->load(run);
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->embedding()->state(), EmbeddingModel::State::Ready,
                              kLongMs);
    QTRY_VERIFY(desk.find<QWidget>("embeddingPlot")->isVisible());
}

void TestMapPage::theMapOfARunIsShown()
{
    Desk desk(m_folder->path());
    QVERIFY(!desk.find<QTabWidget>("resultTabs")->tabBar()->isVisible()); // trees have no map
    show(desk, spiralEmbedding(60));
    QVERIFY(desk.find<QTabWidget>("resultTabs")->tabBar()->isVisible());
    auto *colouring = desk.find<QComboBox>("colouringCombo");
    QCOMPARE(colouring->count(), 3);
    auto *groups = desk.find<QTableView>("groupsTable");
    QCOMPARE(groups->model()->rowCount(), 2);
    auto *plot = desk.find<QWidget>("embeddingPlot");
    const QList<QColor> colors = {QColor(QStringLiteral("#0077aa")), QColor(QStringLiteral("#dd6600"))};
    QTRY_VERIFY(shows(plot->grab().toImage(), colors[0]));
    QVERIFY(shows(plot->grab().toImage(), colors[1]));
    choose(colouring, 2);
    QCOMPARE(groups->model()->rowCount(), 8);
    QTRY_VERIFY(!shows(plot->grab().toImage(), colors[1]));
    const auto facts = desk.window.findChildren<QLabel *>(QStringLiteral("embeddingFact"));
    QVERIFY(std::any_of(facts.begin(), facts.end(), [](const QLabel *fact) {
        return fact->text().contains(QStringLiteral("ARI 0.750"));
    }));
}

void TestMapPage::theMapIsReadWithTheKeyboard()
{
    Desk desk(m_folder->path());
    show(desk, spiralEmbedding(60));
    auto *plot = desk.find<QWidget>("embeddingPlot");
    QVERIFY(!plot->accessibleName().isEmpty());
    QVERIFY(plot->accessibleDescription().contains(QStringLiteral("60 cells, coloured by 2 clusters")));
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Down);
    QCOMPARE(plot->accessibleDescription(), QStringLiteral("cluster 0, 40 cells, mostly alpha (100 %)"));
    QTest::keyClick(plot, Qt::Key_Down);
    QVERIFY(plot->accessibleDescription().startsWith(QStringLiteral("cluster 1, 20 cells")));
    QTest::keyClick(plot, Qt::Key_Home);
    const QString leftmost = plot->accessibleDescription();
    QVERIFY2(leftmost.startsWith(QStringLiteral("CELL")), qPrintable(leftmost));
    QTest::keyClick(plot, Qt::Key_Right);
    QVERIFY(plot->accessibleDescription() != leftmost);
    QTest::keyClick(plot, Qt::Key_Left);
    QCOMPARE(plot->accessibleDescription(), leftmost);
    for (const Qt::Key key : {Qt::Key_Plus, Qt::Key_Minus, Qt::Key_0, Qt::Key_End})
        QTest::keyClick(plot, key);
    QVERIFY(plot->accessibleDescription().contains(QStringLiteral("60 cells")));
    // A new run takes the map away while the cursor is on it.
    QTest::keyClick(plot, Qt::Key_Home);
    desk.session.train()->embedding()->clear();
    QVERIFY(desk.find<QLabel>("embeddingNote")->isVisibleTo(desk.find<QTabWidget>("resultTabs")));
}

void TestMapPage::theMouseNamesTheCell()
{
    Desk desk(m_folder->path());
    show(desk, spiralEmbedding(60));
    auto *plot = desk.find<QWidget>("embeddingPlot");
    QSet<QString> named;
    for (int y = 20; y < plot->height(); y += 9) {
        for (int x = 20; x < plot->width(); x += 9) {
            QTest::mouseMove(plot, QPoint(x, y));
            const QString text = plot->accessibleDescription();
            if (text.startsWith(QStringLiteral("CELL")))
                named.insert(text.section(QLatin1Char(':'), 0, 0));
        }
    }
    QVERIFY2(named.size() > 10, qPrintable(QString::number(named.size())));
}

void TestMapPage::aSelectedGroupStandsOut()
{
    Desk desk(m_folder->path());
    show(desk, spiralEmbedding(60));
    auto *plot = desk.find<QWidget>("embeddingPlot");
    const QColor second(QStringLiteral("#dd6600"));
    QTRY_VERIFY(shows(plot->grab().toImage(), second));
    desk.find<QTableView>("groupsTable")->selectRow(0);
    QTRY_VERIFY(!shows(plot->grab().toImage(), second));
    QVERIFY(shows(plot->grab().toImage(), QColor(QStringLiteral("#0077aa"))));
    desk.find<QTableView>("groupsTable")->clearSelection();
    QTRY_VERIFY(shows(plot->grab().toImage(), second));
}

void TestMapPage::manyCellsAreDrawnAtOnce()
{
    Desk desk(m_folder->path());
    show(desk, spiralEmbedding(50000));
    auto *plot = desk.find<QWidget>("embeddingPlot");
    plot->grab();
    QElapsedTimer clock;
    qint64 least = std::numeric_limits<qint64>::max();
    for (int time = 0; time < 5; ++time) {
        clock.start();
        QTest::keyClick(plot, Qt::Key_Plus);
        QCoreApplication::processEvents(); // it draws when the loop gets to it
        least = std::min(least, clock.nsecsElapsed());
    }
    qInfo("50,000 cells: zoomed and drawn in %.1f ms", static_cast<double>(least) / 1e6);
    QVERIFY(shows(plot->grab().toImage(), QColor(QStringLiteral("#0077aa"))));
}

void TestMapPage::twoMapsHaveOneCursor()
{
    Desk desk(m_folder->path());
    const std::filesystem::path root = view::toPath(desk.root) / "runs";
    runs::EmbeddingFile other = spiralEmbedding(60);
    std::reverse(other.cellIds.begin(), other.cellIds.end());
    QVERIFY(writeNetworkRun(root / "a", spiralEmbedding(60)));
    QVERIFY(writeNetworkRun(root / "b", other));
    desk.window.showStep(view::Step::Compare);
    auto *tabs = desk.find<QTabWidget>("compareTabs");
    tabs->setCurrentIndex(1);
    QVERIFY(desk.find<QLabel>("embeddingPairNote")->isVisible());
    view::EmbeddingPair *pair = desk.session.compare()->embeddings();
    pair->load(root / "a", root / "b");
    QTRY_VERIFY_WITH_TIMEOUT(pair->a()->content() && pair->b()->content(), kLongMs);
    auto *a = desk.find<QWidget>("embeddingPlotA");
    auto *b = desk.find<QWidget>("embeddingPlotB");
    QTRY_VERIFY(a->isVisible() && b->isVisible());
    QCOMPARE(desk.find<QComboBox>("pairColouringCombo")->count(), 4);
    a->setFocus();
    QTest::keyClick(a, Qt::Key_Home);
    const auto cellOf = [](const QWidget *plot) {
        return plot->accessibleDescription().section(QLatin1Char(':'), 0, 0);
    };
    QVERIFY(cellOf(a).startsWith(QStringLiteral("CELL")));
    QCOMPARE(cellOf(b), cellOf(a));
    b->setFocus();
    QTest::keyClick(b, Qt::Key_Right);
    QCOMPARE(cellOf(a), cellOf(b));
    QTest::keyClick(b, Qt::Key_End);
    QVERIFY(!cellOf(a).startsWith(QStringLiteral("CELL")));
}

void TestMapPage::realCellsAreTrainedTwice()
{
    IBIDEM_REAL_DATA(data)
    Desk desk(m_folder->path());
    desk.session.data()->openAll({view::fromPath(data / "singlecell" / "paul15_cluster.h5ad")});
    view::DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), view::DataInput::State::Ready, kLongMs);
    QVERIFY(input->content()->preparation()->parameters()->set(QStringLiteral("minGenes"),
                                                               QStringLiteral("150")));
    QVERIFY(desk.click("goToTrainButton"));
    auto *epochs = desk.find<QSpinBox>("roundsSpin");
    epochs->setFocus();
    epochs->selectAll();
    QTest::keyClicks(epochs, QStringLiteral("3"));
    QTest::keyClick(epochs, Qt::Key_Return);
    QCOMPARE(desk.session.settings()->value(view::kEpochsKey), QStringLiteral("3"));
    TrainController *train = desk.session.train();
    QVERIFY(desk.click("trainButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!train->busy(), kLongMs);
    QVERIFY2(train->state() == TrainController::State::Finished, qPrintable(train->problem().cause));
    QCOMPARE(train->curve()->train().size(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(train->embedding()->state(), EmbeddingModel::State::Ready, kLongMs);
    QCOMPARE(desk.find<QTabWidget>("resultTabs")->currentIndex(), 1);
    QVERIFY(train->statusText().contains(QStringLiteral("3 epochs")));
    const auto manifest = runs::readManifest(train->run());
    QVERIFY(manifest.has_value());
    QCOMPARE(manifest->spec->cells.minGenes, 150);
    QVERIFY(desk.click("runAgainButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.compare()->state(), view::CompareController::State::Done, kLongMs);
    QCOMPARE(desk.session.compare()->verdict(), view::CompareController::Verdict::Identical);
    QVERIFY(desk.session.compare()->comparesNetworks());
    QCOMPARE(desk.find<QTabWidget>("compareTabs")->currentIndex(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(desk.session.compare()->embeddings()->b()->content() != nullptr, kLongMs);
}

void TestMapPage::aStoppedNetworkGoesOn()
{
    IBIDEM_REAL_DATA(data)
    Desk desk(m_folder->path());
    desk.session.data()->openAll({view::fromPath(data / "singlecell" / "paul15_cluster.h5ad")});
    const view::DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), view::DataInput::State::Ready, kLongMs);
    QVERIFY(desk.session.settings()->set(view::kEpochsKey, QStringLiteral("60")));
    QVERIFY(desk.click("goToTrainButton"));
    TrainController *train = desk.session.train();
    QVERIFY(desk.click("trainButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!train->curve()->train().isEmpty(), kLongMs);
    QVERIFY(desk.click("stopButton"));
    QTRY_COMPARE_WITH_TIMEOUT(train->state(), TrainController::State::Stopped, kLongMs);
    QVERIFY(train->statusText().contains(QStringLiteral("stopped in epoch")));
    const auto stopped = train->curve()->train().size();
    QVERIFY(stopped < 60);
    // The cache may be deleted at any time: the matrix is read again.
    QVERIFY(QDir(m_folder->path() + QStringLiteral("/cache")).removeRecursively());
    QVERIFY(desk.click("resumeButton"));
    QTRY_COMPARE_WITH_TIMEOUT(train->state(), TrainController::State::Finished, kLongMs);
    QCOMPARE(train->curve()->train().size(), 60);
    const QString chain = train->chain();
    // The bits of a training that was never stopped.
    QVERIFY(desk.click("trainButton"));
    QTRY_COMPARE_WITH_TIMEOUT(train->state(), TrainController::State::Finished, kLongMs);
    QCOMPARE(train->chain(), chain);
}

QTEST_MAIN(TestMapPage)
#include "tst_map_page.moc"
