// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ibidem::prepare {

inline constexpr std::size_t kDigestBlockBytes = std::size_t{1} << 20U;

/// The pieces of a stage's digest (resources/docs/formats.md), each kept until its array changes.
///
/// - names: SHA-256 over the number of names (8 bytes, little endian) and each name behind its length.
/// - array: SHA-256 over the array's length in bytes and the SHA-256 (32 bytes) of each of its blocks of
///   1 MiB, in order; the last block may be shorter, an empty array has none.
/// - sparse: SHA-256 over the text "ibidem/cells/sparse/1" behind its length, the digests of the names of
///   cells and of genes, and those of the arrays starts (U64), columns (U32) and values (F32).
/// - dense: the same with "ibidem/cells/dense/1" and of the arrays the values alone (F32, row-major).
///
/// The stage's name is in none: a stage that changes nothing keeps the digest.
struct CellDigests
{
    std::optional<Sha256Digest> cells;
    std::optional<Sha256Digest> genes;
    std::optional<Sha256Digest> starts;
    std::optional<Sha256Digest> columns;
    std::optional<Sha256Digest> values;

    [[nodiscard]] std::string sparseHex() const; ///< all must be there
    [[nodiscard]] std::string denseHex() const;  ///< cells, genes and values must be there
};

/// What is to be hashed, and where its digest goes.
struct DigestTask
{
    std::span<const std::byte> array;
    const std::vector<std::string> *names = nullptr; ///< instead of the array
    std::optional<Sha256Digest> *digest = nullptr;   ///< left alone if it is there
};

/// Fills in what is missing, blocks in parallel.
void computeDigests(std::span<const DigestTask> tasks, unsigned threads);

} // namespace ibidem::prepare
