// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/data/cache.h"
#include "models/data/count_matrix.h"
#include "models/view/text.h"

#include <QDir>
#include <QString>

#include <string>

/// A matrix with a regular pattern: cell i has `perCell` values, in genes i, i + step, …; of two kinds of
/// cells.
inline ibidem::data::MatrixContainer patternMatrix(std::uint64_t cells, std::uint64_t genes,
                                                   std::uint64_t perCell)
{
    using ibidem::data::CellColumn;
    ibidem::data::MatrixContainer container;
    ibidem::data::CountMatrix &matrix = container.matrix;
    matrix.rows.columnCount = genes;
    matrix.rows.columns.reserve(cells * perCell);
    matrix.rows.values.reserve(cells * perCell);
    CellColumn kinds{"kind", CellColumn::Kind::Category, {}, {"alpha", "beta"}, {}};
    for (std::uint64_t gene = 0; gene < genes; ++gene)
        matrix.geneIds.push_back("Gene" + std::to_string(gene));
    const std::uint64_t step = genes / perCell;
    for (std::uint64_t cell = 0; cell < cells; ++cell) {
        matrix.cellIds.push_back("CELL" + std::to_string(cell) + "-1");
        kinds.codes.push_back(static_cast<std::int32_t>(cell % 3 == 0 ? 1 : 0));
        for (std::uint64_t place = 0; place < perCell; ++place) {
            matrix.rows.columns.push_back(static_cast<std::uint32_t>(cell % step + place * step));
            matrix.rows.values.push_back(static_cast<float>(1 + (cell * 7 + place * 3) % 19));
        }
        matrix.rows.starts.push_back(matrix.rows.columns.size());
    }
    matrix.cellColumns = {kinds};
    container.summary.kind = ibidem::data::kMatrixKind;
    container.summary.format = "h5ad-2";
    container.summary.shape = {cells, genes};
    container.summary.labels = kinds.counts();
    container.summary.maximum = 19.0;
    ibidem::data::MatrixFacts facts;
    facts.nonZero = matrix.rows.values.size();
    facts.counts = true;
    facts.source = "X";
    facts.sources = {"X"};
    facts.columns = {{"kind", kinds.counts()}};
    container.summary.matrix = facts;
    return container;
}

/// A file with nothing of a matrix in it, and the matrix in the cache as if it had been read from there.
inline QString cachedMatrix(const QString &folder, const std::filesystem::path &cacheFolder,
                            const QString &name, ibidem::data::MatrixContainer container,
                            const ibidem::data::TableOptions &options = {})
{
    const QString file = QDir(folder).filePath(name);
    const std::filesystem::path path = ibidem::view::toPath(file);
    if (!ibidem::writeFileAtomically(path, "stands for " + name.toStdString()) ||
        !ibidem::makeFolder(cacheFolder))
        return {};
    const auto digest = ibidem::sha256File(path);
    if (!digest)
        return {};
    container.summary.fileSha256 = digest->sha256;
    container.summary.fileBytes = digest->bytes;
    const ibidem::data::Cache cache(cacheFolder);
    const auto entry =
        cache.pathOf(ibidem::data::Cache::key(digest->sha256, options, ibidem::data::kMatrixVersion));
    return ibidem::data::writeMatrixContainer(entry, container) ? file : QString();
}
