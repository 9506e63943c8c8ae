// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/jobs/run_builder.h"
#include "models/spec/run_spec.h"

#include <cstdint>
#include <filesystem>

namespace ibidem::jobs {

/// A spec as ordered: overrides applied, inputs not yet opened, device and level not yet resolved.
struct OrderedSpec
{
    spec::RunSpec spec;
    std::filesystem::path folder; ///< where the spec file lies; empty for a recipe
    bool levelGiven = false;      ///< somebody chose the level, so the device must not
    bool seedGiven = false;
};

/// Reads the recipe or spec file of an order and applies what the order says. BadSpec, InputMissing.
[[nodiscard]] Result<OrderedSpec> readOrder(const TrainOrder &order);

/// Draws the seed of a run at level "random", replaces every "auto", validates. BadSpec, Unavailable.
[[nodiscard]] Result<spec::RunSpec> resolveSpec(const OrderedSpec &ordered, std::uint64_t cells);

} // namespace ibidem::jobs
