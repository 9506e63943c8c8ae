// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"
#include "models/prepare/parallel.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ibidem::prepare {

/// Genes begin … end - 1. Sums per gene are cut by these: a thread has all cells of its genes, and adds them
/// in the order of the cells, so that no bit depends on how many ranges there are.
struct GeneRange
{
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// work(range) for ranges that make up all genes, in threads.
template <class Work>
void forEachGeneRange(const data::SparseView &rows, unsigned threads, Work work)
{
    // Two a thread: genes are not equally full.
    const std::size_t wanted = threads <= 1 ? 1 : std::size_t{2} * threads;
    const std::size_t genes = rows.columnCount;
    const std::size_t perRange = std::max<std::size_t>(1, partCount(genes, wanted));
    forEachPart(threads, partCount(genes, perRange), [&](std::size_t part) {
        const Range range = rangeOf(part, genes, perRange);
        work(GeneRange{static_cast<std::uint32_t>(range.begin), static_cast<std::uint32_t>(range.end)});
    });
}

/// visit(gene, place) for each stored value of these genes, cell by cell; `place` is its index in
/// rows.values.
template <class Visit>
void forEachValue(const data::SparseView &rows, GeneRange genes, Visit visit)
{
    const std::uint32_t *const columns = rows.columns.data();
    for (std::size_t row = 0; row < rows.rowCount(); ++row) {
        const std::uint32_t *const begin = columns + rows.starts[row];
        const std::uint32_t *const end = columns + rows.starts[row + 1];
        const std::uint32_t *const first =
            genes.begin == 0 ? begin : std::lower_bound(begin, end, genes.begin);
        for (const std::uint32_t *at = first; at != end && *at < genes.end; ++at)
            visit(*at, static_cast<std::size_t>(at - columns));
    }
}

} // namespace ibidem::prepare
