// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Negative controls: each change of what a run was made from is found and named.
#include "tests/models/compare/run_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace ibidem;
using namespace ibidem::compare;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

class TestComparisonCauses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void namesAChangedSeed();
    void namesAChangedParameterThatChangedNoResult();
    void namesSeveralChangedSettings();
    void blamesTheLengthOnlyForTheLength();
    void namesOtherDataByItsFile();
    void namesOneChangedValue();
    void namesAGeneThatChangedInSeveralSamples();
    void namesASampleThatChangedInSeveralGenes();
    void namesSwappedSamples();
    void namesRotatedSamples();
    void namesSamplesThatChangedPlaces();
    void namesAnotherOrder();
    void namesAMissingSample();
    void namesASampleThatChangedSides();
    void namesAChangedLabel();
    void namesAMissingGene();
    void namesRenamedGenesInOtherOrder();
    void limitsLongLists();
    void takesTheSameContentInAnotherFileAsTheSame();
    void namesAnotherStateWhereTheLevelAllowsIt();
    void tellsATableFromAList();

private:
    template <class Change>
    Comparison changed(Change change, bool train = true)
    {
        FixtureRun run = makeRun();
        change(run);
        if (train)
            trainEnsemble(run);
        ++m_count;
        const fs::path b = m_folder / ("b" + std::to_string(m_count));
        return writeRun(b, run) ? compareRuns(m_folder / "unchanged", b).value_or(Comparison())
                                : Comparison();
    }

    static const Difference *find(const Comparison &comparison, std::string_view what, std::string_view where)
    {
        for (const Difference &difference : comparison.differences)
            if (difference.what == what && difference.where.find(where) != std::string::npos)
                return &difference;
        return nullptr;
    }

    static std::size_t count(const Comparison &comparison, std::string_view what)
    {
        return static_cast<std::size_t>(
            std::count_if(comparison.differences.begin(), comparison.differences.end(),
                          [&](const Difference &difference) { return difference.what == what; }));
    }

    static void swapValues(FixtureRun &run, Part &part, std::size_t x, std::size_t y)
    {
        const auto genes = static_cast<std::ptrdiff_t>(run.geneIds.size());
        const auto first = part.values.begin() + static_cast<std::ptrdiff_t>(x) * genes;
        std::swap_ranges(first, first + genes, part.values.begin() + static_cast<std::ptrdiff_t>(y) * genes);
    }

    QTemporaryDir m_temporary;
    fs::path m_folder;
    int m_count = 0;
};

#define VERIFY_FOUND(comparison, what, where)                                                                \
    QVERIFY2(find(comparison, what, where) != nullptr, describe(comparison).c_str());                        \
    QVERIFY2((comparison).verdict == Verdict::Different, describe(comparison).c_str())

void TestComparisonCauses::initTestCase()
{
    m_folder = m_temporary.path().toStdString();
    QVERIFY(writeRun(m_folder / "unchanged", makeRun()));
}

void TestComparisonCauses::namesAChangedSeed()
{
    const Comparison result = changed([](FixtureRun &run) { run.spec.seed = 1; });
    VERIFY_FOUND(result, "setting", "seed");
    QVERIFY2(result.sentence.starts_with("DIFFERENT since round 1: tree 1 "), result.sentence.c_str());
    QVERIFY2(result.sentence.find("because the setting " + result.differences.at(0).where +
                                  " is 0 in A and 1 in B") != std::string::npos,
             result.sentence.c_str());
    QCOMPARE(result.settings - result.settingsEqual, std::uint64_t{1});
    // Causes stand before consequences.
    QCOMPARE(result.differences.at(0).what, std::string("setting"));
    QVERIFY(find(result, "importance", "rank") != nullptr);
    QVERIFY(result.topGenesShared < 10);
}

void TestComparisonCauses::namesAChangedParameterThatChangedNoResult()
{
    const Comparison result = changed([](FixtureRun &run) { run.spec.trees.gamma = 0.25; });
    VERIFY_FOUND(result, "setting", "model.gamma");
    QCOMPARE(result.treesEqual, result.trees);
    QVERIFY2(result.sentence.find("30 of 30 trees") != std::string::npos, result.sentence.c_str());
    QVERIFY2(result.sentence.find("the setting model.gamma is 0 in A and 0.25 in B") != std::string::npos,
             result.sentence.c_str());
}

void TestComparisonCauses::namesSeveralChangedSettings()
{
    const Comparison result = changed([](FixtureRun &run) {
        run.spec.trees.learningRate = 0.1;
        run.spec.trees.lambda = 2.0;
        run.spec.threads = 8;
    });
    VERIFY_FOUND(result, "setting", "model.learningRate");
    VERIFY_FOUND(result, "setting", "model.lambda");
    QVERIFY2(result.sentence.find("(and 1 more)") != std::string::npos, result.sentence.c_str());
    QVERIFY(find(result, "setting", "execution.threads")->informative);
}

void TestComparisonCauses::blamesTheLengthOnlyForTheLength()
{
    const Comparison shorter = changed([](FixtureRun &run) { run.spec.trees.rounds = 20; });
    QVERIFY2(shorter.sentence.find("because the setting model.rounds is 30 in A and 20 in B") !=
                 std::string::npos,
             shorter.sentence.c_str());
    const Comparison seeded = changed([](FixtureRun &run) {
        run.spec.trees.rounds = 20;
        run.spec.seed = 1;
    });
    QVERIFY2(seeded.sentence.find("because the setting reproducibility.seed is 0 in A and 1 in B.") !=
                 std::string::npos,
             seeded.sentence.c_str());
    FixtureRun run = makeRun();
    run.spec.trees.rounds = 20;
    trainEnsemble(run);
    run.ensemble.trees[0].nodes[0].threshold += 1.0F;
    QVERIFY(writeRun(m_folder / "meddled", run));
    const Comparison meddled = compareRuns(m_folder / "unchanged", m_folder / "meddled").value();
    QVERIFY2(meddled.sentence.find("no recorded setting, input or state explains it") != std::string::npos,
             meddled.sentence.c_str());
}

void TestComparisonCauses::namesOtherDataByItsFile()
{
    FixtureRun run = makeRun();
    for (std::string &gene : run.geneIds)
        gene += "b";
    run.spec.trees.rounds = 20;
    run.spec.trees.lambda = 2.0;
    trainEnsemble(run);
    run.spec.data.train.name = "other.tsv";
    run.spec.data.train.content = std::string(64, 'e');
    QVERIFY(writeRun(m_folder / "other", run));
    const Comparison result = compareRuns(m_folder / "unchanged", m_folder / "other").value();
    QVERIFY2(result.sentence.find("because the input data.train is train.tsv in A and other.tsv in B") !=
                 std::string::npos,
             result.sentence.c_str());
    // The same names with other values everywhere.
    const Comparison values = changed([](FixtureRun &other) {
        for (float &value : other.train.values)
            value += 1.0F;
    });
    QVERIFY2(values.sentence.find("because 42 train samples (") != std::string::npos,
             values.sentence.c_str());
    FixtureRun shifted = makeRun();
    for (float &value : shifted.train.values)
        value += 1.0F;
    trainEnsemble(shifted);
    shifted.spec.data.train.name = "other.tsv";
    QVERIFY(writeRun(m_folder / "shifted", shifted));
    const Comparison file = compareRuns(m_folder / "unchanged", m_folder / "shifted").value();
    QVERIFY2(file.sentence.find("because the input data.train is train.tsv in A and other.tsv in B") !=
                 std::string::npos,
             file.sentence.c_str());
}

void TestComparisonCauses::namesOneChangedValue()
{
    for (const bool inTrain : {true, false}) {
        const Comparison result = changed([&](FixtureRun &run) {
            float &value = (inTrain ? run.train : run.test).values[5 * run.geneIds.size() + 7];
            value = std::nextafter(value, 99.0F);
        });
        const std::string where =
            inTrain ? "gene ENSG10007 in train sample TRA0006" : "gene ENSG10007 in test sample TES0006";
        VERIFY_FOUND(result, "value", where);
        QCOMPARE(count(result, "gene") + count(result, "sample"), std::size_t{0});
        QVERIFY2(result.sentence.find("because the value of " + where) != std::string::npos,
                 result.sentence.c_str());
    }
}

void TestComparisonCauses::namesAGeneThatChangedInSeveralSamples()
{
    const Comparison result = changed([](FixtureRun &run) {
        for (const std::size_t sample : {std::size_t{1}, std::size_t{4}, std::size_t{9}})
            run.train.values[sample * run.geneIds.size() + 3] += 1.0F;
    });
    VERIFY_FOUND(result, "gene", "gene ENSG10003 in 3 train samples (TRA0002, TRA0005, TRA0010)");
}

void TestComparisonCauses::namesASampleThatChangedInSeveralGenes()
{
    const Comparison result = changed([](FixtureRun &run) {
        run.test.values[2 * run.geneIds.size() + 3] += 1.0F;
        run.test.values[2 * run.geneIds.size() + 4] += 1.0F;
    });
    VERIFY_FOUND(result, "sample", "test sample TES0003 in 2 genes (ENSG10003, ENSG10004)");
}

void TestComparisonCauses::namesSwappedSamples()
{
    const Comparison result = changed([](FixtureRun &run) { swapValues(run, run.train, 3, 11); });
    VERIFY_FOUND(result, "sample", "samples TRA0004 and TRA0012 are swapped: their values are exchanged");
    // That all genes changed says nothing new.
    QCOMPARE(count(result, "sample") + count(result, "gene") + count(result, "value"), std::size_t{1});
    QVERIFY2(result.sentence.find("TRA0004 and TRA0012 are swapped") != std::string::npos,
             result.sentence.c_str());
}

void TestComparisonCauses::namesRotatedSamples()
{
    const Comparison result = changed([](FixtureRun &run) {
        swapValues(run, run.train, 0, 1);
        swapValues(run, run.train, 1, 2);
    });
    VERIFY_FOUND(result, "sample", "sample TRA0001 has the values that sample TRA0002 has in A");
    QCOMPARE(count(result, "sample"), std::size_t{3});
}

void TestComparisonCauses::namesSamplesThatChangedPlaces()
{
    const Comparison result = changed([](FixtureRun &run) {
        swapValues(run, run.train, 3, 11);
        std::swap(run.train.ids[3], run.train.ids[11]);
        std::swap(run.train.classes[3], run.train.classes[11]);
    });
    VERIFY_FOUND(result, "sample-order", "train: samples TRA0004 and TRA0012 have changed places");
    QCOMPARE(count(result, "sample") + count(result, "gene") + count(result, "value"), std::size_t{0});
}

void TestComparisonCauses::namesAnotherOrder()
{
    const Comparison result = changed([](FixtureRun &run) {
        for (const auto &[x, y] : {std::pair{0, 1}, std::pair{2, 3}, std::pair{4, 9}}) {
            const auto first = static_cast<std::size_t>(x);
            const auto second = static_cast<std::size_t>(y);
            swapValues(run, run.test, first, second);
            std::swap(run.test.ids[first], run.test.ids[second]);
            std::swap(run.test.classes[first], run.test.classes[second]);
        }
    });
    VERIFY_FOUND(result, "sample-order", "test: order of samples, first at position 1");
    QCOMPARE(find(result, "sample-order", "test")->count, std::uint64_t{6});
    // Predictions are matched by name: the trees saw the same training data.
    QCOMPARE(result.predictionsEqual, result.predictions);
}

void TestComparisonCauses::namesAMissingSample()
{
    const Comparison result = changed([](FixtureRun &run) {
        run.test.ids.pop_back();
        run.test.classes.pop_back();
        run.test.values.resize(run.test.values.size() - run.geneIds.size());
    });
    VERIFY_FOUND(result, "sample", "test sample TES0014");
    QCOMPARE(find(result, "sample", "TES0014")->b, std::string("missing"));
    QCOMPARE(count(result, "gene"), std::size_t{0});
    QCOMPARE(result.predictions, std::uint64_t{56});
    QCOMPARE(result.predictionsEqual, std::uint64_t{55});
}

void TestComparisonCauses::namesASampleThatChangedSides()
{
    const Comparison result = changed([](FixtureRun &run) {
        run.train.ids.push_back(run.test.ids.back());
        run.train.classes.push_back(run.test.classes.back());
        run.train.values.insert(run.train.values.end(), run.test.values.end() - 20, run.test.values.end());
        run.test.ids.pop_back();
        run.test.classes.pop_back();
        run.test.values.resize(run.test.values.size() - run.geneIds.size());
    });
    VERIFY_FOUND(result, "sample", "sample TES0014");
    QCOMPARE(find(result, "sample", "TES0014")->a, std::string("test"));
    QCOMPARE(find(result, "sample", "TES0014")->b, std::string("train"));
}

void TestComparisonCauses::namesAChangedLabel()
{
    const Comparison result = changed([](FixtureRun &run) { run.train.classes[8] = 1; });
    VERIFY_FOUND(result, "label", "label of sample TRA0009");
    QCOMPARE(find(result, "label", "TRA0009")->a, std::string("healthy"));
    QCOMPARE(find(result, "label", "TRA0009")->b, std::string("tumour"));
    QVERIFY2(result.sentence.find("the label of sample TRA0009 is healthy in A and tumour in B") !=
                 std::string::npos,
             result.sentence.c_str());
}

void TestComparisonCauses::namesAMissingGene()
{
    const Comparison result = changed([](FixtureRun &run) {
        for (Part *part : {&run.train, &run.test}) {
            std::vector<float> values;
            for (std::size_t i = 0; i < part->values.size(); ++i)
                if (i % 20 != 5)
                    values.push_back(part->values[i]);
            part->values = values;
        }
        run.geneIds.erase(run.geneIds.begin() + 5);
    });
    VERIFY_FOUND(result, "gene", "gene ENSG10005");
    QCOMPARE(find(result, "gene", "ENSG10005")->b, std::string("missing"));
    // Every sample's digest is another one now: no reason to accuse each.
    QCOMPARE(count(result, "sample"), std::size_t{0});
}

void TestComparisonCauses::namesRenamedGenesInOtherOrder()
{
    const Comparison result = changed([](FixtureRun &run) { std::swap(run.geneIds[2], run.geneIds[3]); });
    VERIFY_FOUND(result, "gene", "order of genes, first at position 3");
}

void TestComparisonCauses::limitsLongLists()
{
    const Comparison result = changed([](FixtureRun &run) {
        for (std::int32_t &label : run.train.classes)
            label = 1 - label;
    });
    VERIFY_FOUND(result, "label", "32 more labels");
    QCOMPARE(count(result, "label"), std::size_t{11});
    QCOMPARE(find(result, "label", "more")->count, std::uint64_t{32});
}

void TestComparisonCauses::takesTheSameContentInAnotherFileAsTheSame()
{
    const Comparison result = changed(
        [](FixtureRun &run) {
            run.spec.data.train.name = "train.tsv.gz";
            run.spec.data.train.bytes = 77;
            run.spec.data.train.sha256 = std::string(64, 'e');
        },
        false);
    QVERIFY2(result.verdict == Verdict::Identical, describe(result).c_str());
    QVERIFY(find(result, "input", "data.train")->informative);
}

void TestComparisonCauses::namesAnotherStateWhereTheLevelAllowsIt()
{
    const auto change = [](spec::Level level) {
        return [level](FixtureRun &run) {
            run.spec.level = level;
            run.state["threads"]["used"] = 2;
            run.ensemble.trees[9].nodes[0].threshold += 1.0F;
        };
    };
    FixtureRun plain = makeRun();
    plain.spec.level = spec::Level::Deterministic;
    FixtureRun other = makeRun();
    change(spec::Level::Deterministic)(other);
    QVERIFY(writeRun(m_folder / "a", plain));
    QVERIFY(writeRun(m_folder / "b", other));
    const Comparison result = compareRuns(m_folder / "a", m_folder / "b").value();
    VERIFY_FOUND(result, "state", "threads.used");
    QVERIFY(!find(result, "state", "threads.used")->informative);
    QVERIFY2(result.sentence.find("because the state threads.used was 1 in A and 2 in B") !=
                 std::string::npos,
             result.sentence.c_str());
    // At `portable` a thread count explains nothing.
    const Comparison portable = changed(change(spec::Level::Portable), false);
    QVERIFY(find(portable, "state", "threads.used")->informative);
    QVERIFY(portable.sentence.find("no recorded setting, input or state explains it") != std::string::npos);
}

/// Changed in a way that leaves everything that was read of it the same: only the chain knows.
void TestComparisonCauses::tellsATableFromAList()
{
    FixtureRun plain = makeRun();
    plain.spec.preparation.genes = spec::Input{"", "genes.txt", 100, std::string(64, 'a'), ""};
    QVERIFY(writeRun(m_folder / "plain", plain));
    FixtureRun list = plain;
    list.spec.preparation.genes->sha256 = std::string(64, 'b'); // a comment more
    QVERIFY(writeRun(m_folder / "list", list));
    const Comparison ofList = compareRuns(m_folder / "plain", m_folder / "list").value();
    QVERIFY2(ofList.sentence.ends_with("because the input preparation.genes (genes.txt) has other content, "
                                       "though all that was read of it for the training is the same."),
             ofList.sentence.c_str());
    FixtureRun table = plain;
    table.spec.data.train.content = std::string(64, 'c');
    QVERIFY(writeRun(m_folder / "table", table));
    const Comparison ofTable = compareRuns(m_folder / "plain", m_folder / "table").value();
    QVERIFY2(ofTable.sentence.ends_with("is the same: another row or column changed."),
             ofTable.sentence.c_str());
}

QTEST_GUILESS_MAIN(TestComparisonCauses)
#include "tst_comparison_causes.moc"
