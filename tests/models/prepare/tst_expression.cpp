// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/prepare/expression.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <set>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

/// Samples S0, S1 … with the classes a and b in turn.
data::ExpressionTable table(std::size_t samples, std::size_t genes, std::size_t firstSample = 0)
{
    RandomStream stream(samples + genes + firstSample, RandomPurpose::Test);
    data::ExpressionTable made;
    for (std::size_t i = 0; i < samples; ++i) {
        made.sampleIds.push_back("S" + std::to_string(firstSample + i));
        made.sampleLabels.emplace_back(i % 2 == 0 ? "b" : "a");
    }
    for (std::size_t j = 0; j < genes; ++j)
        made.geneIds.push_back("G" + std::to_string(j));
    for (std::size_t i = 0; i < samples * genes; ++i)
        made.values.push_back(100.0 * stream.uniform());
    return made;
}

PreparationInputs inputs(std::size_t samples = 12, std::size_t genes = 4)
{
    PreparationInputs made;
    made.train = table(samples, genes);
    return made;
}

PreparationInputs withTest()
{
    PreparationInputs made = inputs();
    made.test = table(6, 4, 100);
    return made;
}

Result<PreparedExpression> prepared(const PreparationInputs &from, const spec::RunSpec &spec = {})
{
    return prepareExpression(from, spec, {});
}

/// A labels file without names, as CLS is.
data::TableContainer classLabels(std::vector<std::string> labels)
{
    data::TableContainer container;
    container.summary.kind = "class-labels";
    container.table.sampleLabels = std::move(labels);
    return container;
}

data::TableContainer annotations(std::vector<std::string> columns,
                                 std::vector<std::vector<std::string>> values)
{
    data::TableContainer container;
    container.summary.kind = "sample-annotations";
    container.columns = std::move(columns);
    container.columnValues = std::move(values);
    return container;
}

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

std::vector<std::string> digests(const PreparedExpression &from)
{
    std::vector<std::string> all;
    for (const Stage &stage : from.stages)
        all.push_back(stage.digest);
    return all;
}

Error errorOf(const PreparationInputs &from, const spec::RunSpec &spec = {})
{
    const auto result = prepared(from, spec);
    return result ? Error{ErrorCode::Internal, "no error", {}, {}} : result.error();
}

} // namespace

class TestExpression : public QObject
{
    Q_OBJECT

private slots:
    void splitsOneTable();
    void keepsTwoTables();
    void roundsEachValueOnce();
    void takesLogarithms();
    void keepsTheDigestOfAStageThatChangesNothing();
    void givesTheSameDigestsTwice();
    void findsEveryChange();
    void keepsListedGenesInTheTablesOrder();
    void keepsCopiesOfListedGenes();
    void matchesGenesOfTheTestTableById();
    void takesClassesByOrder();
    void takesClassesFromAnnotations();
    void dropsSamplesWithoutAnnotation();
    void prefersAGivenLabelsFile();
    void asksForTheLabelColumn();
    void followsASplitFile();
    void notesConfounding();
    void explainsUnusableData();
    void stopsOnRequest();
    void isFast();
};

void TestExpression::splitsOneTable()
{
    const auto result = prepared(inputs());
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QVERIFY((result->classNames == std::vector<std::string>{"a", "b"}));
    QCOMPARE(result->train.sampleIds.size(), std::size_t{8});
    QCOMPARE(result->test.sampleIds.size(), std::size_t{4});
    QCOMPARE(result->test.values.size(), std::size_t{16});
    QCOMPARE(result->stages.size(), std::size_t{4});
    const std::vector<std::string> names = {"join-labels", "filter-genes", "values", "split"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        QCOMPARE(result->stages[i].name, names[i]);
        QCOMPARE(result->stages[i].digest.size(), std::size_t{64});
        QCOMPARE(result->stages[i].samples, std::uint64_t{12});
        QCOMPARE(result->stages[i].genes, std::uint64_t{4});
    }
    // S0 is of class b, the second name.
    for (const PreparedSet *const set : {&result->train, &result->test}) {
        for (std::size_t i = 0; i < set->sampleIds.size(); ++i)
            QCOMPARE(set->classes[i], (set->sampleIds[i].back() - '0') % 2 == 0 ? 1 : 0);
    }
}

void TestExpression::keepsTwoTables()
{
    const PreparationInputs from = withTest();
    const auto result = prepared(from);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QVERIFY(result->train.sampleIds == from.train.sampleIds);
    QVERIFY(result->test.sampleIds == from.test->sampleIds);
    QCOMPARE(result->test.values[5], static_cast<float>(from.test->values[5]));
    QCOMPARE(result->stages.back().samples, std::uint64_t{18});
}

void TestExpression::roundsEachValueOnce()
{
    PreparationInputs from = withTest();
    from.train.values[3] = 0.1;
    from.train.values[4] = -5.5;
    const auto result = prepared(from);
    QCOMPARE(result->train.values[3], 0.1F);
    QCOMPARE(result->train.values[4], -5.5F);
}

void TestExpression::takesLogarithms()
{
    PreparationInputs from = withTest();
    from.train.values[0] = 0.0;
    from.train.values[1] = 7.0;
    from.train.values[2] = 0.1;
    spec::RunSpec spec;
    spec.preparation.values = "log";
    const auto result = prepared(from, spec);
    QCOMPARE(result->train.values[0], 0.0F);
    QCOMPARE(result->train.values[1], 3.0F);
    QCOMPARE(result->train.values[2], static_cast<float>(portableLog2(1.1)));
    from.train.values[5] = -0.5;
    const Error error = errorOf(from, spec);
    QCOMPARE(error.code, ErrorCode::BadData);
    QVERIFY2(has(error.message, "gene 'G1' in sample 'S1': -0.5"), error.message.c_str());
}

void TestExpression::keepsTheDigestOfAStageThatChangesNothing()
{
    const auto result = prepared(withTest());
    QCOMPARE(result->stages[1].digest, result->stages[0].digest);
    QCOMPARE(result->stages[3].digest, result->stages[2].digest);
    QVERIFY(result->stages[2].digest != result->stages[1].digest);
    PreparationInputs filtered = withTest();
    filtered.geneList = filtered.train.geneIds;
    QVERIFY(digests(*prepared(filtered)) == digests(*result));
    const auto split = prepared(inputs());
    QVERIFY(split->stages[3].digest != split->stages[2].digest);
}

void TestExpression::givesTheSameDigestsTwice()
{
    QVERIFY(digests(*prepared(inputs())) == digests(*prepared(inputs())));
    QCOMPARE(prepared(inputs())->splitDigest, prepared(inputs())->splitDigest);
}

void TestExpression::findsEveryChange()
{
    const auto base = prepared(inputs());
    const std::vector<std::pair<const char *, std::function<void(PreparationInputs &)>>> changes = {
        {"one bit of a value",
         [](PreparationInputs &p) { p.train.values[7] = std::nextafter(p.train.values[7], 1e9); }},
        {"two samples swapped",
         [](PreparationInputs &p) {
             std::swap_ranges(p.train.values.begin(), p.train.values.begin() + 4, p.train.values.begin() + 4);
         }},
        {"a class", [](PreparationInputs &p) { p.train.sampleLabels[0] = "a"; }},
        {"a name", [](PreparationInputs &p) { p.train.sampleIds[0] = "T0"; }},
        {"a gene", [](PreparationInputs &p) { p.train.geneIds[2] = "H2"; }},
    };
    for (const auto &[name, change] : changes) {
        PreparationInputs from = inputs();
        change(from);
        const auto other = prepared(from);
        QVERIFY2(other->stages[0].digest != base->stages[0].digest, name);
    }
    spec::RunSpec spec;
    spec.preparation.splitSeed = 1;
    const auto reseeded = prepared(inputs(), spec);
    QCOMPARE(reseeded->stages[2].digest, base->stages[2].digest);
    QVERIFY(reseeded->stages[3].digest != base->stages[3].digest);
    QVERIFY(reseeded->splitDigest != base->splitDigest);
}

void TestExpression::keepsListedGenesInTheTablesOrder()
{
    PreparationInputs from = withTest();
    from.geneList = std::vector<std::string>{"G3", "ABSENT", "G1"};
    const auto result = prepared(from);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QVERIFY((result->geneIds == std::vector<std::string>{"G1", "G3"}));
    QCOMPARE(result->train.values[3], static_cast<float>(from.train.values[7]));
    QCOMPARE(result->stages[0].genes, std::uint64_t{4});
    QCOMPARE(result->stages[1].genes, std::uint64_t{2});
    QVERIFY(result->stages[1].digest != result->stages[0].digest);
    QCOMPARE(result->notes.size(), std::size_t{2});
    QVERIFY2(has(result->notes[0], "1 of 3 listed genes are not in the table: 'ABSENT'"),
             result->notes[0].c_str());
    QVERIFY2(has(result->notes[1], "2 of 4 genes"), result->notes[1].c_str());
}

void TestExpression::keepsCopiesOfListedGenes()
{
    PreparationInputs from = inputs();
    from.train.geneIds = {"G", "G-1", "H-1", "K"};
    from.geneList = std::vector<std::string>{"G", "H"};
    QVERIFY((prepared(from)->geneIds == std::vector<std::string>{"G", "G-1"}));
}

void TestExpression::matchesGenesOfTheTestTableById()
{
    PreparationInputs from = withTest();
    from.test->geneIds = {"G3", "G2", "G1", "G0"};
    const auto result = prepared(from);
    QCOMPARE(result->test.values[0], static_cast<float>(from.test->values[3]));
    QVERIFY(result->notes.empty());

    from.test->geneIds = {"G3", "G2", "G1", "OTHER"};
    const Error error = errorOf(from);
    QCOMPARE(error.code, ErrorCode::BadData);
    QVERIFY2(has(error.message, "lacks gene 'G0'"), error.message.c_str());

    from.train = table(12, 3);
    from.test->geneIds = {"G0", "G1", "EXTRA", "G2"};
    const auto extra = prepared(from);
    QVERIFY2(extra.has_value(), extra ? "" : extra.error().message.c_str());
    QCOMPARE(extra->test.values[2], static_cast<float>(from.test->values[3]));
    QVERIFY(has(extra->notes.at(0), "1 genes of the test table"));
}

void TestExpression::takesClassesByOrder()
{
    PreparationInputs from = withTest();
    from.train.sampleLabels.clear();
    QVERIFY(has(errorOf(from).cure, "--labels"));
    from.labels = classLabels(std::vector<std::string>(12, "x"));
    from.labels->table.sampleLabels[2] = "a";
    from.test->sampleLabels.assign(6, "x");
    const auto result = prepared(from);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(result->train.classes[2], 0);
    QCOMPARE(result->train.classes[3], 1);
    // One label for each sample of both tables.
    from.test->sampleLabels.clear();
    from.labels->table.sampleLabels.resize(18, "a");
    QCOMPARE(prepared(from)->test.classes[0], 0);
    from.labels->table.sampleLabels.pop_back();
    QVERIFY(has(errorOf(from).message, "17 labels for 12 samples"));
}

void TestExpression::takesClassesFromAnnotations()
{
    PreparationInputs from = inputs(8);
    from.train.sampleLabels.clear();
    from.labels = annotations({"id", "sex", "type"}, {{"S7", "S6", "S5", "S4", "S3", "S2", "S1", "S0", "S0"},
                                                      {"f", "f", "f", "f", "m", "m", "m", "m", "m"},
                                                      {"x", "x", "y", "y", "x", "x", "y", "y", "y"}});
    spec::RunSpec spec;
    spec.data.options.labelColumn = "type";
    spec.preparation.split = spec::Input{};
    from.split =
        std::map<std::string, std::string>{{"S0", "train"}, {"S1", "test"}, {"S2", "train"}, {"S3", "train"},
                                           {"S4", "train"}, {"S5", "test"}, {"S6", "train"}, {"S7", "train"}};
    const auto result = prepared(from, spec);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QVERIFY((result->classNames == std::vector<std::string>{"x", "y"}));
    QVERIFY((result->train.classes == std::vector<std::int32_t>{1, 0, 0, 1, 0, 0}));
    from.labels->columnValues[2].back() = "x";
    QVERIFY(has(errorOf(from, spec).message, "'S0' has two classes"));
}

void TestExpression::dropsSamplesWithoutAnnotation()
{
    PreparationInputs from = inputs(12);
    from.train.sampleLabels.clear();
    from.labels = annotations({"id", "type"}, {{"S0", "S1", "S2", "S3", "S4", "S5", "S6", "X"},
                                               {"x", "y", "x", "y", "x", "y", "", "x"}});
    const auto result = prepared(from);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(result->stages[0].samples, std::uint64_t{6});
    QVERIFY2(has(result->notes.at(0), "6 of 12 samples have no class"), result->notes[0].c_str());
    QVERIFY2(has(result->notes.at(0), "'S6', 'S7', 'S8' and 3 more"), result->notes[0].c_str());
    from.labels->columnValues[0] = std::vector<std::string>(8, "none");
    from.labels->columnValues[1] = std::vector<std::string>(8, "x");
    QVERIFY(has(errorOf(from).message, "no sample of the table"));
}

void TestExpression::prefersAGivenLabelsFile()
{
    PreparationInputs from = inputs();
    from.labels = classLabels({"x", "y", "x", "y", "x", "y", "x", "y", "x", "y", "x", "y"});
    const auto result = prepared(from);
    QVERIFY((result->classNames == std::vector<std::string>{"x", "y"}));
    QVERIFY(has(result->notes.at(0), "not those that the table itself names"));
}

void TestExpression::asksForTheLabelColumn()
{
    PreparationInputs from = inputs(2);
    from.labels = annotations({"id", "sex", "type"}, {{"S0", "S1"}, {"f", "m"}, {"x", "y"}});
    QCOMPARE(errorOf(from).code, ErrorCode::BadSpec);
    QVERIFY(has(errorOf(from).cure, "'sex', 'type'"));
    spec::RunSpec spec;
    spec.data.options.labelColumn = "typ";
    QCOMPARE(errorOf(from, spec).code, ErrorCode::BadSpec);
    QVERIFY(has(errorOf(from, spec).message, "'typ'"));
}

void TestExpression::followsASplitFile()
{
    PreparationInputs from = inputs(4);
    from.split =
        std::map<std::string, std::string>{{"S0", "test"}, {"S1", "train"}, {"S2", "train"}, {"S3", "test"}};
    const auto result = prepared(from);
    QVERIFY((result->train.sampleIds == std::vector<std::string>{"S1", "S2"}));
    QVERIFY((result->test.sampleIds == std::vector<std::string>{"S0", "S3"}));
    from.split->erase("S1");
    QVERIFY2(has(errorOf(from).message, "'S1'"), errorOf(from).message.c_str());
    from.split->emplace("S1", "train");
    from.split->emplace("S9", "train");
    QVERIFY2(has(errorOf(from).message, "'S9'"), errorOf(from).message.c_str());
    from.split =
        std::map<std::string, std::string>{{"S0", "test"}, {"S1", "train"}, {"S2", "test"}, {"S3", "train"}};
    QVERIFY2(has(errorOf(from).message, "no training sample is of class 'b'"), errorOf(from).message.c_str());
}

void TestExpression::notesConfounding()
{
    PreparationInputs from = inputs(40);
    QVERIFY(prepared(from)->notes.empty());
    for (std::size_t i = 0; i < 40; ++i)
        from.train.sampleIds[i] = (i % 2 == 0 ? "SRR" : "ERR") + std::to_string(i);
    const auto notes = prepared(from)->notes;
    QCOMPARE(notes.size(), std::size_t{1});
    QVERIFY2(has(notes[0], "Class and study may be confounded"), notes[0].c_str());
}

void TestExpression::explainsUnusableData()
{
    const std::vector<std::pair<std::string, std::function<void(PreparationInputs &)>>> cases = {
        {"only 'a'",
         [](PreparationInputs &p) {
             p.train.sampleLabels.assign(12, "a");
             p.test->sampleLabels.assign(6, "a");
         }},
        {"'S3' is in the training table and in the test",
         [](PreparationInputs &p) { p.test->sampleIds[2] = "S3"; }},
        {"no class for sample 'S4'", [](PreparationInputs &p) { p.train.sampleLabels[4].clear(); }},
        {"no training sample is of class 'z'", [](PreparationInputs &p) { p.test->sampleLabels[0] = "z"; }},
        {"no listed gene", [](PreparationInputs &p) { p.geneList = std::vector<std::string>{"X"}; }},
        {"gene 'G2' in sample 'S1': 1e+39", [](PreparationInputs &p) { p.train.values[6] = 1e39; }},
        {"no sample is left for testing",
         [](PreparationInputs &p) {
             p.test->sampleIds.clear();
             p.test->sampleLabels.clear();
             p.test->values.clear();
         }},
    };
    for (const auto &[words, change] : cases) {
        PreparationInputs from = withTest();
        change(from);
        const Error error = errorOf(from);
        QCOMPARE(error.code, ErrorCode::BadData);
        QVERIFY2(has(error.message, words), error.message.c_str());
    }
}

void TestExpression::stopsOnRequest()
{
    std::stop_source source;
    source.request_stop();
    const auto result = prepareExpression(inputs(), {}, RunToken(source.get_token()));
    QCOMPARE(result.error().code, ErrorCode::Stopped);
}

void TestExpression::isFast()
{
    PreparationInputs from = inputs(420, 530);
    from.test = table(140, 530, 1000);
    const auto start = std::chrono::steady_clock::now();
    QVERIFY(prepared(from).has_value());
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    qInfo("560 samples x 530 genes: %.1f ms", elapsed.count());
#ifdef NDEBUG
    QVERIFY(elapsed.count() < 200.0);
#endif
}

QTEST_GUILESS_MAIN(TestExpression)
#include "tst_expression.moc"
