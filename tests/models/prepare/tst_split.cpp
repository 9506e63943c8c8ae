// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/base/text.h"
#include "models/prepare/expression.h"
#include "tests/test_data.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/// Sample ids and labels of a header in mlf-core's form.
std::pair<std::vector<std::string>, std::vector<std::string>> headerOf(const std::filesystem::path &file)
{
    const auto text = readFile(file);
    std::vector<std::string> ids;
    std::vector<std::string> labels;
    if (!text)
        return {ids, labels};
    const auto cells = ibidem::split(trimmed(std::string_view(*text).substr(0, text->find('\n'))), '\t');
    for (std::size_t i = 2; i < cells.size(); ++i) {
        const std::size_t underscore = cells[i].find('_');
        labels.emplace_back(cells[i].substr(0, underscore));
        ids.emplace_back(cells[i].substr(underscore + 1));
    }
    return {ids, labels};
}

struct Cohort
{
    std::vector<std::string> ids;
    std::vector<std::int32_t> classes;
};

Cohort cohort(std::size_t samples)
{
    Cohort made;
    for (std::size_t i = 0; i < samples; ++i) {
        made.ids.push_back("S" + std::to_string(1000 + i));
        made.classes.push_back(i % 3 == 0 ? 1 : 0);
    }
    return made;
}

std::set<std::string> testIds(const Cohort &from, double fraction, std::uint64_t seed)
{
    const auto isTest = stratifiedSplit(from.ids, from.classes, fraction, seed);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < isTest.size(); ++i) {
        if (isTest[i])
            ids.insert(from.ids[i]);
    }
    return ids;
}

} // namespace

class TestSplit : public QObject
{
    Q_OBJECT

private slots:
    void takesTheShareOfEachClass();
    void keepsOneSampleOfEachClassOnBothSides();
    void doesNotFollowTheOrderOfTheFile();
    void followsTheSeed();
    void keepsTheSplitOfOneSeedForever();
    void readsSplitFiles();
    void explainsBrokenSplitFiles();
    void readsListsOfGenes();
    void rejectsListsThatAreNoText();
    void readsThePathwaysOfThePaper();
    void saysThatThePapersClassesAreStudies();
    void saysNothingAboutShuffledLabels();
    void saysNothingAboutOneFamily();
    void saysNothingAboutNamesThatRepeatTheClass();
    void saysNothingAboutAHandfulOfSamples();
};

void TestSplit::takesTheShareOfEachClass()
{
    const Cohort made = cohort(120);
    const auto isTest = stratifiedSplit(made.ids, made.classes, 0.25, 0);
    std::size_t counts[2] = {0, 0};
    for (std::size_t i = 0; i < isTest.size(); ++i)
        counts[made.classes[i]] += isTest[i] ? 1U : 0U;
    QCOMPARE(counts[0], std::size_t{20});
    QCOMPARE(counts[1], std::size_t{10});
    // Half up: 2.5 of 10 are 3.
    QCOMPARE(testIds({cohort(10).ids, std::vector<std::int32_t>(10, 0)}, 0.25, 0).size(), std::size_t{3});
}

void TestSplit::keepsOneSampleOfEachClassOnBothSides()
{
    const Cohort made = {{"a", "b", "c", "d", "e"}, {0, 0, 1, 1, 2}};
    for (const double fraction : {0.01, 0.99}) {
        const auto isTest = stratifiedSplit(made.ids, made.classes, fraction, 5);
        QVERIFY(isTest[0] != isTest[1]);
        QVERIFY(isTest[2] != isTest[3]);
        QVERIFY(!isTest[4]);
    }
}

void TestSplit::doesNotFollowTheOrderOfTheFile()
{
    const Cohort made = cohort(100);
    std::vector<std::size_t> order(made.ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    RandomStream(1, RandomPurpose::Test).shuffle(std::span(order));
    Cohort shuffled;
    for (const std::size_t i : order) {
        shuffled.ids.push_back(made.ids[i]);
        shuffled.classes.push_back(made.classes[i]);
    }
    QVERIFY(shuffled.ids != made.ids);
    QVERIFY(testIds(shuffled, 0.25, 3) == testIds(made, 0.25, 3));
}

void TestSplit::followsTheSeed()
{
    QVERIFY(testIds(cohort(100), 0.25, 3) != testIds(cohort(100), 0.25, 4));
    QVERIFY(testIds(cohort(100), 0.25, 3) == testIds(cohort(100), 0.25, 3));
}

void TestSplit::keepsTheSplitOfOneSeedForever()
{
    std::string found;
    for (const std::string &id : testIds(cohort(24), 0.25, 42))
        found += id + " ";
    QCOMPARE(found, std::string("S1001 S1003 S1004 S1005 S1014 S1018 "));
}

void TestSplit::readsSplitFiles()
{
    const auto parts =
        parseSplit("\xEF\xBB\xBF# made by hand\nS1\ttrain\r\nS 2\ttest\n\n\"S3\"\ttest\n", "s.tsv");
    QVERIFY2(parts.has_value(), parts ? "" : parts.error().message.c_str());
    QVERIFY((*parts == std::map<std::string, std::string>{{"S1", "train"}, {"S 2", "test"}, {"S3", "test"}}));
}

void TestSplit::explainsBrokenSplitFiles()
{
    for (const auto &[text, words] :
         std::vector<std::pair<std::string, std::string>>{{"S1\ttrain\nS2\tvalidation\n", "line 2"},
                                                          {"S1 train\n", "line 1"},
                                                          {"S1\ttrain\nS1\ttest\n", "named twice"},
                                                          {"\ttrain\n", "no name"},
                                                          {"# nothing\n", "no sample"},
                                                          {std::string("S1\ttrain\0", 9), "NUL"},
                                                          {"S\xFF\ttrain\n", "UTF-8"}}) {
        const auto parts = parseSplit(text, "s.tsv");
        QVERIFY2(!parts, text.c_str());
        QCOMPARE(parts.error().code, ErrorCode::BadData);
        QCOMPARE(parts.error().path, std::string("s.tsv"));
        QVERIFY2(has(parts.error().message, words), parts.error().message.c_str());
    }
}

void TestSplit::readsListsOfGenes()
{
    const auto list = parseGeneList("# pathway\nENSG1.4\nENSG2 # a comment\n\nENSG1.4\n", "g.txt");
    QVERIFY((*list == std::vector<std::string>{"ENSG1.4", "ENSG2"}));
    const auto table = parseGeneList("Some pathway\tG1\tG2,G3;\"G4\"\r\n", "g.tsv");
    QVERIFY((*table == std::vector<std::string>{"Some pathway", "G1", "G2", "G3", "G4"}));
}

void TestSplit::rejectsListsThatAreNoText()
{
    QVERIFY(has(parseGeneList("# nothing\n", "g").error().message, "no gene"));
    QVERIFY(has(parseGeneList("G\xC3(\n", "g").error().message, "UTF-8"));
    QCOMPARE(parseGeneList("", "g").error().code, ErrorCode::BadData);
}

void TestSplit::readsThePathwaysOfThePaper()
{
    IBIDEM_REAL_DATA(data)
    const auto text = readFile(data / "mlf-core" / "nextflow-lcep_pathways_ensembl_cancer_2021.tsv");
    QVERIFY(text.has_value());
    const auto list = parseGeneList(*text, "pathways.tsv");
    // 555 genes and the name of the pathway.
    QCOMPARE(list->size(), std::size_t{556});
}

void TestSplit::saysThatThePapersClassesAreStudies()
{
    IBIDEM_REAL_DATA(data)
    const auto [ids, labels] = headerOf(data / "mlf-core" / "lcep_train.tsv");
    QCOMPARE(ids.size(), std::size_t{420});
    const auto note = confoundingNote(ids, labels);
    QVERIFY(note.has_value());
    QVERIFY2(has(*note, "102 of 102 samples named SRR… are of class '0'"), note->c_str());
    QVERIFY2(has(*note, "281 of 318 samples whose names are UUIDs are of class '1'"), note->c_str());
}

void TestSplit::saysNothingAboutShuffledLabels()
{
    IBIDEM_REAL_DATA(data)
    const auto header = headerOf(data / "mlf-core" / "lcep_train.tsv");
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        std::vector<std::string> labels = header.second;
        RandomStream(seed, RandomPurpose::Test).shuffle(std::span(labels));
        const auto note = confoundingNote(header.first, labels);
        QVERIFY2(!note, note ? note->c_str() : "");
    }
}

void TestSplit::saysNothingAboutOneFamily()
{
    const Cohort made = cohort(100);
    std::vector<std::string> labels;
    for (const std::int32_t index : made.classes)
        labels.push_back(std::to_string(index));
    QVERIFY(!confoundingNote(made.ids, labels));
}

void TestSplit::saysNothingAboutNamesThatRepeatTheClass()
{
    std::vector<std::string> ids;
    std::vector<std::string> otherIds;
    std::vector<std::string> labels;
    for (int i = 0; i < 40; ++i) {
        ids.push_back((i % 2 == 0 ? "all_" : "AML_") + std::to_string(i));
        otherIds.push_back((i % 2 == 0 ? "ERR" : "SRR") + std::to_string(i));
        labels.emplace_back(i % 2 == 0 ? "ALL" : "AML");
    }
    QVERIFY(!confoundingNote(ids, labels));
    QVERIFY(confoundingNote(otherIds, labels).has_value());
}

void TestSplit::saysNothingAboutAHandfulOfSamples()
{
    QVERIFY(!confoundingNote({"a1", "a2", "b1", "b2"}, {"0", "0", "1", "1"}));
    QVERIFY(!confoundingNote({}, {}));
}

QTEST_GUILESS_MAIN(TestSplit)
#include "tst_split.moc"
