// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/base/text.h"
#include "models/data/tree_checks.h"
#include "models/data/tree_ensemble.h"
#include "tests/test_data.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <limits>

using namespace ibidem;
using namespace ibidem::data;
using namespace std::string_literals;

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

TreeNode split(std::int32_t left, std::uint32_t feature, float threshold, bool defaultLeft)
{
    TreeNode node;
    node.left = left;
    node.right = left + 1;
    node.feature = feature;
    node.threshold = threshold;
    node.defaultLeft = defaultLeft;
    node.gain = 2.5F * static_cast<float>(feature + 1);
    node.cover = 10.0F;
    return node;
}

TreeNode leaf(float value)
{
    TreeNode node;
    node.value = value;
    node.cover = 4.0F;
    return node;
}

/// `groups` trees a round, two rounds, three features.
TreeEnsemble ensembleOf(std::uint32_t groups)
{
    TreeEnsemble ensemble;
    ensemble.objective = groups == 1 ? "binary:logistic" : "multi:softprob";
    ensemble.groupCount = groups;
    ensemble.featureCount = 3;
    ensemble.featureNames = {"G1", "G2", "G3"};
    ensemble.baseMargin.assign(groups, groups == 1 ? 0.0F : 0.5F);
    for (std::uint32_t i = 0; i < 2 * groups; ++i) {
        Tree tree;
        tree.group = i % groups;
        const float shift = 0.25F * static_cast<float>(i);
        tree.nodes = {split(1, i % 3, 1.0F + shift, i % 2 == 0), leaf(-0.3F - shift),
                      split(3, (i + 1) % 3, 2.0F, false), leaf(0.1F), leaf(0.7F + shift)};
        ensemble.trees.push_back(std::move(tree));
    }
    return ensemble;
}

void append(std::string &out, std::uint64_t value, int size)
{
    for (int i = 0; i < size; ++i)
        out.push_back(static_cast<char>((value >> static_cast<unsigned>(8 * i)) & 0xFFU));
}

void appendFloat(std::string &out, float value)
{
    append(out, std::bit_cast<std::uint32_t>(value), 4);
}

void appendName(std::string &out, std::string_view name)
{
    append(out, name.size(), 8);
    out.append(name);
}

/// The old binary format, with one pruned node behind each tree's own.
std::string oldBinary(const TreeEnsemble &ensemble)
{
    std::string out = "binf";
    appendFloat(out, 0.5F);
    append(out, ensemble.featureCount, 4);
    append(out, ensemble.groupCount == 1 ? 0 : ensemble.groupCount, 4);
    for (const std::uint64_t value : {0U, 0U, 1U, 2U})
        append(out, value, 4);
    out.resize(4 + 136, '\0');
    appendName(out, ensemble.objective);
    appendName(out, "gbtree");
    std::string parameters;
    append(parameters, ensemble.trees.size(), 4);
    append(parameters, 1, 4);
    parameters.resize(160, '\0');
    out += parameters;
    for (const Tree &tree : ensemble.trees) {
        std::string param;
        append(param, 1, 4);
        append(param, tree.nodes.size() + 1, 4);
        append(param, 1, 4);
        param.resize(148, '\0');
        out += param;
        for (const TreeNode &node : tree.nodes) {
            append(out, 0, 4);
            append(out, static_cast<std::uint32_t>(node.left), 4);
            append(out, static_cast<std::uint32_t>(node.right), 4);
            append(out, node.feature | (node.defaultLeft ? 0x80000000U : 0U), 4);
            appendFloat(out, node.left == -1 ? node.value : node.threshold);
        }
        append(out, 0, 4);
        append(out, 0xFFFFFFFFU, 4);
        append(out, 0xFFFFFFFFU, 4);
        append(out, 0xFFFFFFFFU, 4);
        append(out, 0, 4);
        for (const TreeNode &node : tree.nodes) {
            appendFloat(out, node.gain);
            appendFloat(out, node.cover);
            append(out, 0, 8);
        }
        append(out, 0, 8);
        append(out, 0, 8);
    }
    for (const Tree &tree : ensemble.trees)
        append(out, tree.group, 4);
    return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to)
{
    const std::size_t at = text.find(from);
    if (at == std::string::npos)
        qFatal("the test's own text was not found");
    return text.replace(at, from.size(), to);
}

std::string mutated(const std::string &bytes, std::uint32_t number)
{
    RandomStream random(20260801, RandomPurpose::Test, number);
    std::string result = bytes;
    const std::uint64_t changes = 1 + random.bounded(4);
    for (std::uint64_t i = 0; i < changes && !result.empty(); ++i) {
        const auto at = static_cast<std::size_t>(random.bounded(result.size()));
        switch (random.bounded(4)) {
        case 0:
            result[at] = static_cast<char>(random.bounded(256));
            break;
        case 1:
            result[at] = static_cast<char>(result[at] ^ static_cast<char>(1U << random.bounded(8)));
            break;
        case 2:
            result.resize(at);
            break;
        default:
            result.insert(at, result.substr(static_cast<std::size_t>(random.bounded(result.size())), 9));
        }
    }
    return result;
}

/// Whatever parses must be safe to use.
bool isUsable(const TreeEnsemble &ensemble)
{
    const std::vector<float> features(ensemble.featureCount, 1.5F);
    std::vector<float> margins(ensemble.groupCount);
    ensemble.predictMargins(features, margins, ensemble.roundCount());
    return ensemble.trees.empty() || !ensemble.treeBytes(0).empty();
}

} // namespace

class TestTreeEnsemble : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addsOneLeafOfEachTreeInOrder();
    void sendsMissingValuesTheDefaultWay();
    void readsBackWhatItWrote_data();
    void readsBackWhatItWrote();
    void readsTheOldBinaryFormatAndDropsPrunedNodes();
    void countsImportance();
    void treeBytesChangeWithEveryField();
    void refusesUnsoundTrees();
    void refusesWhatIsNoModel();
    void survivesHostileNesting();
    void survivesMutations();
    void publishedModelGivesItsPublishedMargins();
    void publishedModelSurvivesMutations();
};

void TestTreeEnsemble::addsOneLeafOfEachTreeInOrder()
{
    const TreeEnsemble ensemble = ensembleOf(1);
    float margin = 0.0F;
    ensemble.predictMargins(std::vector<float>{0.5F, 3.0F, 3.0F}, {&margin, 1}, 2);
    QCOMPARE(margin, -0.3F + (0.7F + 0.25F));
    ensemble.predictMargins(std::vector<float>{0.5F, 3.0F, 3.0F}, {&margin, 1}, 1);
    QCOMPARE(margin, -0.3F);
    ensemble.predictMargins(std::vector<float>{0.5F, 3.0F, 3.0F}, {&margin, 1}, 0);
    QCOMPARE(margin, 0.0F);
}

void TestTreeEnsemble::sendsMissingValuesTheDefaultWay()
{
    const float missing = std::numeric_limits<float>::quiet_NaN();
    float margin = 0.0F;
    ensembleOf(1).predictMargins(std::vector<float>{missing, missing, missing}, {&margin, 1}, 1);
    QCOMPARE(margin, -0.3F); // default left
    TreeEnsemble other = ensembleOf(1);
    other.trees[0].nodes[0].defaultLeft = false;
    other.predictMargins(std::vector<float>{missing, missing, missing}, {&margin, 1}, 1);
    QCOMPARE(margin, 0.7F);
}

void TestTreeEnsemble::readsBackWhatItWrote_data()
{
    QTest::addColumn<unsigned>("groups");
    QTest::newRow("two classes") << 1U;
    QTest::newRow("three classes") << 3U;
}

void TestTreeEnsemble::readsBackWhatItWrote()
{
    QFETCH(unsigned, groups);
    TreeEnsemble ensemble = ensembleOf(groups);
    if (groups == 1)
        ensemble.baseMargin[0] = marginOfBaseScore("binary:logistic", 0.7F, {}).value();
    const auto bytes = xgboostUbjson(ensemble);
    QVERIFY(bytes.has_value());
    const auto back = parseXgboostUbjson(bytesOf(*bytes), "model.ubj");
    QVERIFY2(back.has_value(), back ? "" : describe(back.error()).c_str());
    QVERIFY(*back == ensemble);
    ensemble.trees[1].nodes[1].value = std::nextafter(ensemble.trees[1].nodes[1].value, 0.0F);
    QVERIFY(*back != ensemble);
}

void TestTreeEnsemble::readsTheOldBinaryFormatAndDropsPrunedNodes()
{
    for (const std::uint32_t groups : {1U, 3U}) {
        TreeEnsemble ensemble = ensembleOf(groups);
        ensemble.featureNames.clear();
        const std::string bytes = oldBinary(ensemble);
        const auto read = parseXgboostBinary(bytesOf(bytes), "old.xgb");
        QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
        QVERIFY(*read == ensemble);
        const auto bare = parseXgboostBinary(bytesOf(bytes).subspan(4), "old.xgb");
        QVERIFY(bare.has_value());
        for (std::size_t size = 0; size < bytes.size(); ++size)
            QVERIFY(!parseXgboostBinary(bytesOf(bytes).first(size), "old.xgb").has_value());
    }
}

void TestTreeEnsemble::countsImportance()
{
    TreeEnsemble ensemble = ensembleOf(1);
    ensemble.trees[1].nodes[2].feature = 0;
    ensemble.trees[1].nodes[2].gain = 7.5F;
    const auto importance = featureImportance(ensemble);
    QCOMPARE(importance.size(), std::size_t{2}); // features 0 and 1 twice each, 2 never
    QCOMPARE(importance[0].feature, 0U);
    QCOMPARE(importance[0].weight, std::uint64_t{2});
    QCOMPARE(importance[0].gain, 5.0);
    QCOMPARE(importance[0].cover, 10.0);
    QCOMPARE(importance[1].feature, 1U);
    ensemble.trees[0].nodes[2].gain = 20.0F;
    QCOMPARE(featureImportance(ensemble)[0].feature, 1U); // same weight: the larger gain first
}

void TestTreeEnsemble::treeBytesChangeWithEveryField()
{
    const TreeEnsemble ensemble = ensembleOf(1);
    const std::string bytes = ensemble.treeBytes(0);
    QCOMPARE(ensemble.treeBytes(0), bytes);
    QVERIFY(ensemble.treeBytes(1) != bytes);
    const std::vector<void (*)(TreeNode &)> changes = {
        [](TreeNode &n) { n.left = 3; },
        [](TreeNode &n) { n.right = 3; },
        [](TreeNode &n) { n.feature ^= 1U; },
        [](TreeNode &n) { n.threshold = std::nextafter(n.threshold, 9.0F); },
        [](TreeNode &n) { n.defaultLeft ^= 1; },
        [](TreeNode &n) { n.value = -n.value; },
        [](TreeNode &n) { n.gain = std::nextafter(n.gain, 0.0F); },
        [](TreeNode &n) { n.cover = std::nextafter(n.cover, 0.0F); }};
    for (const auto change : changes) {
        TreeEnsemble other = ensemble;
        change(other.trees[0].nodes[0]);
        QVERIFY(other.treeBytes(0) != bytes);
    }
}

void TestTreeEnsemble::refusesUnsoundTrees()
{
    const std::vector<std::pair<void (*)(TreeEnsemble &), const char *>> cases = {
        {[](TreeEnsemble &e) { e.trees[1].nodes[2].right = 0; }, "out of range"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[2].left = 1; }, "two parents"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[2].left = 2; }, "two parents"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[2].right = 5; }, "out of range"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[2].right = -1; }, "out of range"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[2].feature = 3; }, "feature is out of range"},
        {[](TreeEnsemble &e) { e.trees[1].nodes.push_back(leaf(1.0F)); }, "unreachable"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[1].value = INFINITY; }, "not finite"},
        {[](TreeEnsemble &e) { e.trees[1].nodes[0].threshold = NAN; }, "threshold"},
        {[](TreeEnsemble &e) { e.trees[1].group = 1; }, "another class"},
        {[](TreeEnsemble &e) { e.featureNames.pop_back(); }, "feature names"},
        {[](TreeEnsemble &e) { e.trees[1].nodes.clear(); }, "no nodes"},
    };
    for (const auto &[change, word] : cases) {
        TreeEnsemble ensemble = ensembleOf(1);
        change(ensemble);
        const auto bytes = xgboostUbjson(ensemble);
        if (!bytes) { // an index out of range is refused when writing; reading one is tested below
            QCOMPARE(std::string(word), std::string("out of range"));
            continue;
        }
        const auto read = parseXgboostUbjson(bytesOf(*bytes), "model.ubj");
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().code, ErrorCode::BadData);
        QVERIFY2(read.error().message.find(word) != std::string::npos, read.error().message.c_str());
        QCOMPARE(read.error().path, std::string("model.ubj"));
    }
}

void TestTreeEnsemble::refusesWhatIsNoModel()
{
    const std::string sound = xgboostUbjson(ensembleOf(1)).value();
    const auto refused = [](const std::string &bytes) {
        const auto read = parseXgboostUbjson(bytesOf(bytes), "model.ubj");
        return !read.has_value() && read.error().code == ErrorCode::BadData;
    };
    QVERIFY(!refused(sound));
    QVERIFY(refused(""));
    QVERIFY(refused("{}"));
    QVERIFY(refused("{\"learner\":{}}"));
    QVERIFY(refused(sound + "}"));
    for (std::size_t size = 0; size < sound.size(); ++size)
        QVERIFY(refused(sound.substr(0, size)));
    QVERIFY(refused(replaced(sound, "SL\0\0\0\0\0\0\0\6gbtree"s, "SL\0\0\0\0\0\0\0\6gbldar"s)));
    QVERIFY(refused(replaced(sound, "binary:logistic", "survival:coxxyz")));
    QVERIFY(refused(replaced(sound, "[0.5]", "[7.5]")));
    // One categorical split.
    std::string categorical = sound;
    const std::size_t types = categorical.find("split_type[$U#L");
    QVERIFY(types != std::string::npos);
    categorical[types + 15 + 8] = 1;
    QVERIFY(refused(categorical));
    // A child beyond the tree.
    std::string child = sound;
    const std::size_t children = child.find("right_children[$l#L");
    QVERIFY(children != std::string::npos);
    child[children + 19 + 8 + 3] = 100;
    QVERIFY(refused(child));
    child[children + 19 + 8] = static_cast<char>(0x80);
    QVERIFY(refused(child));
}

void TestTreeEnsemble::survivesHostileNesting()
{
    const auto refused = [](const std::string &bytes) {
        return !parseXgboostUbjson(bytesOf(bytes), "model.ubj").has_value();
    };
    std::string nested = "{i\x01";
    nested += "a";
    QVERIFY(refused(nested + std::string(4000000, '[')));
    std::string objects = "{";
    for (int i = 0; i < 200000; ++i)
        objects += "i\x01x{";
    QVERIFY(refused(objects));
    const std::string huge = std::string("\x7f\xff\xff\xff\xff\xff\xff\xff", 8);
    QVERIFY(refused(nested + "[$L#L" + huge));
    QVERIFY(refused(nested + "[$Z#L" + huge));
    QVERIFY(refused(nested + "[#L" + huge));
    QVERIFY(refused(nested + "SL" + huge));
    QVERIFY(refused("{L" + huge));
    QVERIFY(refused(nested + "[#i\xff"));
}

void TestTreeEnsemble::survivesMutations()
{
    const std::string model = xgboostUbjson(ensembleOf(3)).value();
    const std::string old = oldBinary(ensembleOf(3));
    int read = 0;
    for (std::uint32_t i = 0; i < 20000; ++i) {
        const std::string bytes = mutated(model, i);
        const auto ensemble = parseXgboostUbjson(bytesOf(bytes), "mutant");
        QVERIFY(!ensemble || isUsable(*ensemble));
        const std::string oldBytes = mutated(old, i);
        const auto oldEnsemble = parseXgboostBinary(bytesOf(oldBytes), "mutant");
        QVERIFY(!oldEnsemble || isUsable(*oldEnsemble));
        read += ensemble && oldEnsemble ? 1 : 0;
    }
    QVERIFY(read > 0); // the mutants are close enough to the real thing
}

void TestTreeEnsemble::publishedModelGivesItsPublishedMargins()
{
    IBIDEM_REAL_DATA(data);
    const std::filesystem::path folder = data / "mlf-core";
    const std::string bytes = readFile(folder / "lcep-package_model_2021-04-08_v2.xgb").value();
    const auto model = parseXgboostBinary(bytesOf(bytes), "model.xgb");
    QVERIFY2(model.has_value(), model ? "" : describe(model.error()).c_str());
    QCOMPARE(model->featureCount, 530U);
    QCOMPARE(model->trees.size(), std::size_t{1000});
    QCOMPARE(model->objective, std::string("binary:logistic"));
    QCOMPARE(std::count_if(model->trees.begin(), model->trees.end(),
                           [](const Tree &tree) { return tree.nodes.size() == 1; }),
             std::ptrdiff_t{933});
    const auto importance = featureImportance(*model);
    QCOMPARE(importance.size(), std::size_t{78});
    QCOMPARE(importance[0].weight, std::uint64_t{10});

    std::map<std::string, double> reference;
    const std::string table = readFile(folder / "lcep_reference_predictions_model_v2.tsv").value();
    for (const std::string_view line : ibidem::split(trimmed(table), '\n')) {
        const auto cells = ibidem::split(line, '\t');
        if (cells[0] != "split")
            reference[std::string(cells[0]) + std::string(cells[1])] = parseDouble(trimmed(cells[3])).value();
    }
    QCOMPARE(reference.size(), std::size_t{560});
    double largest = 0.0;
    for (const std::string name : {"train", "test"}) {
        const std::string text = readFile(folder / ("lcep_" + name + ".tsv")).value();
        std::vector<std::vector<float>> columns;
        std::vector<std::string> samples;
        for (const std::string_view line : ibidem::split(trimmed(text), '\n')) {
            const auto cells = ibidem::split(trimmed(line), '\t');
            const bool head = samples.empty();
            columns.resize(cells.size() - 2);
            for (std::size_t i = 2; i < cells.size(); ++i) {
                if (head)
                    samples.emplace_back(cells[i]);
                else
                    columns[i - 2].push_back(static_cast<float>(parseDouble(cells[i]).value()));
            }
        }
        for (std::size_t i = 0; i < samples.size(); ++i) {
            float margin = 0.0F;
            QCOMPARE(columns[i].size(), std::size_t{530});
            model->predictMargins(columns[i], {&margin, 1}, 1000);
            largest =
                std::max(largest, std::abs(static_cast<double>(margin) - reference.at(name + samples[i])));
        }
    }
    QVERIFY2(largest <= 1e-5, formatDouble(largest).c_str());
}

void TestTreeEnsemble::publishedModelSurvivesMutations()
{
    IBIDEM_REAL_DATA(data);
    const std::string bytes = readFile(data / "mlf-core/lcep-package_model_2021-04-08_v2.xgb").value();
    for (std::uint32_t i = 0; i < 300; ++i) {
        const std::string mutant = mutated(bytes, i);
        const auto ensemble = parseXgboostBinary(bytesOf(mutant), "mutant");
        QVERIFY(!ensemble || isUsable(*ensemble));
    }
}

QTEST_GUILESS_MAIN(TestTreeEnsemble)
#include "tst_tree_ensemble.moc"
