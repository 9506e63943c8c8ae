// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ibidem::analyze {

/// Rows are true classes, columns predicted ones; integers.
struct ConfusionMatrix
{
    std::size_t classCount = 0;
    std::vector<std::uint64_t> counts; ///< classCount * classCount

    [[nodiscard]] std::uint64_t at(std::size_t truth, std::size_t predicted) const
    {
        return counts[truth * classCount + predicted];
    }
};

/// Probabilities of samples × classes (double, row-major) from fp32 margins by our own arithmetic. Two
/// classes: one margin a sample -> sigmoid (columns 1-p, p); more: classCount margins -> softmax with the
/// largest subtracted, sums in class order.
[[nodiscard]] std::vector<double> probabilities(std::span<const float> margins, std::size_t classCount);

/// Predicted class: two classes: 1 if p > 0.5 (as numpy's round does at 0.5: 0); more: the first largest.
[[nodiscard]] std::vector<std::int32_t> predictedClasses(std::span<const double> probabilities,
                                                         std::size_t classCount);

[[nodiscard]] ConfusionMatrix confusionMatrix(std::span<const std::int32_t> truth,
                                              std::span<const std::int32_t> predicted,
                                              std::size_t classCount);

/// -mean log p(truth), p clipped to [1e-16, 1-1e-16]; a sum in sample order. NaN-free for n > 0.
[[nodiscard]] double logLoss(std::span<const std::int32_t> truth, std::span<const double> probabilities,
                             std::size_t classCount);

/// Area under the ROC curve by ranks with ties (Mann-Whitney), exact integer counts; more classes: unweighted
/// mean of one against the rest. 0.5 where a class is empty.
[[nodiscard]] double rocAuc(std::span<const std::int32_t> truth, std::span<const double> probabilities,
                            std::size_t classCount);

/// The cheap ones for every round: "logloss", "accuracy".
[[nodiscard]] std::map<std::string, double>
roundMetrics(std::span<const std::int32_t> truth, std::span<const float> margins, std::size_t classCount);

/// All: "logloss", "accuracy", "roc_auc", "roc_auc_rounded" (mlf-core's: of the rounded labels), "mcc",
/// "sensitivity", "specificity", "f1". For more than two classes sensitivity, specificity and f1 are
/// unweighted means over classes
/// ("macro") and mcc is Gorodkin's. A ratio with denominator 0 is 0.
[[nodiscard]] std::map<std::string, double>
allMetrics(std::span<const std::int32_t> truth, std::span<const float> margins, std::size_t classCount);

} // namespace ibidem::analyze
