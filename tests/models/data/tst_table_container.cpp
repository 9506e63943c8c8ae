// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/sha256.h"
#include "models/data/expression_table.h"
#include "models/data/safetensors.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <limits>

using namespace ibidem;
using namespace ibidem::data;

class TestTableContainer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatItWrote();
    void theSameTableGivesTheSameBytes();
    void summaryAloneIsTheSame();
    void summarySurvivesJson();
    void summaryRefusesWrongJson();
    void labelsAloneReadBack();
    void annotationsReadBack();
    void everyPartOfTheContentIsInTheDigest_data();
    void everyPartOfTheContentIsInTheDigest();
    void namesCannotMoveBetweenLists();
    void theDigestIsKnown();
    void aChangedByteIsFound();
    void refusesToWriteContradictions_data();
    void refusesToWriteContradictions();
    void refusesForeignContainers();
    void countsLabels();
    void readsTheUsualSizeFast();

private:
    [[nodiscard]] std::filesystem::path at(const char *name) const
    {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }

    QTemporaryDir m_folder;
};

using Change = std::function<void(TableContainer &)>;
Q_DECLARE_METATYPE(Change)

namespace {

TableContainer sampleContainer()
{
    TableContainer container;
    container.table.sampleIds = {"s1", "s\xC3\xA9", "s3"};
    container.table.geneIds = {"g1", "g2"};
    container.table.geneNames = {"TP53", ""};
    container.table.sampleLabels = {"0", "1", "0"};
    container.table.values = {1.5, -0.0, 0.1, 1e300, 5e-324, 2.0};
    TableSummary &summary = container.summary;
    summary.kind = "expression-table";
    summary.format = "tsv.gz";
    summary.fileBytes = 123;
    summary.fileSha256 = std::string(64, 'a');
    summary.shape = {3, 2};
    summary.labels = container.table.labelCounts();
    summary.checks = {{"encoding", CheckState::Ok, "UTF-8"},
                      {"duplicate-genes", CheckState::Warning, "2 genes"}};
    summary.sum = 0.1 + 0.2;
    summary.minimum = -0.0;
    summary.maximum = 1e300;
    summary.orientation = "genes-in-rows";
    summary.delimiter = "tab";
    summary.labelSource = "sample-names";
    summary.digest = contentDigest(container);
    return container;
}

/// Without the wait for the disk, which thousands of small files would make long.
void writePlainly(const std::filesystem::path &path, const std::string &bytes)
{
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), static_cast<qint64>(bytes.size())) < 0)
        qFatal("a test file cannot be written");
}

bool sameSummary(const TableSummary &a, const TableSummary &b)
{
    return *canonicalJson(a.toJson()) == *canonicalJson(b.toJson());
}

} // namespace

void TestTableContainer::readsBackWhatItWrote()
{
    TableContainer container = sampleContainer();
    QVERIFY(writeTableContainer(at("a"), container));
    auto read = readTableContainer(at("a"));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(read->table == container.table);
    QVERIFY(std::signbit(read->table.values[1]));
    QVERIFY(sameSummary(read->summary, container.summary));
    container.table.geneNames.clear();
    container.table.sampleLabels.clear();
    container.summary.digest.clear();
    QVERIFY(writeTableContainer(at("b"), container));
    read = readTableContainer(at("b"));
    QVERIFY(read && read->table == container.table);
    QVERIFY2(read->summary.digest == contentDigest(container), "the digest is filled in");
}

void TestTableContainer::theSameTableGivesTheSameBytes()
{
    QVERIFY(writeTableContainer(at("a"), sampleContainer()));
    QVERIFY(writeTableContainer(at("b"), sampleContainer()));
    QVERIFY(*readFile(at("a")) == *readFile(at("b")));
}

void TestTableContainer::summaryAloneIsTheSame()
{
    QVERIFY(writeTableContainer(at("a"), sampleContainer()));
    const auto summary = readTableSummary(at("a"));
    QVERIFY(summary && sameSummary(*summary, sampleContainer().summary));
    QVERIFY(readTableSummary(at("none")).error().code == ErrorCode::InputMissing);
}

void TestTableContainer::summarySurvivesJson()
{
    TableSummary summary = sampleContainer().summary;
    for (const double sum : {0.30000000000000004, -0.0, std::numeric_limits<double>::infinity()}) {
        summary.sum = sum;
        const Json json = *parseJson(*canonicalJson(summary.toJson()));
        const auto read = TableSummary::fromJson(json);
        QVERIFY(read && sameSummary(*read, summary));
        QCOMPARE(read->sum, sum);
        QVERIFY(read->checks == summary.checks);
        QVERIFY(read->labels == summary.labels);
    }
}

void TestTableContainer::summaryRefusesWrongJson()
{
    const Json sound = sampleContainer().summary.toJson();
    QVERIFY(TableSummary::fromJson(sound));
    for (const auto &[key, value] : sound.items()) {
        Json missing = sound;
        missing.erase(key);
        QVERIFY2(!TableSummary::fromJson(missing), key.c_str());
        Json wrong = sound;
        wrong[key] = nullptr;
        QVERIFY2(!TableSummary::fromJson(wrong), key.c_str());
    }
    for (const auto &[key, value] : std::vector<std::pair<std::string, Json>>{{"shape", {-1, 2}},
                                                                              {"labels", {{"a", "many"}}},
                                                                              {"checks", {{{"name", "x"}}}},
                                                                              {"fileBytes", -1}}) {
        Json wrong = sound;
        wrong[key] = value;
        QVERIFY2(!TableSummary::fromJson(wrong), key.c_str());
    }
    Json state = sound;
    state["checks"][0]["state"] = "splendid";
    QVERIFY(!TableSummary::fromJson(state));
    QVERIFY(!TableSummary::fromJson(Json(3)));
}

void TestTableContainer::labelsAloneReadBack()
{
    TableContainer container;
    container.summary.kind = "class-labels";
    container.table.sampleLabels = {"tumour", "normal", "tumour"};
    QVERIFY(writeTableContainer(at("cls"), container));
    const auto read = readTableContainer(at("cls"));
    QVERIFY(read && read->table == container.table);
}

void TestTableContainer::annotationsReadBack()
{
    TableContainer container;
    container.summary.kind = "sample-annotations";
    container.table.sampleIds = {"a", "b"};
    for (int i = 0; i < 12; ++i) {
        container.columns.push_back("column " + std::to_string(i));
        container.columnValues.push_back({std::to_string(i), ""});
    }
    QVERIFY(writeTableContainer(at("annotations"), container));
    const auto read = readTableContainer(at("annotations"));
    QVERIFY(read && read->columns == container.columns && read->columnValues == container.columnValues);
    QVERIFY(Safetensors::open(at("annotations"))->find("column.0011") != nullptr);
    TableContainer changed = container;
    changed.columnValues[3][1] = "x";
    QVERIFY(contentDigest(changed) != contentDigest(container));
    changed = container;
    std::swap(changed.columns[0], changed.columns[1]);
    QVERIFY(contentDigest(changed) != contentDigest(container));
}

void TestTableContainer::everyPartOfTheContentIsInTheDigest_data()
{
    QTest::addColumn<Change>("change");
    const auto row = [](const char *name, Change change) { QTest::newRow(name) << change; };
    row("a sample", [](TableContainer &c) { c.table.sampleIds[0] = "x"; });
    row("swapped samples", [](TableContainer &c) { std::swap(c.table.sampleIds[0], c.table.sampleIds[1]); });
    row("a gene", [](TableContainer &c) { c.table.geneIds[0] = "x"; });
    row("a gene name", [](TableContainer &c) { c.table.geneNames[1] = "x"; });
    row("no gene names", [](TableContainer &c) { c.table.geneNames.clear(); });
    row("a label", [](TableContainer &c) { c.table.sampleLabels[0] = "1"; });
    row("no labels", [](TableContainer &c) { c.table.sampleLabels.clear(); });
    row("a value", [](TableContainer &c) { c.table.values[2] = 0.10000000000000002; });
    row("minus zero", [](TableContainer &c) { c.table.values[1] = 0.0; });
    row("swapped values", [](TableContainer &c) { std::swap(c.table.values[0], c.table.values[2]); });
}

void TestTableContainer::everyPartOfTheContentIsInTheDigest()
{
    QFETCH(Change, change);
    TableContainer container = sampleContainer();
    const std::string before = contentDigest(container.table);
    QVERIFY(contentDigest(container.table) == before);
    change(container);
    QVERIFY(contentDigest(container.table) != before);
    QVERIFY2(!writeTableContainer(at("wrong"), container), "a summary with another digest is refused");
}

void TestTableContainer::namesCannotMoveBetweenLists()
{
    ExpressionTable a;
    ExpressionTable b;
    a.sampleIds = {"x"};
    b.geneIds = {"x"};
    QVERIFY(contentDigest(a) != contentDigest(b));
    a.sampleIds = {"ab", "c"};
    b = {};
    b.sampleIds = {"a", "bc"};
    QVERIFY(contentDigest(a) != contentDigest(b));
}

void TestTableContainer::theDigestIsKnown()
{
    // Recomputed here step by step: stored runs refer to it.
    const auto number = [](std::uint64_t value) {
        std::string bytes(8, '\0');
        bytes[0] = static_cast<char>(static_cast<unsigned char>(value));
        return bytes;
    };
    ExpressionTable table;
    table.sampleIds = {"s"};
    table.geneIds = {"g", "hh"};
    table.values = {1.0, 2.0};
    using namespace std::string_literals;
    const std::string bytes = number(25) + "ibidem/expression-table/1" + number(1) + number(1) + "s" +
                              number(2) + number(1) + "g" + number(2) + "hh" + number(0) + number(0) +
                              number(2) + "\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\0\x40"s;
    QVERIFY(contentDigest(table) == sha256Hex(bytes));
}

void TestTableContainer::aChangedByteIsFound()
{
    QVERIFY(writeTableContainer(at("a"), sampleContainer()));
    const std::string whole = *readFile(at("a"));
    int found = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        writePlainly(at("changed"), changed);
        const auto read = readTableContainer(at("changed"));
        if (!read) {
            QVERIFY(read.error().code == ErrorCode::BadData && read.error().path == at("changed").string());
            ++found;
        } else {
            QVERIFY2(read->table == sampleContainer().table, "only words of the summary may change unseen");
        }
    }
    QVERIFY(found > 100);
}

void TestTableContainer::refusesToWriteContradictions_data()
{
    QTest::addColumn<Change>("change");
    const auto row = [](const char *name, Change change) { QTest::newRow(name) << change; };
    row("too few values", [](TableContainer &c) { c.table.values.pop_back(); });
    row("a value that is not finite",
        [](TableContainer &c) { c.table.values[0] = std::numeric_limits<double>::infinity(); });
    row("a sample twice", [](TableContainer &c) { c.table.sampleIds[1] = "s1"; });
    row("a gene without name", [](TableContainer &c) { c.table.geneIds[1].clear(); });
    row("too few gene names", [](TableContainer &c) { c.table.geneNames.pop_back(); });
    row("too few labels", [](TableContainer &c) { c.table.sampleLabels.pop_back(); });
    row("another shape", [](TableContainer &c) { c.summary.shape = {2, 3}; });
    row("NUL in a name", [](TableContainer &c) { c.table.geneNames[0] = std::string("a\0b", 3); });
}

void TestTableContainer::refusesToWriteContradictions()
{
    QFETCH(Change, change);
    TableContainer container = sampleContainer();
    container.summary.digest.clear();
    change(container);
    QVERIFY(!writeTableContainer(at("contradiction"), container));
    QVERIFY(!std::filesystem::exists(at("contradiction")));
}

void TestTableContainer::refusesForeignContainers()
{
    QVERIFY(writeSafetensors(at("foreign"), {}, {}));
    QVERIFY(readTableContainer(at("foreign")).error().code == ErrorCode::BadData);
    QVERIFY(readTableSummary(at("foreign")).error().code == ErrorCode::BadData);
    QVERIFY(writeSafetensors(at("foreign"), {}, {{"ibidem", "no JSON"}}));
    QVERIFY(readTableContainer(at("foreign")).error().code == ErrorCode::BadData);
    QVERIFY(
        writeSafetensors(at("foreign"), {}, {{"ibidem", *compactJson(sampleContainer().summary.toJson())}}));
    QVERIFY(readTableContainer(at("foreign")).error().code == ErrorCode::BadData);
    QVERIFY(readTableSummary(at("foreign")));
    QVERIFY(readTableContainer(at("none")).error().code == ErrorCode::InputMissing);
}

void TestTableContainer::countsLabels()
{
    QVERIFY(
        (sampleContainer().table.labelCounts() == std::map<std::string, std::uint64_t>{{"0", 2}, {"1", 1}}));
    QVERIFY(ExpressionTable().labelCounts().empty());
}

void TestTableContainer::readsTheUsualSizeFast()
{
    TableContainer container;
    RandomStream random(60, RandomPurpose::Test);
    for (int i = 0; i < 420; ++i)
        container.table.sampleIds.push_back("sample" + std::to_string(i));
    for (int i = 0; i < 530; ++i)
        container.table.geneIds.push_back("gene" + std::to_string(i));
    for (int i = 0; i < 420 * 530; ++i)
        container.table.values.push_back(random.gamma(2.0));
    container.summary.kind = "expression-table";
    container.summary.shape = {420, 530};
    QVERIFY(writeTableContainer(at("usual"), container));
    qint64 best = std::numeric_limits<qint64>::max();
    for (int i = 0; i < 5; ++i) {
        QElapsedTimer timer;
        timer.start();
        const auto read = readTableContainer(at("usual"));
        best = std::min(best, timer.nsecsElapsed());
        QVERIFY(read && read->table == container.table);
    }
    qInfo("read and checked in %.2f ms", static_cast<double>(best) * 1e-6);
    QVERIFY2(best < 200'000'000, "no limit for a busy machine, but for a digest made of single values");
}

QTEST_GUILESS_MAIN(TestTableContainer)
#include "tst_table_container.moc"
