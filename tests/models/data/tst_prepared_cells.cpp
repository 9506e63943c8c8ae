// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/prepared_cells.h"
#include "models/data/safetensors.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace ibidem;
using namespace ibidem::data;

namespace {

PreparedCells sample()
{
    PreparedCells prepared;
    prepared.summary.content = std::string(64, 'c');
    prepared.summary.preparation = Json{{"minGenes", 2}};
    prepared.summary.stages = {{"loaded", std::string(64, 'a'), 3, 4, 9},
                               {"scale", std::string(64, 'b'), 2, 3, 6}};
    prepared.summary.checks = {{"few-cells", CheckState::Warning, "1 of 3 cells is dropped"}};
    prepared.summary.nearThreshold = {"Sox17"};
    prepared.cellIds = {"A", "B"};
    prepared.geneIds = {"Actb", "Sox17", "Xkr4"};
    prepared.values = {0.5F, -1.0F, 3.0F, 0.0F, -0.25F, 1.5F};
    prepared.geneMeans = {1.0, 2.0, 3.0};
    prepared.geneDeviations = {0.1, 0.2, 0.3};
    prepared.statistics.geneIds = {"Actb", "Rp1", "Sox17", "Xkr4"};
    prepared.statistics.means = {1.0, 2.0, 3.0, 4.0};
    prepared.statistics.dispersions = {0.5, std::numeric_limits<double>::quiet_NaN(), 0.25, 1.0};
    prepared.statistics.normalisedDispersions = {1.0, std::numeric_limits<double>::quiet_NaN(), 2.0, -1.0};
    prepared.statistics.selected = {1, 0, 1, 1};
    return prepared;
}

} // namespace

/// The container of prepared cells and the summary's JSON.
class TestPreparedCells : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void theSummaryGoesThroughJson()
    {
        const PreparedSummary summary = sample().summary;
        const auto read = PreparedSummary::fromJson(summary.toJson());
        QVERIFY(read.has_value());
        QVERIFY(*read == summary);
        PreparedSummary other = summary;
        other.stages[1].nonZero += 1;
        QVERIFY(!(*read == other));
    }

    void aSummaryThatIsNoneIsBadData_data()
    {
        QTest::addColumn<QString>("key");
        for (const char *key : {"content", "preparation", "stages", "checks", "nearThreshold"})
            QTest::newRow(key) << QString::fromLatin1(key);
    }

    void aSummaryThatIsNoneIsBadData()
    {
        QFETCH(QString, key);
        Json json = sample().summary.toJson();
        json[key.toStdString()] = 3;
        const auto read = PreparedSummary::fromJson(json);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadData);
        QVERIFY(read.error().message.find(key.toStdString()) != std::string::npos);
    }

    void whatIsWrittenIsRead()
    {
        const PreparedCells written = sample();
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("cells.safetensors").toStdString();
        QVERIFY(writePreparedCells(path, written).has_value());
        const auto read = readPreparedCells(path);
        QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
        QVERIFY(read->summary == written.summary);
        QVERIFY(read->cellIds == written.cellIds);
        QVERIFY(read->geneIds == written.geneIds);
        QVERIFY(read->values == written.values);
        QVERIFY(read->geneMeans == written.geneMeans);
        QVERIFY(read->geneDeviations == written.geneDeviations);
        QVERIFY(read->statistics.geneIds == written.statistics.geneIds);
        QVERIFY(read->statistics.means == written.statistics.means);
        QVERIFY(read->statistics.selected == written.statistics.selected);
        QVERIFY(std::isnan(read->statistics.dispersions[1]));
        QCOMPARE(read->statistics.dispersions[3], 1.0);
    }

    void theSameCellsGiveTheSameBytes()
    {
        const QTemporaryDir folder;
        PreparedCells cells = sample();
        const auto bytes = [&](const char *name) {
            const std::filesystem::path path = folder.filePath(QString::fromLatin1(name)).toStdString();
            return writePreparedCells(path, cells) ? readFile(path).value_or(std::string()) : std::string();
        };
        const std::string first = bytes("a");
        QVERIFY(!first.empty());
        QVERIFY(first == bytes("b"));
        cells.values[2] = std::nextafter(cells.values[2], 4.0F);
        QVERIFY(first != bytes("c"));
    }

    void contradictionsAreNotWritten()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("cells.safetensors").toStdString();
        PreparedCells shortValues = sample();
        shortValues.values.pop_back();
        PreparedCells shortStatistics = sample();
        shortStatistics.statistics.selected.pop_back();
        PreparedCells notFinite = sample();
        notFinite.values[0] = std::numeric_limits<float>::infinity();
        for (const PreparedCells &bad : {shortValues, shortStatistics, notFinite}) {
            const Status status = writePreparedCells(path, bad);
            QVERIFY(!status);
            QCOMPARE(status.error().code, ErrorCode::Internal);
            QVERIFY(!std::filesystem::exists(path));
        }
    }

    void somethingElseIsNoContainer()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("cells.safetensors").toStdString();
        QVERIFY(writeFileAtomically(path, "nothing of the kind").has_value());
        QCOMPARE(readPreparedCells(path).error().code, ErrorCode::BadData);
        QVERIFY(writeSafetensors(path, {}, {{"ibidem", "{\"kind\":\"count-matrix\"}"}}).has_value());
        const auto other = readPreparedCells(path);
        QCOMPARE(other.error().code, ErrorCode::BadData);
        QCOMPARE(other.error().path, path.string());
        QCOMPARE(readPreparedCells(path.parent_path() / "none").error().code, ErrorCode::InputMissing);
    }
};

QTEST_GUILESS_MAIN(TestPreparedCells)
#include "tst_prepared_cells.moc"
