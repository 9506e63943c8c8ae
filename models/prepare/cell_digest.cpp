// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/cell_digest.h"

#include "models/base/text.h"
#include "models/data/name_digest.h"
#include "models/prepare/parallel.h"

#include <bit>
#include <cstdint>
#include <string_view>

namespace ibidem::prepare {

static_assert(std::endian::native == std::endian::little, "arrays are hashed as they lie in memory");

namespace {

void update(Sha256 &hash, const Sha256Digest &digest)
{
    hash.update(std::as_bytes(std::span(digest)));
}

Sha256Digest digestOf(std::span<const std::byte> bytes)
{
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

Sha256Digest digestOf(const std::vector<std::string> &names)
{
    Sha256 hash;
    data::updateNames(hash, names);
    return hash.finish();
}

Sha256Digest assembled(std::size_t byteCount, std::span<const Sha256Digest> blocks)
{
    Sha256 hash;
    hash.updateInteger(byteCount);
    hash.update(std::as_bytes(blocks));
    return hash.finish();
}

std::string stageHex(std::string_view kind, std::span<const std::optional<Sha256Digest>> parts)
{
    Sha256 hash;
    hash.updateFramed(kind);
    for (const std::optional<Sha256Digest> &part : parts)
        update(hash, part.value_or(Sha256Digest{}));
    return hash.finishHex();
}

/// One block of one array, or all of a list of names.
struct Piece
{
    std::size_t task = 0;
    std::span<const std::byte> bytes;
};

} // namespace

std::string CellDigests::sparseHex() const
{
    return stageHex("ibidem/cells/sparse/1", std::array{cells, genes, starts, columns, values});
}

std::string CellDigests::denseHex() const
{
    return stageHex("ibidem/cells/dense/1", std::array{cells, genes, values});
}

void computeDigests(std::span<const DigestTask> tasks, unsigned threads)
{
    std::vector<Piece> pieces;
    std::vector<Range> piecesOf(tasks.size());
    for (std::size_t task = 0; task < tasks.size(); ++task) {
        piecesOf[task].begin = pieces.size();
        const std::span<const std::byte> array = tasks[task].array;
        if (!tasks[task].digest->has_value() && tasks[task].names)
            pieces.push_back({task, {}});
        else if (!tasks[task].digest->has_value())
            for (std::size_t at = 0; at < array.size(); at += kDigestBlockBytes)
                pieces.push_back({task, array.subspan(at, std::min(kDigestBlockBytes, array.size() - at))});
        piecesOf[task].end = pieces.size();
    }
    std::vector<Sha256Digest> digests(pieces.size());
    forEachPart(threads, pieces.size(), [&](std::size_t i) {
        const std::vector<std::string> *const names = tasks[pieces[i].task].names;
        digests[i] = names ? digestOf(*names) : digestOf(pieces[i].bytes);
    });
    for (std::size_t task = 0; task < tasks.size(); ++task) {
        if (tasks[task].digest->has_value())
            continue;
        const auto blocks =
            std::span(digests).subspan(piecesOf[task].begin, piecesOf[task].end - piecesOf[task].begin);
        *tasks[task].digest =
            tasks[task].names ? blocks.front() : assembled(tasks[task].array.size(), blocks);
    }
}

} // namespace ibidem::prepare
