// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/text_table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::convert {

/// The first records of a delimited table; the views point into its text and its reader.
struct TableSample
{
    std::vector<std::string> header; ///< trimmed; as many as the records have fields
    std::vector<std::vector<std::string_view>> rows;
    bool rowNamesWithoutHeader = false; ///< R's way: the header is one field short; header[0] is then empty
    bool emptyLastColumn =
        false; ///< every record ends with a delimiter; the column is not in the header above
};

/// What the cells of a column look like in the sample.
struct ColumnLook
{
    std::uint32_t numbers = 0;
    std::uint32_t texts = 0;
    std::uint32_t missing = 0;
    std::uint32_t distinct = 0; ///< of the cells that are not missing
    bool integers = true;

    [[nodiscard]] bool isText() const noexcept { return texts > numbers; }

    /// Some samples share a value: a class, not a name.
    [[nodiscard]] bool repeats() const noexcept { return distinct * 2 <= numbers + texts; }
};

enum class TableKind { Expression, Annotations };

/// What each column of a table is for.
struct ColumnRoles
{
    TableKind kind = TableKind::Expression;
    bool genesInRows = false;
    bool orientationIsGuess = false;
    std::string orientationReason;
    std::optional<std::size_t> id; ///< none: annotations without a column of unique names
    std::optional<std::size_t> names;
    std::optional<std::size_t> label; ///< expression; annotations only if it was given by name
    std::vector<std::size_t> values;
    std::vector<std::size_t> ignored;
};

[[nodiscard]] std::vector<ColumnLook> lookAtColumns(const TableSample &sample);
[[nodiscard]] Result<ColumnRoles> findRoles(const TableSample &sample, const TextTable &table);

/// Whether a column's name says that it holds classes ("label", "class", "cell_type", …).
[[nodiscard]] bool isLabelWord(std::string_view name);
/// The same for names of samples ("sample", "barcode", …).
[[nodiscard]] bool isSampleWord(std::string_view name);

} // namespace ibidem::convert
