// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/classification_metrics.h"

#include "models/base/portable_math.h"

#include <algorithm>
#include <cmath>

namespace ibidem::analyze {

namespace {

constexpr double kSmallestProbability = 1e-16;

double ratio(double numerator, double denominator)
{
    return denominator == 0.0 ? 0.0 : numerator / denominator;
}

double ratio(std::uint64_t numerator, std::uint64_t denominator)
{
    return ratio(static_cast<double>(numerator), static_cast<double>(denominator));
}

std::size_t marginsPerSample(std::size_t classCount) noexcept
{
    return classCount <= 2 ? 1 : classCount;
}

/// The probabilities of one sample, `classCount` of them; classCount > 2.
void softmax(std::span<const float> margins, std::span<double> result) noexcept
{
    const double largest = static_cast<double>(*std::max_element(margins.begin(), margins.end()));
    double sum = 0.0;
    for (std::size_t k = 0; k < margins.size(); ++k) {
        result[k] = portableExp(static_cast<double>(margins[k]) - largest);
        sum += result[k];
    }
    for (double &value : result)
        value /= sum;
}

double sampleLoss(double probability) noexcept
{
    return -portableLog(std::clamp(probability, kSmallestProbability, 1.0 - kSmallestProbability));
}

std::int32_t predictedOf(std::span<const double> row) noexcept
{
    if (row.size() == 2)
        return row[1] > 0.5 ? 1 : 0;
    return static_cast<std::int32_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

/// Twice the number of pairs (positive, negative) that are in the right order, a tie counting half.
std::uint64_t twiceConcordantPairs(const std::vector<double> &positive, const std::vector<double> &negative)
{
    std::uint64_t twice = 0;
    std::size_t below = 0;
    std::size_t notAbove = 0;
    for (const double score : positive) {
        while (below < negative.size() && negative[below] < score)
            ++below;
        while (notAbove < negative.size() && negative[notAbove] <= score)
            ++notAbove;
        twice += below + notAbove;
    }
    return twice;
}

/// One class against the rest; `score(i)` is the sample's score for that class.
template <class Score>
double oneAgainstRest(std::span<const std::int32_t> truth, std::int32_t positiveClass, const Score &score)
{
    std::vector<double> positive;
    std::vector<double> negative;
    for (std::size_t i = 0; i < truth.size(); ++i)
        (truth[i] == positiveClass ? positive : negative).push_back(score(i));
    if (positive.empty() || negative.empty())
        return 0.5;
    std::sort(positive.begin(), positive.end());
    std::sort(negative.begin(), negative.end());
    return ratio(twiceConcordantPairs(positive, negative),
                 2 * std::uint64_t{positive.size()} * std::uint64_t{negative.size()});
}

/// Two classes: of class 1; more: the unweighted mean over classes. `score(i, k)`.
template <class Score>
double areaUnderCurve(std::span<const std::int32_t> truth, std::size_t classCount, const Score &score)
{
    if (classCount <= 2)
        return oneAgainstRest(truth, 1, [&](std::size_t i) { return score(i, std::size_t{1}); });
    double sum = 0.0;
    for (std::size_t k = 0; k < classCount; ++k)
        sum +=
            oneAgainstRest(truth, static_cast<std::int32_t>(k), [&](std::size_t i) { return score(i, k); });
    return sum / static_cast<double>(classCount);
}

struct ClassCounts
{
    std::uint64_t truePositive = 0;
    std::uint64_t falsePositive = 0;
    std::uint64_t falseNegative = 0;
    std::uint64_t trueNegative = 0;
};

ClassCounts countsOf(const ConfusionMatrix &matrix, std::size_t positiveClass)
{
    ClassCounts counts;
    for (std::size_t truth = 0; truth < matrix.classCount; ++truth) {
        for (std::size_t predicted = 0; predicted < matrix.classCount; ++predicted) {
            std::uint64_t &place =
                truth == positiveClass
                    ? (predicted == positiveClass ? counts.truePositive : counts.falseNegative)
                    : (predicted == positiveClass ? counts.falsePositive : counts.trueNegative);
            place += matrix.at(truth, predicted);
        }
    }
    return counts;
}

/// Gorodkin's correlation of K classes, for two classes Matthews's. Integers in doubles: exact up to 9e7
/// samples.
double correlation(const ConfusionMatrix &matrix)
{
    double samples = 0.0;
    double correct = 0.0;
    double productSum = 0.0;
    double truthSquares = 0.0;
    double predictedSquares = 0.0;
    for (std::size_t k = 0; k < matrix.classCount; ++k) {
        const ClassCounts counts = countsOf(matrix, k);
        const double truth = static_cast<double>(counts.truePositive + counts.falseNegative);
        const double predicted = static_cast<double>(counts.truePositive + counts.falsePositive);
        samples += truth;
        correct += static_cast<double>(counts.truePositive);
        productSum += truth * predicted;
        truthSquares += truth * truth;
        predictedSquares += predicted * predicted;
    }
    const double spread = (samples * samples - predictedSquares) * (samples * samples - truthSquares);
    return ratio(correct * samples - productSum, std::sqrt(spread));
}

void addRates(const ConfusionMatrix &matrix, std::map<std::string, double> &metrics)
{
    const std::size_t first = matrix.classCount <= 2 ? 1 : 0;
    double sensitivity = 0.0;
    double specificity = 0.0;
    double f1 = 0.0;
    for (std::size_t k = first; k < matrix.classCount; ++k) {
        const ClassCounts c = countsOf(matrix, k);
        sensitivity += ratio(c.truePositive, c.truePositive + c.falseNegative);
        specificity += ratio(c.trueNegative, c.trueNegative + c.falsePositive);
        f1 += ratio(2 * c.truePositive, 2 * c.truePositive + c.falsePositive + c.falseNegative);
    }
    const double classes = static_cast<double>(matrix.classCount - first);
    metrics["sensitivity"] = sensitivity / classes;
    metrics["specificity"] = specificity / classes;
    metrics["f1"] = f1 / classes;
}

struct Totals
{
    double loss = 0.0;
    std::uint64_t correct = 0;

    void add(std::int32_t truth, std::span<const double> row) noexcept
    {
        loss += sampleLoss(row[static_cast<std::size_t>(truth)]);
        if (predictedOf(row) == truth)
            ++correct;
    }
};

} // namespace

std::vector<double> probabilities(std::span<const float> margins, std::size_t classCount)
{
    const std::size_t columns = std::max<std::size_t>(classCount, 2);
    const std::size_t perSample = marginsPerSample(classCount);
    const std::size_t samples = margins.size() / perSample;
    std::vector<double> result(samples * columns);
    for (std::size_t i = 0; i < samples; ++i) {
        const std::span<double> row = std::span(result).subspan(i * columns, columns);
        if (perSample == 1) {
            row[1] = portableSigmoid(static_cast<double>(margins[i]));
            row[0] = 1.0 - row[1];
        } else {
            softmax(margins.subspan(i * perSample, perSample), row);
        }
    }
    return result;
}

std::vector<std::int32_t> predictedClasses(std::span<const double> probabilities, std::size_t classCount)
{
    std::vector<std::int32_t> result;
    result.reserve(probabilities.size() / classCount);
    for (std::size_t i = 0; i + classCount <= probabilities.size(); i += classCount)
        result.push_back(predictedOf(probabilities.subspan(i, classCount)));
    return result;
}

ConfusionMatrix confusionMatrix(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                                std::size_t classCount)
{
    ConfusionMatrix matrix{classCount, std::vector<std::uint64_t>(classCount * classCount)};
    for (std::size_t i = 0; i < truth.size(); ++i)
        ++matrix.counts[static_cast<std::size_t>(truth[i]) * classCount +
                        static_cast<std::size_t>(predicted[i])];
    return matrix;
}

double logLoss(std::span<const std::int32_t> truth, std::span<const double> probabilities,
               std::size_t classCount)
{
    double sum = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i)
        sum += sampleLoss(probabilities[i * classCount + static_cast<std::size_t>(truth[i])]);
    return ratio(sum, static_cast<double>(truth.size()));
}

double rocAuc(std::span<const std::int32_t> truth, std::span<const double> probabilities,
              std::size_t classCount)
{
    return areaUnderCurve(truth, classCount,
                          [&](std::size_t i, std::size_t k) { return probabilities[i * classCount + k]; });
}

std::map<std::string, double> roundMetrics(std::span<const std::int32_t> truth,
                                           std::span<const float> margins, std::size_t classCount)
{
    Totals totals;
    if (classCount <= 2) {
        for (std::size_t i = 0; i < truth.size(); ++i) {
            const double p = portableSigmoid(static_cast<double>(margins[i]));
            const double row[] = {1.0 - p, p};
            totals.add(truth[i], row);
        }
    } else {
        std::vector<double> row(classCount);
        for (std::size_t i = 0; i < truth.size(); ++i) {
            softmax(margins.subspan(i * classCount, classCount), row);
            totals.add(truth[i], row);
        }
    }
    return {{"accuracy", ratio(totals.correct, truth.size())},
            {"logloss", ratio(totals.loss, static_cast<double>(truth.size()))}};
}

std::map<std::string, double> allMetrics(std::span<const std::int32_t> truth, std::span<const float> margins,
                                         std::size_t classCount)
{
    const std::vector<double> p = probabilities(margins, classCount);
    const std::vector<std::int32_t> predicted = predictedClasses(p, classCount);
    const ConfusionMatrix matrix = confusionMatrix(truth, predicted, classCount);
    std::map<std::string, double> metrics = roundMetrics(truth, margins, classCount);
    metrics["roc_auc"] = rocAuc(truth, p, classCount);
    metrics["roc_auc_rounded"] = areaUnderCurve(truth, classCount, [&](std::size_t i, std::size_t k) {
        return predicted[i] == static_cast<std::int32_t>(k) ? 1.0 : 0.0;
    });
    metrics["mcc"] = correlation(matrix);
    addRates(matrix, metrics);
    return metrics;
}

} // namespace ibidem::analyze
