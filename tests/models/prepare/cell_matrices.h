// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"
#include "models/spec/cell_preparation.h"

#include <QString>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Rows of numbers as a container; cells are c0, c1 …, genes g0, g1 ….
inline ibidem::data::MatrixContainer containerOf(const std::vector<std::vector<float>> &cells)
{
    ibidem::data::MatrixContainer container;
    ibidem::data::CountMatrix &matrix = container.matrix;
    matrix.rows.columnCount = cells.empty() ? 0 : cells.front().size();
    bool counts = true;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        matrix.cellIds.push_back("c" + std::to_string(cell));
        for (std::size_t gene = 0; gene < cells[cell].size(); ++gene) {
            const float value = cells[cell][gene];
            counts = counts && value >= 0.0F && value == std::floor(value);
            if (value == 0.0F)
                continue;
            matrix.rows.columns.push_back(static_cast<std::uint32_t>(gene));
            matrix.rows.values.push_back(value);
        }
        matrix.rows.starts.push_back(matrix.rows.values.size());
    }
    for (std::size_t gene = 0; gene < matrix.rows.columnCount; ++gene)
        matrix.geneIds.push_back("g" + std::to_string(gene));
    ibidem::data::MatrixFacts facts;
    facts.nonZero = matrix.rows.values.size();
    facts.counts = counts;
    facts.source = "X";
    facts.sources = {"X", "raw"};
    container.summary.kind = ibidem::data::kMatrixKind;
    container.summary.format = "h5ad-2";
    container.summary.shape = {matrix.cellIds.size(), matrix.geneIds.size()};
    container.summary.matrix = facts;
    return container;
}

/// Containers in a folder of their own.
class CellMatrices
{
public:
    [[nodiscard]] std::string path(const std::string &name) const
    {
        return m_folder.filePath(QString::fromStdString(name)).toStdString();
    }

    [[nodiscard]] std::shared_ptr<const ibidem::data::MatrixFile>
    open(const ibidem::data::MatrixContainer &container) const
    {
        const std::string file = path("matrix" + std::to_string(m_count++) + ".safetensors");
        if (const auto written = ibidem::data::writeMatrixContainer(file, container); !written)
            qFatal("%s", ibidem::describe(written.error()).c_str());
        const auto opened = ibidem::data::MatrixFile::open(file);
        if (!opened)
            qFatal("%s", ibidem::describe(opened.error()).c_str());
        return *opened;
    }

    [[nodiscard]] std::shared_ptr<const ibidem::data::MatrixFile>
    open(const std::vector<std::vector<float>> &cells) const
    {
        return open(containerOf(cells));
    }

private:
    QTemporaryDir m_folder;
    mutable int m_count = 0;
};

/// Counts from a linear congruential generator, the genes of different strength: gene 11 is in one cell only,
/// cell 5 has four genes at most.
inline std::vector<std::vector<float>> countsOf(std::size_t cells, std::size_t genes)
{
    std::uint64_t state = 12345;
    std::vector<std::vector<float>> rows(cells, std::vector<float>(genes));
    for (std::size_t cell = 0; cell < cells; ++cell) {
        for (std::size_t gene = 0; gene < genes; ++gene) {
            state = (state * 1103515245ULL + 12345ULL) % (1ULL << 31U);
            const std::uint64_t number = (state >> 16U) % 100;
            const std::uint64_t level = gene % 7;
            if (number >= 60 - 6 * level && !(cell == 5 && gene > 3) && !(gene == 11 && cell != 7))
                rows[cell][gene] = static_cast<float>(number % (3 + 2 * level) + 1);
        }
    }
    return rows;
}

/// "minGenes=5 maxMean=12"
inline ibidem::spec::CellPreparation preparationOf(const char *settings)
{
    std::vector<std::string> assignments;
    for (const QString &word : QString::fromLatin1(settings).split(QLatin1Char(' '), Qt::SkipEmptyParts))
        assignments.push_back(word.toStdString());
    const auto preparation = ibidem::spec::withOverrides({}, assignments);
    if (!preparation)
        qFatal("%s", ibidem::describe(preparation.error()).c_str());
    return *preparation;
}
