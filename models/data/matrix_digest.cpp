// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/matrix_digest.h"

#include "models/base/sha256.h"
#include "models/data/name_digest.h"

#include <bit>
#include <cmath>
#include <limits>

namespace ibidem::data {

static_assert(std::endian::native == std::endian::little, "values are hashed as they lie in memory");

namespace {

/// What is missing counts as one number, whatever NaN the file holds.
void appendNumbers(std::string &bytes, const CellColumn &column)
{
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    for (const double number : column.numbers)
        appendInteger(bytes, std::bit_cast<std::uint64_t>(std::isnan(number) ? missing : number));
}

/// By text and not by code: the order of the categories is no content.
void appendTexts(std::string &bytes, const CellColumn &column)
{
    for (const std::int32_t code : column.codes) {
        if (code < 0)
            appendInteger(bytes, std::numeric_limits<std::uint64_t>::max());
        else
            appendText(bytes, column.categories[static_cast<std::size_t>(code)]);
    }
}

void updateColumn(Sha256 &hash, const CellColumn &column)
{
    const bool numbers = column.kind == CellColumn::Kind::Number;
    std::string bytes;
    appendText(bytes, column.name);
    appendText(bytes, numbers ? "numbers" : "texts");
    if (numbers)
        appendNumbers(bytes, column);
    else
        appendTexts(bytes, column);
    hash.update(bytes);
}

} // namespace

std::string matrixDigest(const CountMatrix &names, const SparseView &rows)
{
    Sha256 hash;
    hash.updateFramed("ibidem/count-matrix/1");
    updateNames(hash, names.cellIds);
    updateNames(hash, names.geneIds);
    hash.updateInteger(rows.nonZeroCount());
    hash.update(std::as_bytes(rows.starts));
    hash.update(std::as_bytes(rows.columns));
    hash.update(std::as_bytes(rows.values));
    hash.updateInteger(names.cellColumns.size());
    for (const CellColumn &column : names.cellColumns)
        updateColumn(hash, column);
    return hash.finishHex();
}

} // namespace ibidem::data
