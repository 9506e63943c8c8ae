// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Files that are not what their manifest says, and where the damage is.
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/compare/parts.h"
#include "models/compare/tensor_difference.h"

#include <algorithm>
#include <array>
#include <set>

namespace ibidem::compare {

namespace {

using data::DType;
using data::TensorView;

/// Of embedding.safetensors: one row a cell.
constexpr std::array<std::string_view, 5> kCellTensors = {"X_ae", "X_umap", "cell_errors", "labels",
                                                          "leiden"};

bool isEqual(const TensorView &a, const TensorView &b)
{
    return a.dtype == b.dtype && a.shape == b.shape &&
           std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
}

/// The sample or gene that an element belongs to, in words; empty if the file does not say.
std::string ownerOf(const RunContent &run, const TensorView &tensor, std::size_t index)
{
    const std::size_t dot = tensor.name.find('.');
    const std::string split = dot == std::string::npos ? std::string() : tensor.name.substr(0, dot);
    const std::size_t columns = tensor.shape.size() == 2 ? static_cast<std::size_t>(tensor.shape[1]) : 1;
    if (tensor.dtype == DType::U8)
        return {};
    if (tensor.name.ends_with(".gene_digests"))
        return run.fingerprints && index < run.fingerprints->geneIds.size()
                   ? "gene " + run.fingerprints->geneIds[index]
                   : std::string();
    const std::vector<std::string> *ids = nullptr;
    const bool isOfCells =
        std::find(kCellTensors.begin(), kCellTensors.end(), tensor.name) != kCellTensors.end();
    if (run.network.embedding && isOfCells)
        ids = &run.network.embedding->cellIds;
    else if (run.predictions && run.predictions->count(split) != 0)
        ids = &run.predictions->at(split).ids;
    else if (run.fingerprints && run.fingerprints->splits.count(split) != 0)
        ids = &run.fingerprints->splits.at(split).ids;
    const std::size_t row = columns == 0 ? 0 : index / columns;
    return ids != nullptr && row < ids->size() ? (run.isNetwork() ? "cell " : "sample ") + (*ids)[row]
                                               : std::string();
}

/// For names (NUL-separated text): the name that holds the byte.
std::string nameAt(const TensorView &tensor, std::size_t index)
{
    const std::string_view text(static_cast<const char *>(static_cast<const void *>(tensor.bytes.data())),
                                tensor.bytes.size());
    const std::size_t before = index == 0 ? std::string_view::npos : text.rfind('\0', index - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    return ibidem::quoted(text.substr(start, std::min(text.find('\0', index), text.size()) - start));
}

/// One difference that names the first element of a tensor that is not the same in both files.
void tellTensor(Findings &findings, const std::string &file, const RunContent &sound, const TensorView &a,
                const TensorView &b)
{
    const std::string base = file + ", tensor " + a.name;
    if (a.dtype != b.dtype || a.shape != b.shape || a.bytes.size() != b.bytes.size()) {
        findings.add({"file",
                      base,
                      std::string(data::dtypeName(a.dtype)),
                      std::string(data::dtypeName(b.dtype)) + " or another shape",
                      {},
                      {},
                      1,
                      false});
        return;
    }
    const std::optional<TensorDifference> found = differenceOfTensors(a, b, {});
    if (!found)
        return;
    const std::string owner = ownerOf(sound, a, found->first);
    const bool isText = a.dtype == DType::U8;
    Difference difference{"file",
                          base + ", element " + std::to_string(found->first) +
                              (owner.empty() ? "" : ", " + owner),
                          isText ? nameAt(a, found->first) : elementText(a, found->first),
                          isText ? nameAt(b, found->first) : elementText(b, found->first),
                          {},
                          {},
                          found->count,
                          false};
    found->spread.fill(difference);
    findings.add(std::move(difference));
}

void tellTensors(Findings &findings, const std::string &file, const RunContent &sound)
{
    const auto a = findings.a.containers.find(file);
    const auto b = findings.b.containers.find(file);
    if (a == findings.a.containers.end() || b == findings.b.containers.end())
        return;
    for (const TensorView &tensor : a->second.tensors()) {
        const TensorView *other = b->second.find(tensor.name);
        if (other == nullptr)
            findings.add({"file", file + ", tensor " + tensor.name, "there", "missing", {}, {}, 1, false});
        else if (!isEqual(tensor, *other))
            tellTensor(findings, file, sound, tensor, *other);
    }
}

/// "; 1 byte differs, the first at offset 812": against the same file of the other run.
std::string bytePlace(const RunContent &damaged, const RunContent &sound, const std::string &file)
{
    const auto a = MappedFile::open(damaged.folder / file);
    const auto b = MappedFile::open(sound.folder / file);
    if (!a || !b)
        return {};
    const std::string_view textA = a->text();
    const std::string_view textB = b->text();
    const std::size_t common = std::min(textA.size(), textB.size());
    std::size_t first = common;
    std::uint64_t different = 0;
    for (std::size_t i = 0; i < common; ++i)
        if (textA[i] != textB[i]) {
            ++different;
            first = std::min(first, i);
        }
    std::string text;
    if (textA.size() != textB.size())
        text =
            "; it has " + std::to_string(textA.size()) + " bytes instead of " + std::to_string(textB.size());
    if (different != 0)
        text += "; " + std::to_string(different) + (different == 1 ? " byte differs" : " bytes differ") +
                ", the first at offset " + std::to_string(first);
    return text;
}

/// Both manifests record the same bytes for the file and one run still has them: it shows what the damage is.
bool canLocate(const RunContent &damaged, const RunContent &other, const std::string &file)
{
    const auto recorded = damaged.manifest.files.find(file);
    const auto recordedThere = other.manifest.files.find(file);
    return recorded != damaged.manifest.files.end() && recordedThere != other.manifest.files.end() &&
           recorded->second == recordedThere->second && !other.isDamaged(file);
}

void tellDamage(Findings &findings, bool isInA)
{
    const RunContent &damaged = isInA ? findings.a : findings.b;
    const RunContent &other = isInA ? findings.b : findings.a;
    for (const auto &[file, damage] : damaged.damages) {
        findings.isDamaged = true;
        const bool locatable = canLocate(damaged, other, file);
        const std::string message =
            damage.message + (locatable ? bytePlace(damaged, other, file) : std::string());
        const std::string sound = other.isDamaged(file) ? "damaged too" : "as its manifest says";
        findings.add({"file",
                      file + " of " + (isInA ? "A" : "B"),
                      isInA ? message : sound,
                      isInA ? sound : message,
                      {},
                      {},
                      1,
                      false});
        if (locatable && file == runs::kTraceFile)
            tellTraceDamage(findings);
        else if (locatable)
            tellTensors(findings, file, other);
    }
}

} // namespace

void compareFiles(Findings &findings)
{
    tellDamage(findings, true);
    tellDamage(findings, false);
}

void compareTensorCounts(Findings &findings)
{
    std::set<std::string> files;
    for (const RunContent *run : {&findings.a, &findings.b})
        for (const auto &[file, container] : run->containers)
            files.insert(file);
    for (const std::string &file : files) {
        const auto a = findings.a.containers.find(file);
        const auto b = findings.b.containers.find(file);
        const std::size_t countA = a == findings.a.containers.end() ? 0 : a->second.tensors().size();
        const std::size_t countB = b == findings.b.containers.end() ? 0 : b->second.tensors().size();
        findings.comparison.tensors += std::max(countA, countB);
        if (countA == 0 || countB == 0)
            continue;
        for (const TensorView &tensor : a->second.tensors()) {
            const TensorView *other = b->second.find(tensor.name);
            findings.comparison.tensorsEqual += other != nullptr && isEqual(tensor, *other) ? 1U : 0U;
        }
    }
}

} // namespace ibidem::compare
