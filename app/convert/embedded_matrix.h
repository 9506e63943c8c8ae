// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"
#include "models/runs/network_files.h"

#include <string>
#include <vector>

namespace ibidem::app {

struct EmbeddedMatrix
{
    data::CountMatrix matrix;
    std::vector<std::string> replaced; ///< "obsm/X_umap", "obs/leiden": what the matrix had of that name
};

/// The cells of an embedding alone, in its order, with all genes and annotations that the matrix has, and
/// with the embeddings `X_ae` and, where there is a map, `X_umap` and the category `leiden` of the clusters,
/// ordered by number. BadData if the embedding has a cell that the matrix has not.
[[nodiscard]] Result<EmbeddedMatrix> embeddedMatrix(data::CountMatrix matrix, runs::EmbeddingFile embedding);

} // namespace ibidem::app
