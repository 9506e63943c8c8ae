// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/prepare/expression.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::prepare {

/// The samples of one table that have a class.
struct LabelledSamples
{
    std::vector<std::size_t> rows;   ///< of the table, ascending
    std::vector<std::string> labels; ///< as many as rows
};

struct JoinedLabels
{
    LabelledSamples train;
    std::optional<LabelledSamples> test;
    std::vector<std::string> notes;
};

/// Where the classes of the samples come from: a labels file if one is given (class labels by order of the
/// samples, or by name where they have names; annotations by the sample id in their first column), else the
/// tables themselves.
[[nodiscard]] Result<JoinedLabels> joinLabels(const PreparationInputs &inputs, const spec::RunSpec &spec);

/// "'a', 'b', 'c' and 4 more".
[[nodiscard]] std::string firstOf(const std::vector<std::string> &names);

} // namespace ibidem::prepare
