// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"
#include "models/prepare/expression.h"
#include "models/runs/run_folder.h"
#include "models/spec/run_spec.h"

#include <filesystem>
#include <memory>

namespace ibidem::app {

/// The tables and lists that the specification names, from the containers in local.json or else from the
/// cache, each compared with the digest in the specification. InputMissing, BadData (another content than
/// specified), BadSpec.
[[nodiscard]] Result<prepare::PreparationInputs>
loadInputs(const spec::RunSpec &spec, const runs::LocalInfo &local, const std::filesystem::path &cacheFolder);

/// The matrix that a network learns from, found and compared in the same way. Its values are not hashed here:
/// MatrixFile::verify does.
[[nodiscard]] Result<std::shared_ptr<const data::MatrixFile>>
loadMatrix(const spec::RunSpec &spec, const runs::LocalInfo &local, const std::filesystem::path &cacheFolder);

/// What the cache holds can be made again, and a damaged entry would be found each time: removes the file
/// that a BadData names if it is one of the cache, and says so. Other errors stay what they are.
[[nodiscard]] Error withoutDamaged(Error error, const std::filesystem::path &cacheFolder);

} // namespace ibidem::app
