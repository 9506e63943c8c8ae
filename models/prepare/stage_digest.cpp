// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/stage_digest.h"

#include "models/base/sha256.h"

#include <bit>

namespace ibidem::prepare {

static_assert(std::endian::native == std::endian::little, "values are hashed as they lie in memory");

namespace {

void appendInteger(std::string &out, std::uint64_t value)
{
    for (unsigned shift = 0; shift < 64; shift += 8)
        out.push_back(static_cast<char>((value >> shift) & 0xFFU));
}

/// Into one buffer: many small updates of the hash would cost more than the hashing.
template <class Names>
void appendNames(std::string &out, const Names &names)
{
    appendInteger(out, names.size());
    for (const std::string_view name : names) {
        appendInteger(out, name.size());
        out.append(name);
    }
}

} // namespace

std::string stageDigest(const std::vector<StageSet> &sets)
{
    Sha256 sha;
    sha.updateFramed("ibidem/stage/1");
    sha.updateInteger(sets.size());
    for (const StageSet &set : sets) {
        std::string names;
        sha.updateFramed(set.name);
        appendNames(names, *set.geneIds);
        appendNames(names, set.sampleIds);
        appendNames(names, set.classes);
        sha.update(names);
        for (std::size_t i = 0; i < set.sampleIds.size(); ++i)
            sha.update(set.row(i));
    }
    return sha.finishHex();
}

} // namespace ibidem::prepare
