// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/philox.h"

#include <cstddef>
#include <cstdint>
#include <vector>

/// Cells in round clouds: cell i belongs to cloud i mod clouds, whose centre has coordinates of ±`apart`;
/// around it each coordinate is standard normal.
struct GeneratedCells
{
    std::size_t dimensions = 0;
    std::vector<float> embedding;
    std::vector<std::int32_t> clouds;
};

inline GeneratedCells generateCells(std::size_t cells, std::size_t dimensions, std::size_t clouds,
                                    double apart, std::uint64_t seed = 1)
{
    ibidem::RandomStream random(seed, ibidem::RandomPurpose::Test);
    std::vector<double> centres(clouds * dimensions);
    for (double &centre : centres)
        centre = random.bounded(2) == 0 ? -apart : apart;
    GeneratedCells result{dimensions, {}, {}};
    for (std::size_t i = 0; i < cells; ++i) {
        const std::size_t cloud = i % clouds;
        result.clouds.push_back(static_cast<std::int32_t>(cloud));
        for (std::size_t d = 0; d < dimensions; ++d)
            result.embedding.push_back(static_cast<float>(centres[cloud * dimensions + d] + random.normal()));
    }
    return result;
}
