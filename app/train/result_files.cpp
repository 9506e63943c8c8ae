// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/result_files.h"

#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/data/tensor_list.h"
#include "models/kernels/tensor_digest.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace ibidem::app {

namespace {

std::vector<std::uint64_t> sampleDigests(const FingerprintSet &set, std::size_t genes)
{
    std::vector<std::uint64_t> digests;
    digests.reserve(set.sampleIds.size());
    for (std::size_t i = 0; i < set.sampleIds.size(); ++i)
        digests.push_back(kernels::tensorDigest(std::as_bytes(set.values.subspan(i * genes, genes))));
    return digests;
}

/// Samples in the order of their ids, so that the order in the file does not enter.
std::vector<std::uint64_t> geneDigests(const FingerprintSet &set, std::size_t genes)
{
    constexpr std::size_t kGenesAtOnce = 16; // a cache line of a row
    std::vector<std::size_t> order(set.sampleIds.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&set](std::size_t a, std::size_t b) { return set.sampleIds[a] < set.sampleIds[b]; });
    std::vector<std::uint64_t> digests(genes);
    std::array<std::vector<float>, kGenesAtOnce> columns;
    columns.fill(std::vector<float>(order.size()));
    for (std::size_t first = 0; first < genes; first += kGenesAtOnce) {
        const std::size_t count = std::min(kGenesAtOnce, genes - first);
        for (std::size_t i = 0; i < order.size(); ++i)
            for (std::size_t gene = 0; gene < count; ++gene)
                columns[gene][i] = set.values[order[i] * genes + first + gene];
        for (std::size_t gene = 0; gene < count; ++gene)
            digests[first + gene] = kernels::tensorDigest(std::as_bytes(std::span(columns[gene])));
    }
    return digests;
}

} // namespace

Status writeResults(runs::Manifest &manifest, const ResultFiles &files, const std::filesystem::path &folder)
{
    for (const auto &[name, bytes] : files) {
        IBIDEM_CHECK(writeFileAtomically(folder / name, bytes));
        manifest.files[name] = sha256Hex(std::string_view(bytes));
    }
    return {};
}

void addDigest(runs::Manifest &manifest, const ResultFiles &files, const std::string &name,
               std::string_view file)
{
    manifest.digests[name] = sha256Hex(std::string_view(files.at(std::string(file))));
}

Result<std::string> fingerprintBytes(const std::vector<std::string> &geneIds,
                                     std::span<const FingerprintSet> sets)
{
    const std::size_t genes = geneIds.size();
    data::TensorList file;
    std::vector<std::vector<std::uint64_t>> kept;
    kept.reserve(2 * sets.size());
    IBIDEM_CHECK(file.addNames("gene_ids", geneIds));
    for (const FingerprintSet &set : sets) {
        IBIDEM_CHECK(file.addNames(set.split + ".sample_ids", set.sampleIds));
        kept.push_back(sampleDigests(set, genes));
        file.add(set.split + ".sample_digests", data::DType::U64, {kept.back().size()}, kept.back());
        file.add(set.split + ".classes", data::DType::I32, {set.classes.size()}, set.classes);
        kept.push_back(geneDigests(set, genes));
        file.add(set.split + ".gene_digests", data::DType::U64, {genes}, kept.back());
    }
    return data::safetensorsBytes(file.tensors(), {});
}

} // namespace ibidem::app
