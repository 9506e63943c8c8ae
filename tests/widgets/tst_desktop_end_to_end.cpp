// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/json.h"
#include "tests/widgets/desk.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QListView>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableView>

using namespace ibidem;
using view::CompareController;
using view::DataInput;
using view::TrainController;

namespace {

constexpr int kLongMs = 60000;

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// The window as a user drives it, with the real children, in folders of its own.
class TestDesktopEndToEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void trainsTwiceComparesAndSavesAReport();
    void givesTheChainOfTheCommandLine();
    void anotherSeedIsDifferentAndSaysWhere();
    void stopKeepsACheckpointAndGoesOn();
    void aBadFileIsSaidInWords();
    void aTableWithoutLabelsCannotTrainAndSaysWhy();
    void closingWithARunningJobAsksFirst();
    void aRunThatKeepsRunningIsFoundAgain();
    void makesASampleByItself();

private:
    /// Opens the table by clicks and waits until it is checked.
    void open(Desk &desk, const QString &table);
    void train(Desk &desk, int rounds);

    QTemporaryDir m_folder;
    QString m_table;
};

void TestDesktopEndToEnd::initTestCase()
{
    QVERIFY(m_folder.isValid());
    qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
    qputenv("XDG_CACHE_HOME", m_folder.filePath(QStringLiteral("cache")).toUtf8());
    qputenv("XDG_CONFIG_HOME", m_folder.filePath(QStringLiteral("config")).toUtf8());
    m_table = m_folder.filePath(QStringLiteral("table.tsv"));
    prepare::ExpressionRecipe recipe;
    recipe.genes = 60;
    recipe.samples = 80;
    const auto bytes = prepare::generateExpressionTsv(recipe);
    QVERIFY(bytes.has_value());
    QVERIFY(writeFileAtomically(view::toPath(m_table), *bytes).has_value());
}

void TestDesktopEndToEnd::open(Desk &desk, const QString &table)
{
    QVERIFY(desk.click("openFileButton"));
    QTRY_VERIFY(desk.chooseFile(table));
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_VERIFY_WITH_TIMEOUT(input->state() == DataInput::State::Ready, kLongMs);
    QTRY_COMPARE(desk.find<QTableView>("previewTable")->model()->rowCount(), 60);
}

void TestDesktopEndToEnd::train(Desk &desk, int rounds)
{
    QVERIFY(desk.click("goToTrainButton"));
    auto *spin = desk.find<QSpinBox>("roundsSpin");
    spin->setFocus();
    spin->selectAll();
    QTest::keyClicks(spin, QString::number(rounds));
    QTest::keyClick(spin, Qt::Key_Return);
    QCOMPARE(desk.session.settings()->value(view::kRoundsKey).toInt(), rounds);
    QVERIFY(desk.click("trainButton"));
}

void TestDesktopEndToEnd::trainsTwiceComparesAndSavesAReport()
{
    Desk desk(m_folder.filePath(QStringLiteral("first")));
    open(desk, m_table);
    train(desk, 20);
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Finished, kLongMs);
    QCOMPARE(desk.session.train()->curve()->train().size(), 20);
    QCOMPARE(desk.session.train()->curve()->test().size(), 20);
    QVERIFY(desk.find<QTableView>("metricsTable")->model()->rowCount() >= 8);

    QVERIFY(desk.click("runAgainButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.compare()->state(), CompareController::State::Done, kLongMs);
    QCOMPARE(desk.session.compare()->verdict(), CompareController::Verdict::Identical);
    const QString sentence = desk.find<QLabel>("verdictLabel")->text();
    QVERIFY2(sentence.startsWith(QStringLiteral("IDENTICAL")), qPrintable(sentence));
    QVERIFY(desk.find<QLabel>("verdictLabel")->isVisible());

    const QString report = m_folder.filePath(QStringLiteral("report.html"));
    QVERIFY(desk.click("goToReportButton"));
    QVERIFY(desk.click("saveReportButton"));
    QTRY_VERIFY(desk.chooseFile(report));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(report), kLongMs);
    QVERIFY(bytesOf(report).contains("IDENTICAL"));
    QTRY_VERIFY(desk.find<>("openReportButton")->isVisible());
}

void TestDesktopEndToEnd::givesTheChainOfTheCommandLine()
{
    Desk desk(m_folder.filePath(QStringLiteral("chain")));
    open(desk, m_table);
    train(desk, 20);
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Finished, kLongMs);

    const auto commandLine = [this](const QStringList &more) {
        QProcess process;
        process.start(qEnvironmentVariable("IBIDEM_BIN") + QStringLiteral("/ibidem"),
                      QStringList{QStringLiteral("train"), QStringLiteral("lcep-xgboost"),
                                  QStringLiteral("--data"), m_table, QStringLiteral("--set"),
                                  QStringLiteral("model.rounds=20"), QStringLiteral("--json")} +
                          more);
        process.waitForFinished(kLongMs);
        const auto document = parseJson(process.readAllStandardOutput().toStdString());
        return document ? view::toQt(stringAt(*document, "chain").value_or("")) : QString();
    };
    const QString chain = commandLine({});
    QCOMPARE(chain.size(), 64);
    QCOMPARE(desk.session.train()->chain(), chain);
    const QString other = commandLine({QStringLiteral("--seed"), QStringLiteral("1")});
    QCOMPARE(other.size(), 64);
    QVERIFY(other != chain);
}

void TestDesktopEndToEnd::anotherSeedIsDifferentAndSaysWhere()
{
    Desk desk(m_folder.filePath(QStringLiteral("seeds")));
    open(desk, m_table);
    train(desk, 10);
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Finished, kLongMs);
    auto *seed = desk.find<QLineEdit>("seedEdit");
    seed->selectAll();
    QTest::keyClicks(seed, QStringLiteral("5"));
    QTest::keyClick(seed, Qt::Key_Return);
    QVERIFY(desk.click("trainButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Finished, kLongMs);
    QTRY_COMPARE(desk.session.runs()->rowCount(), 2);

    QVERIFY(desk.click("stepCompare"));
    desk.find<QComboBox>("runACombo")->setCurrentIndex(0);
    desk.find<QComboBox>("runBCombo")->setCurrentIndex(1);
    QVERIFY(desk.click("compareButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.compare()->state(), CompareController::State::Done, kLongMs);
    QCOMPARE(desk.session.compare()->verdict(), CompareController::Verdict::Different);
    auto *table = desk.find<QTableView>("differencesTable");
    QVERIFY(table->isVisible());
    bool named = false;
    for (int row = 0; row < table->model()->rowCount(); ++row)
        named = named || table->model()->index(row, 1).data().toString() == view::kSeedKey;
    QVERIFY(named);
}

void TestDesktopEndToEnd::stopKeepsACheckpointAndGoesOn()
{
    Desk desk(m_folder.filePath(QStringLiteral("stopped")));
    open(desk, m_table);
    train(desk, 3000);
    QTRY_VERIFY_WITH_TIMEOUT(!desk.session.train()->curve()->train().isEmpty(), kLongMs);
    QVERIFY(desk.click("stopButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Stopped, kLongMs);
    QVERIFY(desk.find<QLabel>("trainStatus")->text().contains(QStringLiteral("What it did is kept")));
    const QDir checkpoints(view::fromPath(desk.session.train()->run() / "checkpoints"));
    QVERIFY(!checkpoints.entryList(QDir::Files).isEmpty());
    QVERIFY(desk.click("resumeButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Finished, kLongMs);
}

void TestDesktopEndToEnd::aBadFileIsSaidInWords()
{
    const QString file = m_folder.filePath(QStringLiteral("ragged.tsv"));
    QVERIFY(
        writeFileAtomically(view::toPath(file), "Gene ID\tGene Name\t0_a\t1_b\nG1\t\t1.0\t2.0\nG2\t\t1.0\n")
            .has_value());
    Desk desk(m_folder.filePath(QStringLiteral("bad")));
    QVERIFY(desk.click("openFileButton"));
    QTRY_VERIFY(desk.chooseFile(file));
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Failed, kLongMs);
    auto *banner = desk.find<QWidget>("dataProblem");
    QVERIFY(banner->isVisible());
    const QString text = banner->findChild<QLabel *>(QStringLiteral("problemText"))->text();
    QVERIFY2(text.contains(QStringLiteral("ragged.tsv")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("3")), qPrintable(text));
    QVERIFY(desk.click("stepTrain"));
    QVERIFY(!desk.find<>("trainButton")->isEnabled());
    QVERIFY(!desk.find<>("trainButton")->toolTip().isEmpty());
}

void TestDesktopEndToEnd::aTableWithoutLabelsCannotTrainAndSaysWhy()
{
    const QString file = m_folder.filePath(QStringLiteral("plain.tsv"));
    QVERIFY(writeFileAtomically(view::toPath(file), "gene\ta\tb\tc\nG1\t1.0\t2.0\t3\nG2\t1.5\t4\t2\n")
                .has_value());
    Desk desk(m_folder.filePath(QStringLiteral("plain")));
    QVERIFY(desk.click("openFileButton"));
    QTRY_VERIFY(desk.chooseFile(file));
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QVERIFY(desk.find<QLabel>("dataWhyLabel")->text().contains(QStringLiteral("class labels")));
    QVERIFY(desk.click("goToTrainButton"));
    QVERIFY(!desk.find<>("trainButton")->isEnabled());
    QVERIFY(desk.click("goToDataButton"));
    QVERIFY(desk.find<>("trainChooseButton")->isVisible());
}

void TestDesktopEndToEnd::closingWithARunningJobAsksFirst()
{
    Desk desk(m_folder.filePath(QStringLiteral("closing")));
    open(desk, m_table);
    train(desk, 100000);
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Running, kLongMs);
    desk.window.close();
    QVERIFY(desk.window.isVisible());
    QTRY_VERIFY(desk.find<QMessageBox>("closeQuestion"));
    QCOMPARE(desk.find<QMessageBox>("closeQuestion")->defaultButton()->objectName(),
             QStringLiteral("cancelCloseButton"));
    QVERIFY(desk.click("cancelCloseButton"));
    QTRY_VERIFY(!desk.find<QMessageBox>("closeQuestion"));
    QVERIFY(desk.window.isVisible());
    QVERIFY(desk.session.train()->busy());

    desk.window.close();
    QTRY_VERIFY(desk.find<QMessageBox>("closeQuestion"));
    QVERIFY(desk.click("stopAndKeepButton"));
    QTRY_VERIFY_WITH_TIMEOUT(!desk.window.isVisible(), kLongMs);
    QCOMPARE(desk.session.train()->state(), TrainController::State::Stopped);
}

void TestDesktopEndToEnd::aRunThatKeepsRunningIsFoundAgain()
{
    const QString folder = m_folder.filePath(QStringLiteral("again"));
    std::filesystem::path run;
    {
        Desk desk(folder);
        open(desk, m_table);
        train(desk, 100000);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.session.train()->curve()->train().isEmpty(), kLongMs);
        run = desk.session.train()->run();
        desk.window.close();
        QTRY_VERIFY(desk.find<QMessageBox>("closeQuestion"));
        QVERIFY(desk.click("keepRunningButton"));
        QTRY_VERIFY(!desk.window.isVisible());
    }
    Desk desk(folder);
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Running, kLongMs);
    QVERIFY(desk.session.train()->run() == run);
    QTRY_VERIFY_WITH_TIMEOUT(!desk.session.train()->curve()->train().isEmpty(), kLongMs);
    QVERIFY(desk.click("jobStopButton"));
    QTRY_COMPARE_WITH_TIMEOUT(desk.session.train()->state(), TrainController::State::Stopped, kLongMs);
}

void TestDesktopEndToEnd::makesASampleByItself()
{
    Desk desk(m_folder.filePath(QStringLiteral("sample")));
    QVERIFY(desk.click("makeSampleButton"));
    const DataInput *input = desk.session.data()->input(view::InputRole::Train);
    QTRY_COMPARE_WITH_TIMEOUT(input->state(), DataInput::State::Ready, kLongMs);
    QVERIFY(desk.session.data()->whyNotReady().isEmpty());
}

QTEST_MAIN(TestDesktopEndToEnd)
#include "tst_desktop_end_to_end.moc"
