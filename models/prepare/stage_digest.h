// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::prepare {

/// One set of samples as it leaves a stage. The digest is over: the set's name, gene ids, sample ids, classes
/// (text, each framed by its length) and the rows of values (little endian), with every count before what it
/// counts.
struct StageSet
{
    std::string_view name; ///< "all", "train", "test"
    const std::vector<std::string> *geneIds = nullptr;
    std::vector<std::string_view> sampleIds;
    std::vector<std::string_view> classes;
    std::function<std::span<const std::byte>(std::size_t)>
        row; ///< bytes of sample i; valid until the next call
};

/// SHA-256 (hex) over the sets in order. The stage's name is not in it: a stage that changes nothing keeps
/// the digest.
[[nodiscard]] std::string stageDigest(const std::vector<StageSet> &sets);

} // namespace ibidem::prepare
