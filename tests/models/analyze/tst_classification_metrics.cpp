// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/classification_metrics.h"
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/base/text.h"
#include "tests/test_data.h"

#include <chrono>
#include <cmath>

using namespace ibidem;
using namespace ibidem::analyze;

namespace {

using Classes = std::vector<std::int32_t>;
using Margins = std::vector<float>;

/// Margins of the published model on one split of the published data.
struct Published
{
    Classes truth;
    Margins margins;
};

Published readPublished(const std::filesystem::path &file, std::string_view wanted)
{
    Published published;
    const auto text = readFile(file);
    for (const std::string_view line :
         ibidem::split(text ? std::string_view(*text) : std::string_view(), '\n')) {
        const auto cells = ibidem::split(line, '\t');
        if (cells.size() != 5 || cells[0] != wanted)
            continue;
        published.truth.push_back(cells[2] == "1" ? 1 : 0);
        published.margins.push_back(static_cast<float>(parseDouble(cells[3]).value_or(0.0)));
    }
    return published;
}

/// The area under the curve by its definition: all pairs.
double aucByPairs(const Classes &truth, const std::vector<double> &score)
{
    double wins = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        for (std::size_t j = 0; j < truth.size(); ++j) {
            if (truth[i] != 1 || truth[j] != 0)
                continue;
            pairs += 1.0;
            wins += score[i] > score[j] ? 1.0 : score[i] == score[j] ? 0.5 : 0.0;
        }
    }
    return wins / pairs;
}

double rounded(double value, double scale)
{
    return std::round(value * scale) / scale;
}

} // namespace

class TestClassificationMetrics : public QObject
{
    Q_OBJECT

private slots:
    void givesProbabilitiesThatAddUpToOne();
    void predictsTheLowerClassAtOneHalf();
    void countsTrueClassesInRows();
    void knowsLogLossInClosedForm();
    void staysFiniteForCertainMistakes();
    void ranksTiesAsHalf();
    void agreesWithCountingAllPairs();
    void ratesTwoClassesInClosedForm();
    void ratesThreeClassesInClosedForm();
    void givesZeroForEmptyRatios();
    void givesTheSameInEveryRoundAsAtTheEnd();
    void noticesOneSwappedLabel();
    void agreesWithThePublishedModel();
    void isCheapEnoughForEveryRound();
};

void TestClassificationMetrics::givesProbabilitiesThatAddUpToOne()
{
    const auto two = probabilities(Margins{0.0F, 3.0F}, 2);
    QCOMPARE(two.size(), std::size_t{4});
    QCOMPARE(two[0], 0.5);
    QCOMPARE(two[1], 0.5);
    QCOMPARE(two[3], portableSigmoid(3.0));
    QCOMPARE(two[2], 1.0 - two[3]);
    const auto three = probabilities(Margins{1.0F, 1.0F, 1.0F, 1000.0F, 0.0F, -1000.0F}, 3);
    QCOMPARE(three[0], 1.0 / 3.0);
    QCOMPARE(three[3], 1.0);
    QCOMPARE(three[4], 0.0);
}

void TestClassificationMetrics::predictsTheLowerClassAtOneHalf()
{
    QCOMPARE(predictedClasses(std::vector<double>{0.5, 0.5, 0.4, 0.6}, 2), (Classes{0, 1}));
    QCOMPARE(predictedClasses(std::vector<double>{0.4, 0.4, 0.2, 0.1, 0.2, 0.7}, 3), (Classes{0, 2}));
}

void TestClassificationMetrics::countsTrueClassesInRows()
{
    const ConfusionMatrix matrix = confusionMatrix(Classes{0, 0, 1, 2}, Classes{0, 1, 1, 0}, 3);
    QCOMPARE(matrix.at(0, 1), std::uint64_t{1});
    QCOMPARE(matrix.at(2, 0), std::uint64_t{1});
    QCOMPARE(matrix.at(1, 0), std::uint64_t{0});
}

void TestClassificationMetrics::knowsLogLossInClosedForm()
{
    QCOMPARE(logLoss(Classes{0, 1}, std::vector<double>{0.5, 0.5, 0.75, 0.25}, 2), std::log(2.0) * 1.5);
    QCOMPARE(logLoss(Classes{2}, std::vector<double>{0.25, 0.25, 0.5}, 3), std::log(2.0));
    QCOMPARE(logLoss({}, {}, 2), 0.0);
}

void TestClassificationMetrics::staysFiniteForCertainMistakes()
{
    const double loss = logLoss(Classes{0}, std::vector<double>{0.0, 1.0}, 2);
    QVERIFY(std::abs(loss - 16.0 * std::log(10.0)) < 1e-12);
    QVERIFY(std::isfinite(roundMetrics(Classes{1}, Margins{-3.0e38F}, 2).at("logloss")));
}

void TestClassificationMetrics::ranksTiesAsHalf()
{
    const auto auc = [](const Classes &truth, const std::vector<double> &score) {
        std::vector<double> rows;
        for (const double p : score) {
            rows.push_back(1.0 - p);
            rows.push_back(p);
        }
        return rocAuc(truth, rows, 2);
    };
    QCOMPARE(auc({0, 1}, {0.2, 0.8}), 1.0);
    QCOMPARE(auc({0, 1}, {0.8, 0.2}), 0.0);
    QCOMPARE(auc({0, 1, 1}, {0.5, 0.5, 0.75}), 0.75);
    QCOMPARE(auc({1, 1}, {0.5, 0.75}), 0.5);
}

void TestClassificationMetrics::agreesWithCountingAllPairs()
{
    RandomStream stream(7, RandomPurpose::Test);
    for (int repetition = 0; repetition < 20; ++repetition) {
        Classes truth = {0, 1};
        std::vector<double> score = {0.5, 0.5};
        for (int i = 0; i < 60; ++i) {
            truth.push_back(static_cast<std::int32_t>(stream.bounded(2)));
            score.push_back(static_cast<double>(stream.bounded(10)) / 16.0);
        }
        std::vector<double> rows;
        for (const double p : score) {
            rows.push_back(1.0 - p);
            rows.push_back(p);
        }
        QCOMPARE(rocAuc(truth, rows, 2), aucByPairs(truth, score));
    }
}

void TestClassificationMetrics::ratesTwoClassesInClosedForm()
{
    // 3 true positives, 1 false negative, 1 false positive, 5 true negatives.
    const Classes truth = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
    const Margins margins = {1.0F, 1.0F, 1.0F, -1.0F, 1.0F, -1.0F, -1.0F, -1.0F, -1.0F, -1.0F};
    const auto metrics = allMetrics(truth, margins, 2);
    QCOMPARE(metrics.at("accuracy"), 0.8);
    QCOMPARE(metrics.at("sensitivity"), 0.75);
    QCOMPARE(metrics.at("specificity"), 5.0 / 6.0);
    QCOMPARE(metrics.at("f1"), 0.75);
    QCOMPARE(metrics.at("mcc"), 14.0 / 24.0);
    QCOMPARE(metrics.at("roc_auc_rounded"), (0.75 + 5.0 / 6.0) / 2.0);
    QCOMPARE(metrics.size(), std::size_t{8});
}

void TestClassificationMetrics::ratesThreeClassesInClosedForm()
{
    const Classes truth = {0, 0, 1, 1, 2, 2};
    const Margins perfect = {9, 0, 0, 9, 0, 0, 0, 9, 0, 0, 9, 0, 0, 0, 9, 0, 0, 9};
    const auto best = allMetrics(truth, perfect, 3);
    for (const char *const name :
         {"accuracy", "mcc", "f1", "sensitivity", "specificity", "roc_auc", "roc_auc_rounded"})
        QCOMPARE(best.at(name), 1.0);
    // One sample of class 2 is taken for class 0.
    Margins oneWrong = perfect;
    oneWrong[15] = 10.0F;
    const auto metrics = allMetrics(truth, oneWrong, 3);
    QCOMPARE(metrics.at("accuracy"), 5.0 / 6.0);
    QCOMPARE(metrics.at("sensitivity"), (1.0 + 1.0 + 0.5) / 3.0);
    QCOMPARE(metrics.at("specificity"), (0.75 + 1.0 + 1.0) / 3.0);
    QCOMPARE(metrics.at("f1"), (4.0 / 5.0 + 1.0 + 2.0 / 3.0) / 3.0);
    // c*s - sum(p*t) = 30 - 12; s*s - sum(p*p) = 36 - 14; s*s - sum(t*t) = 36 - 12.
    QCOMPARE(metrics.at("mcc"), 18.0 / std::sqrt(22.0 * 24.0));
}

void TestClassificationMetrics::givesZeroForEmptyRatios()
{
    const auto metrics = allMetrics(Classes{0, 0}, Margins{-1.0F, -1.0F}, 2);
    QCOMPARE(metrics.at("sensitivity"), 0.0);
    QCOMPARE(metrics.at("f1"), 0.0);
    QCOMPARE(metrics.at("mcc"), 0.0);
    QCOMPARE(metrics.at("roc_auc"), 0.5);
    QCOMPARE(metrics.at("accuracy"), 1.0);
}

void TestClassificationMetrics::givesTheSameInEveryRoundAsAtTheEnd()
{
    RandomStream stream(3, RandomPurpose::Test);
    for (const std::size_t classCount : {std::size_t{2}, std::size_t{4}}) {
        Classes truth;
        Margins margins;
        for (int i = 0; i < 200; ++i) {
            truth.push_back(static_cast<std::int32_t>(stream.bounded(classCount)));
            for (std::size_t k = 0; k < (classCount == 2 ? 1 : classCount); ++k)
                margins.push_back(8.0F * stream.uniformFloat() - 4.0F);
        }
        const auto quick = roundMetrics(truth, margins, classCount);
        const auto all = allMetrics(truth, margins, classCount);
        const auto p = probabilities(margins, classCount);
        QCOMPARE(quick.size(), std::size_t{2});
        QVERIFY(quick.at("logloss") == all.at("logloss"));
        QVERIFY(quick.at("logloss") == logLoss(truth, p, classCount));
        QVERIFY(quick.at("accuracy") == all.at("accuracy"));
    }
}

void TestClassificationMetrics::noticesOneSwappedLabel()
{
    const Margins margins = {2.0F, -1.0F, 0.5F};
    const auto right = allMetrics(Classes{1, 0, 1}, margins, 2);
    const auto swapped = allMetrics(Classes{0, 1, 1}, margins, 2);
    for (const char *const name : {"logloss", "accuracy", "roc_auc", "mcc", "f1"})
        QVERIFY2(right.at(name) != swapped.at(name), name);
}

void TestClassificationMetrics::agreesWithThePublishedModel()
{
    IBIDEM_REAL_DATA(data)
    const auto file = data / "mlf-core" / "lcep_reference_predictions_model_v2.tsv";
    const Published test = readPublished(file, "test");
    QCOMPARE(test.truth.size(), std::size_t{140});
    const auto metrics = allMetrics(test.truth, test.margins, 2);
    QCOMPARE(metrics.at("accuracy"), 139.0 / 140.0);
    QCOMPARE(rounded(metrics.at("logloss"), 1e6), 0.037873);
    QCOMPARE(rounded(metrics.at("roc_auc"), 1e5), 0.99977);
    QCOMPARE(rounded(metrics.at("roc_auc_rounded"), 1e6), 0.989362);
    QCOMPARE(rounded(metrics.at("mcc"), 1e6), 0.984028);
    QCOMPARE(rounded(metrics.at("f1"), 1e6), 0.994652);
    QCOMPARE(metrics.at("sensitivity"), 1.0);
    QCOMPARE(rounded(metrics.at("specificity"), 1e6), 0.978723);
    const Published train = readPublished(file, "train");
    const auto trained = allMetrics(train.truth, train.margins, 2);
    QCOMPARE(rounded(trained.at("logloss"), 1e6), 0.005793);
    QCOMPARE(trained.at("accuracy"), 1.0);
}

void TestClassificationMetrics::isCheapEnoughForEveryRound()
{
    RandomStream stream(1, RandomPurpose::Test);
    Classes truth;
    Margins margins;
    for (int i = 0; i < 420; ++i) {
        truth.push_back(static_cast<std::int32_t>(stream.bounded(2)));
        margins.push_back(12.0F * stream.uniformFloat() - 6.0F);
    }
    double sum = 0.0;
    constexpr int kCalls = 2000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i)
        sum += roundMetrics(truth, margins, 2).at("logloss");
    const std::chrono::duration<double, std::micro> elapsed = std::chrono::steady_clock::now() - start;
    QVERIFY(sum > 0.0);
    qInfo("%.1f microseconds a call for 420 samples", elapsed.count() / kCalls);
#ifdef NDEBUG
    // Ten times what it needs on a quiet machine: this fails on a wrong algorithm, not on a busy neighbour.
    QVERIFY(elapsed.count() / kCalls < 300.0);
#endif
}

QTEST_GUILESS_MAIN(TestClassificationMetrics)
#include "tst_classification_metrics.moc"
