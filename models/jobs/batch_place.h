// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/jobs/resolve_order.h"
#include "models/runs/manifest.h"
#include "models/spec/run_spec.h"

#include <filesystem>
#include <optional>
#include <string>

namespace ibidem::jobs {

/// What there is at the place of a run.
enum class Place {
    Free,
    Keep,   ///< the finished run of this specification
    Resume, ///< a stopped or killed run of it
    Follow, ///< a process works on it
    Again,  ///< a run that failed before its first checkpoint: it makes room
};

struct FoundPlace
{
    Place place = Place::Free;
    std::filesystem::path folder;           ///< of the run as it is now; empty if Free
    std::optional<runs::Manifest> manifest; ///< of Keep
};

/// Does what was recorded stand for what is wanted? `ordered` is `wanted` before it was resolved: it tells
/// which settings nobody chose. The rule is in batch.h.
[[nodiscard]] bool sameRun(const spec::RunSpec &recorded, const spec::RunSpec &wanted,
                           const OrderedSpec &ordered);

/// Looks at "<run>" and "<run>.partial". CannotWrite if something else is there, BadData if a finished run
/// does not have the digests that it records. Reads every file of a finished run: not for an event loop.
[[nodiscard]] Result<FoundPlace> lookAtPlace(const std::filesystem::path &run, const spec::RunSpec &wanted,
                                             const OrderedSpec &ordered);

} // namespace ibidem::jobs
