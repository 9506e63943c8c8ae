// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ibidem::analyze {

/// How far two partitions of the same samples agree: 1 is the same, up to names.
struct ClusterAgreement
{
    double adjustedRand = 0.0; ///< Hubert and Arabie 1985; 0 is what chance gives
    double mutualInformation =
        0.0; ///< normalised by the arithmetic mean of the entropies, as scikit-learn does
};

/// Counts are whole numbers and the order of sums is fixed; logarithms are ours. Both spans have the same
/// length; negative numbers mean "no label": such samples do not count. Where none counts, both are 0.
[[nodiscard]] ClusterAgreement clusterAgreement(std::span<const std::int32_t> a,
                                                std::span<const std::int32_t> b);

} // namespace ibidem::analyze
