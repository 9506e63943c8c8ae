// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/matrices/hdf5_dataset.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::convert {

/// What a reader passes over, and why: "/obs/x (awkward-array)".
using SkippedElements = std::vector<std::string>;

enum class FlawedColumns { Refuse, PassOver };

/// What is no content need not be sound: puts why it cannot be read among the skipped. The error itself where
/// it says nothing about the element (Stopped, Io).
[[nodiscard]] Status passOver(const Error &error, SkippedElements &skipped);

/// The index of a data frame (obs or var) of any generation of AnnData: a compound dataset, or a group. Names
/// are neither unique nor UTF-8-checked beyond what Hdf5File::text does.
[[nodiscard]] Result<std::vector<std::string>> readFrameIndex(Hdf5File &file, const std::string &frame);

/// Columns of a frame with `rowCount` rows, in the file's order, without the index: compound members with
/// codes named by /uns/COLUMN_categories (0), codes with a reference to their categories (1), categorical and
/// nullable groups (2), plain arrays of numbers, booleans and text. What is of another kind goes to
/// `skipped`; BadData for what contradicts itself (lengths, codes without a category, categories twice),
/// unless such columns are passed over: then they go to `skipped` too.
[[nodiscard]] Result<std::vector<data::CellColumn>>
readFrameColumns(Hdf5File &file, const std::string &frame, std::uint64_t rowCount, SkippedElements &skipped,
                 FlawedColumns flawed = FlawedColumns::Refuse);

/// One column of text of a frame, or nothing if there is none of that name or it does not hold text.
[[nodiscard]] Result<std::optional<std::vector<std::string>>>
readFrameTexts(Hdf5File &file, const std::string &frame, const std::string &column, std::uint64_t rowCount);

/// A column made of a one-dimensional dataset: numbers, booleans or text. Nothing if it is of another kind.
[[nodiscard]] Result<std::optional<data::CellColumn>> columnOf(const Hdf5Dataset &dataset, std::string name);

/// Numbers with two axes, the first of `rowCount`, or an array member. Nothing if it is of another kind.
[[nodiscard]] Result<std::optional<data::Embedding>> embeddingOf(const Hdf5Dataset &dataset, std::string name,
                                                                 std::uint64_t rowCount);

/// The words of a column of text or categories; empty where one is missing.
[[nodiscard]] std::vector<std::string> textsOf(const data::CellColumn &column);

/// Text column: categories in the order of first appearance.
[[nodiscard]] data::CellColumn textColumn(std::string name, std::vector<std::string> texts);

} // namespace ibidem::convert
