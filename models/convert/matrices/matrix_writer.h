// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ibidem::convert {

enum class MatrixFormat { H5ad, Tenx };

[[nodiscard]] std::optional<MatrixFormat>
matrixFormatOfName(std::string_view name) noexcept; ///< "h5ad", "10x"

/// Whether an annotation may be called so in AnnData's format.
[[nodiscard]] bool isAnnDataName(std::string_view name) noexcept;

/// Writes the matrix as a foreign file, the same bytes each time (see Hdf5Image), beside its place and
/// renames it.
///
/// H5ad: AnnData's format on disk as anndata 0.8 and later write it: X as float32 in compressed sparse rows,
/// annotations of the cells (texts that miss in some cells become categories; booleans that miss become
/// nullable), those of the genes likewise, their accessions as var["gene_ids"], embeddings in obsm.
/// Tenx: Cell Ranger's format 3, whole numbers as int32; annotations and embeddings have no place in it.
///
/// Usage for what a format cannot hold: a slash in a name, a column called "_index", in Tenx values that are
/// no counts. CannotWrite, Io: then an old file is still there.
[[nodiscard]] Status writeMatrixFile(const std::filesystem::path &path, const data::CountMatrix &matrix,
                                     MatrixFormat format);

} // namespace ibidem::convert
