// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/stage_digest.h"

#include "models/base/sha256.h"
#include "models/data/name_digest.h"

#include <bit>

namespace ibidem::prepare {

static_assert(std::endian::native == std::endian::little, "values are hashed as they lie in memory");

std::string stageDigest(const std::vector<StageSet> &sets)
{
    Sha256 sha;
    sha.updateFramed("ibidem/stage/1");
    sha.updateInteger(sets.size());
    for (const StageSet &set : sets) {
        std::string names; // one piece: many small updates would cost more than the hash
        sha.updateFramed(set.name);
        data::appendNames(names, *set.geneIds);
        data::appendNames(names, set.sampleIds);
        data::appendNames(names, set.classes);
        sha.update(names);
        for (std::size_t i = 0; i < set.sampleIds.size(); ++i)
            sha.update(set.row(i));
    }
    return sha.finishHex();
}

} // namespace ibidem::prepare
