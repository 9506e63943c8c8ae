// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/network_files.h"

#include "models/data/safetensors.h"
#include "models/data/tensor_list.h"
#include "models/runs/table_lines.h"

#include <algorithm>
#include <span>

namespace ibidem::runs {

namespace {

using data::DType;
using data::Safetensors;

constexpr std::string_view kEpochsHeader = "epoch,root,chain";
constexpr std::string_view kTensorsHeader = "epoch,tensor,digest";
constexpr std::string_view kLabelColumnKey = "label_column";

Result<EpochRecord> epochRecord(std::size_t line, const Fields &fields, const std::string &path)
{
    EpochRecord record;
    IBIDEM_TRY(record.epoch, ordinal(fields[0], "epoch", line, path));
    IBIDEM_TRY(record.root, digestField(fields[1], line, path));
    IBIDEM_TRY(record.chain, digestField(fields[2], line, path));
    return record;
}

Result<TensorRecord> tensorRecord(std::size_t line, const Fields &fields, const std::string &path)
{
    TensorRecord record;
    IBIDEM_TRY(record.epoch, ordinal(fields[0], "epoch", line, path));
    if (fields[1].empty())
        return badLine(line, "the tensor has no name", path);
    record.tensor = fields[1];
    IBIDEM_TRY(record.digest, digestField(fields[2], line, path));
    return record;
}

tl::unexpected<Error> misfit(std::string_view tensor, const std::string &why)
{
    return fail(ErrorCode::BadData, "the tensor " + std::string(tensor) + " " + why);
}

/// The tensor's numbers if it has this shape.
template <class T>
Result<std::vector<T>> shaped(const Safetensors &file, std::string_view name,
                              const std::vector<std::uint64_t> &shape)
{
    const data::TensorView *const tensor = file.find(name);
    if (tensor == nullptr)
        return misfit(name, "is missing");
    if (tensor->shape != shape)
        return misfit(name, "does not have the shape that its cells, genes and columns give");
    IBIDEM_TRY(const std::span<const T> values, file.values<T>(name));
    return std::vector<T>(values.begin(), values.end());
}

Result<std::size_t> latentOf(const Safetensors &file, std::size_t cells)
{
    const data::TensorView *const tensor = file.find("X_ae");
    if (tensor == nullptr)
        return misfit("X_ae", "is missing");
    if (tensor->shape.size() != 2 || tensor->shape[0] != cells)
        return misfit("X_ae", "has not one row for each of " + std::to_string(cells) + " cells");
    return static_cast<std::size_t>(tensor->shape[1]);
}

Status readMap(const Safetensors &file, EmbeddingFile &content)
{
    if (file.find("X_umap") == nullptr && file.find("leiden") == nullptr)
        return {};
    const std::uint64_t cells = content.cellIds.size();
    IBIDEM_TRY(content.map, shaped<float>(file, "X_umap", {cells, 2}));
    IBIDEM_TRY(content.clusters, shaped<std::int32_t>(file, "leiden", {cells}));
    if (std::any_of(content.clusters.begin(), content.clusters.end(),
                    [](std::int32_t cluster) { return cluster < 0; }))
        return misfit("leiden", "has a negative number of a cluster");
    return {};
}

Status readLabels(const Safetensors &file, EmbeddingFile &content)
{
    const auto column = file.metadata().find(std::string(kLabelColumnKey));
    if (column == file.metadata().end()) {
        if (file.find("labels") != nullptr || file.find("label_names") != nullptr)
            return misfit("labels", "has no name of its column in the metadata");
        return {};
    }
    content.labelColumn = column->second;
    IBIDEM_TRY(content.labelNames, file.names("label_names"));
    IBIDEM_TRY(content.labels, shaped<std::int32_t>(file, "labels", {content.cellIds.size()}));
    const auto count = static_cast<std::int64_t>(content.labelNames.size());
    for (const std::int32_t label : content.labels)
        if (label < -1 || label >= count)
            return misfit("labels",
                          "has the number " + std::to_string(label) + ", which is none of its names");
    return {};
}

Result<EmbeddingFile> contentOf(const Safetensors &file)
{
    EmbeddingFile content;
    IBIDEM_TRY(content.cellIds, file.names("cell_ids"));
    IBIDEM_TRY(content.geneIds, file.names("gene_ids"));
    const std::uint64_t cells = content.cellIds.size();
    IBIDEM_TRY(content.latent, latentOf(file, content.cellIds.size()));
    IBIDEM_TRY(content.embedding, shaped<float>(file, "X_ae", {cells, content.latent}));
    IBIDEM_TRY(content.cellErrors, shaped<float>(file, "cell_errors", {cells}));
    IBIDEM_TRY(content.geneErrors, shaped<float>(file, "gene_errors", {content.geneIds.size()}));
    IBIDEM_CHECK(readMap(file, content));
    IBIDEM_CHECK(readLabels(file, content));
    return content;
}

/// The tensor whose length is not that of its cells or genes, or nothing.
std::string_view misfitOf(const EmbeddingFile &content)
{
    const std::size_t cells = content.cellIds.size();
    if (content.embedding.size() != cells * content.latent)
        return "X_ae";
    if (content.cellErrors.size() != cells)
        return "cell_errors";
    if (content.geneErrors.size() != content.geneIds.size())
        return "gene_errors";
    const bool hasMap = !content.map.empty() || !content.clusters.empty();
    if (hasMap && content.map.size() != cells * 2)
        return "X_umap";
    if (hasMap && content.clusters.size() != cells)
        return "leiden";
    const bool hasLabels = !content.labelColumn.empty();
    if (hasLabels ? content.labels.size() != cells : !content.labels.empty() || !content.labelNames.empty())
        return "labels";
    return {};
}

} // namespace

std::string epochsCsv(const std::vector<EpochRecord> &records)
{
    std::string text = std::string(kEpochsHeader) + "\n";
    for (const EpochRecord &record : records)
        text += std::to_string(record.epoch) + "," + record.root + "," + record.chain + "\n";
    return text;
}

Result<std::vector<EpochRecord>> parseEpochsCsv(std::string_view text, const std::string &path)
{
    return parseRecords(text, kEpochsHeader, 3, path, &epochRecord);
}

std::string tensorsCsv(const std::vector<TensorRecord> &records)
{
    std::string text = std::string(kTensorsHeader) + "\n";
    for (const TensorRecord &record : records)
        text += std::to_string(record.epoch) + "," + record.tensor + "," + record.digest + "\n";
    return text;
}

Result<std::vector<TensorRecord>> parseTensorsCsv(std::string_view text, const std::string &path)
{
    return parseRecords(text, kTensorsHeader, 3, path, &tensorRecord);
}

Result<std::string> embeddingBytes(const EmbeddingFile &content)
{
    const std::string_view wrong = misfitOf(content);
    if (!wrong.empty())
        return fail(ErrorCode::Internal,
                    "the tensor " + std::string(wrong) + " of an embedding has another length than it must");
    const std::uint64_t cells = content.cellIds.size();
    data::TensorList list;
    std::map<std::string, std::string> metadata;
    IBIDEM_CHECK(list.addNames("cell_ids", content.cellIds));
    IBIDEM_CHECK(list.addNames("gene_ids", content.geneIds));
    list.add("X_ae", DType::F32, {cells, content.latent}, content.embedding);
    list.add("cell_errors", DType::F32, {cells}, content.cellErrors);
    list.add("gene_errors", DType::F32, {content.geneIds.size()}, content.geneErrors);
    if (!content.map.empty()) {
        list.add("X_umap", DType::F32, {cells, 2}, content.map);
        list.add("leiden", DType::I32, {cells}, content.clusters);
    }
    if (!content.labelColumn.empty()) {
        list.add("labels", DType::I32, {cells}, content.labels);
        IBIDEM_CHECK(list.addNames("label_names", content.labelNames));
        metadata.emplace(kLabelColumnKey, content.labelColumn);
    }
    return data::safetensorsBytes(list.tensors(), metadata);
}

Result<EmbeddingFile> readEmbeddingFile(const std::filesystem::path &file)
{
    IBIDEM_TRY(const Safetensors container, Safetensors::open(file));
    Result<EmbeddingFile> content = contentOf(container);
    if (!content && content.error().path.empty())
        content.error().path = file.string();
    return content;
}

} // namespace ibidem::runs
