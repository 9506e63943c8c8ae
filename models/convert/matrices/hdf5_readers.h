// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/matrices/h5ad_frame.h"
#include "models/convert/matrices/hdf5_file.h"
#include "models/convert/matrices/hdf5_rows.h"
#include "models/convert/matrices/matrix_builder.h"
#include "models/data/cache.h"

#include <string>
#include <vector>

namespace ibidem::convert {

/// The HDF5 layouts of single-cell matrices; none: something else.
enum class Hdf5Layout { None, TenxV2, TenxV3, AnnData, Loom };

/// By what lies in the file, never by its name.
[[nodiscard]] Result<Hdf5Layout> layoutOf(Hdf5File &file);

/// Readers of one layout each: BadData, Unavailable, Usage (the cure lists what there is to choose), Stopped.

/// Cell Ranger 1 and 2: a group for each genome. options.genome chooses; `auto` if there is one only.
[[nodiscard]] Result<RawMatrix> readTenxV2(Hdf5File &file, const data::TableOptions &options);
/// Cell Ranger 3 and later. Genes are called by `name`, with `id` (where there are probes `gene_id`) as
/// accession; each feature stays a column of its own, also a probe. options.featureType: `auto` keeps "Gene
/// Expression" where there are several kinds. options.genome keeps the features of one genome. All cells are
/// kept; filtered_barcodes becomes a column of the cells.
[[nodiscard]] Result<RawMatrix> readTenxV3(Hdf5File &file, const data::TableOptions &options);
/// AnnData of every generation. options.matrix: X, raw, layers/NAME.
[[nodiscard]] Result<RawMatrix> readH5ad(Hdf5File &file, const data::TableOptions &options);
/// Loom 2 and 3. options.matrix: matrix, layers/NAME.
[[nodiscard]] Result<RawMatrix> readLoom(Hdf5File &file, const data::TableOptions &options);

/// The one of `sources` that `wanted` names ("auto": `preferred` if it is there, else the only one). Usage
/// with the list in the cure, `option` being the name of the setting; BadData if there are none.
[[nodiscard]] Result<std::string> chooseSource(const Hdf5File &file, const std::vector<std::string> &sources,
                                               const std::string &wanted, const std::string &preferred,
                                               const std::string &option);

/// All texts of a dataset with one axis of this length.
[[nodiscard]] Result<std::vector<std::string>> readNames(Hdf5File &file, const std::string &object,
                                                         std::uint64_t length);

/// The checks that tell what was passed over: what could not be read (a warning), and what has no place in a
/// container. Nothing to tell, no check.
void addUnread(const SkippedElements &unread, std::vector<data::Check> &checks);
void addSkipped(const SkippedElements &skipped, std::vector<data::Check> &checks);

} // namespace ibidem::convert
