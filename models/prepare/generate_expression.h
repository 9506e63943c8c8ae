// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstdint>
#include <string>

namespace ibidem::prepare {

/// Realistic expression of two classes: negative-binomial counts (gamma-Poisson) with gene-wise means and
/// dispersions, correlated genes (shared factors per module), library sizes per sample, a share of genes that
/// differs between the classes, expressed as TPM-like values with six significant digits.
struct ExpressionRecipe
{
    std::uint64_t genes = 500;
    std::uint64_t samples = 240;
    double positiveFraction = 0.5;    ///< share of class 1
    double informativeFraction = 0.1; ///< share of genes that differ
    double effect = 1.0;              ///< mean absolute log2 fold change of those
    std::uint64_t modules = 20;       ///< groups of correlated genes
    std::uint64_t seed = 0;
};

/// mlf-core's TSV ("Gene ID<TAB>Gene Name<TAB><label>_<sample>…"): the same bytes on every machine. BadSpec
/// on sizes out of range (genes 2…1000000, samples 4…1000000, fractions in (0,1)).
[[nodiscard]] Result<std::string> generateExpressionTsv(const ExpressionRecipe &recipe);

} // namespace ibidem::prepare
