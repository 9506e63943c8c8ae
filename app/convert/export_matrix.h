// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/convert/arguments.h"
#include "models/base/json.h"
#include "models/base/result.h"

namespace ibidem::app {

/// Writes the matrix of a container of ours as a foreign file, under the same limits and with the same events
/// as a conversion. With a run's embedding: its cells alone, in its order, with all genes, and what it knows
/// of them (embedded_matrix.h). The finished event:
/// {"event":"finished","path","format","bytes","sha256","digest","cells","genes","replaced"}: the content's
/// digest; names of annotations that the embedding's took the place of. BadData for a container that is
/// damaged, Usage for what the format cannot hold, CannotWrite, Io, Stopped.
[[nodiscard]] Result<Json> exportMatrix(const ConvertRequest &request);

} // namespace ibidem::app
