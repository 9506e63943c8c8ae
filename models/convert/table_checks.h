// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/text_table.h"

namespace ibidem::convert {

/// Makes names unique as anndata's var_names_make_unique does: the second "X" becomes "X-1", the third "X-2";
/// suffixes that another name already has are passed over. Returns the names that occurred more than once, in
/// order.
std::vector<std::string> makeUnique(std::vector<std::string> &names);

/// Gene names that a spreadsheet has turned into dates or numbers ("2-Sep", "2021-03-01", "2.31E+13", "44256"
/// among words), in order.
[[nodiscard]] std::vector<std::string> damagedGeneNames(const std::vector<std::string> &names);

/// mlf-core writes a sample's class in front of its name: "1_SRR1436228". If every name has such a prefix and
/// the prefixes are few (2 to 20, at most half as many as samples; a single one only if it is a number),
/// moves them to `labels`.
[[nodiscard]] bool splitLabelPrefixes(std::vector<std::string> &sampleIds, std::vector<std::string> &labels);

/// The checks that every expression table goes through, and what follows from them: duplicate samples are
/// BadData, duplicate genes are made unique. Fills shape and labels of the summary.
[[nodiscard]] Status finishExpressionTable(TextTable &table, data::TableContainer &container);

/// Checks "labels" and "small-classes" for label counts, which go into the summary.
void checkLabels(TextTable &table, data::TableContainer &container);

/// The first name that occurs again, with the places of both.
struct Duplicate
{
    std::size_t first = 0;
    std::size_t second = 0;
};

[[nodiscard]] std::optional<Duplicate> firstDuplicate(const std::vector<std::string> &names);

} // namespace ibidem::convert
