// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// What only a network's report has.
#include "models/base/text.h"
#include "models/report/cell_map_figure.h"
#include "models/report/html.h"
#include "models/report/sections.h"

#include <algorithm>
#include <array>

namespace ibidem::report {

namespace {

using runs::EmbeddingFile;

std::string shapeWords(const std::vector<std::size_t> &shape)
{
    std::vector<std::string> parts;
    for (const std::size_t size : shape)
        parts.push_back(std::to_string(size));
    return join(parts, " × ");
}

/// The genes that the network was made for: of the last stage of the preparation.
std::size_t geneCount(const ReportedRun &run)
{
    if (run.embedding)
        return run.embedding->geneIds.size();
    return run.manifest.preparation.empty() ? 0
                                            : static_cast<std::size_t>(run.manifest.preparation.back().genes);
}

std::string layerTable(const spec::Network &network)
{
    Table all;
    all.caption = "Layers, named as in PyTorch";
    all.headers = {"Layer", "Operation", "Output of one cell", "Weights", "Biases"};
    all.numbers = {2, 3, 4};
    for (std::size_t i = 0; i < network.nodes.size(); ++i) {
        const spec::Node &node = network.nodes[i];
        std::vector<std::string> row{escaped(node.name), std::string(spec::operationName(node.operation)),
                                     shapeWords(node.shape), "–", "–"};
        for (const spec::Parameter &parameter : network.parameters)
            if (parameter.node == i)
                row[parameter.isBias ? 4 : 3] = shapeWords(parameter.shape);
        if (i == network.embedding && i != 0)
            row[1] += ", the embedding";
        all.rows.push_back(std::move(row));
    }
    return table(all);
}

std::string trainingTable(const runs::Manifest &manifest)
{
    const spec::RunSpec &spec = *manifest.spec;
    Table all;
    all.caption = "How it was trained";
    all.headers = {"What", "Value"};
    const spec::NetworkTraining &training = spec.training;
    const auto add = [&](const char *what, const std::string &value) {
        all.rows.push_back({what, escaped(value)});
    };
    add("Loss", "mean squared error of the reconstruction");
    add("Epochs asked for", std::to_string(training.epochs));
    add("Epochs done", std::to_string(manifest.roundsDone));
    add("Cells in a batch", std::to_string(training.batchSize));
    add("Optimiser", training.optimiser);
    add("Learning rate", formatDouble(training.learningRate));
    add("Weight decay", formatDouble(training.weightDecay));
    if (training.optimiser == "sgd")
        add("Momentum", formatDouble(training.momentum));
    add("Order of the cells", training.order == "fixed" ? "shuffled once, the same in every epoch"
                                                        : "shuffled anew in every epoch");
    add("Share of cells only measured", formatDouble(training.validationFraction));
    if (training.patience > 0)
        add("Stops without progress after", std::to_string(training.patience) + " epochs");
    return table(all);
}

std::string swatch(std::int32_t group)
{
    return element("span", "", "class=\"swatch " + groupClass(group) + "\"");
}

std::string percent(std::uint64_t count, std::uint64_t total)
{
    return total == 0
               ? "–"
               : formatFixed(100.0 * static_cast<double>(count) / static_cast<double>(total), 1) + " %";
}

/// counts[cluster][label + 1]; the first column counts cells without label.
std::vector<std::vector<std::uint64_t>> clusterCounts(const EmbeddingFile &file)
{
    std::vector<std::vector<std::uint64_t>> counts;
    for (std::size_t cell = 0; cell < file.clusters.size(); ++cell) {
        const auto cluster = static_cast<std::size_t>(file.clusters[cell]);
        if (counts.size() <= cluster)
            counts.resize(cluster + 1, std::vector<std::uint64_t>(file.labelNames.size() + 1));
        const std::int32_t label = file.labels.empty() ? -1 : file.labels[cell];
        ++counts[cluster][static_cast<std::size_t>(label + 1)];
    }
    return counts;
}

std::string clusterTable(const EmbeddingFile &file)
{
    Table all;
    all.caption = "Clusters, the largest first";
    all.headers = {"Cluster", "Cells", "Share"};
    all.numbers = {1, 2};
    if (!file.labels.empty())
        all.headers.insert(all.headers.end(), {"Most frequent label", "Share of the cluster"});
    const std::vector<std::vector<std::uint64_t>> counts = clusterCounts(file);
    for (std::size_t cluster = 0; cluster < counts.size(); ++cluster) {
        std::uint64_t size = 0;
        for (const std::uint64_t count : counts[cluster])
            size += count;
        std::vector<std::string> row{swatch(static_cast<std::int32_t>(cluster)) + std::to_string(cluster),
                                     std::to_string(size), percent(size, file.clusters.size())};
        if (!file.labels.empty()) {
            const auto most = std::max_element(counts[cluster].begin() + 1, counts[cluster].end());
            const bool isLabelled = most != counts[cluster].end() && *most > 0;
            const auto label = static_cast<std::size_t>(most - counts[cluster].begin() - 1);
            row.push_back(isLabelled ? escaped(file.labelNames[label]) : "–");
            row.push_back(isLabelled ? percent(*most, size) : "–");
        }
        all.rows.push_back(std::move(row));
    }
    return table(all);
}

std::string labelTable(const EmbeddingFile &file)
{
    std::vector<std::uint64_t> counts(file.labelNames.size() + 1);
    for (const std::int32_t label : file.labels)
        ++counts[static_cast<std::size_t>(label + 1)];
    Table all;
    all.caption = "Labels of the cells: " + file.labelColumn;
    all.headers = {"Label", "Cells", "Share"};
    all.numbers = {1, 2};
    for (std::size_t label = 0; label < file.labelNames.size(); ++label)
        all.rows.push_back({swatch(static_cast<std::int32_t>(label)) + escaped(file.labelNames[label]),
                            std::to_string(counts[label + 1]),
                            percent(counts[label + 1], file.labels.size())});
    if (counts[0] > 0)
        all.rows.push_back({swatch(-1) + "without label", std::to_string(counts[0]),
                            percent(counts[0], file.labels.size())});
    return table(all);
}

struct Measure
{
    const char *key;
    const char *words;
};

constexpr std::array kMeasures{
    Measure{"clusters", "Number of clusters"},
    Measure{"modularity", "Modularity"},
    Measure{"ari", "Adjusted Rand index of clusters and labels"},
    Measure{"nmi", "Normalised mutual information of clusters and labels"},
};

std::string measureTable(const runs::Manifest &manifest)
{
    const auto found = manifest.metrics.find("analysis");
    if (found == manifest.metrics.end())
        return {};
    Table all;
    all.caption = "The clusters, measured";
    all.headers = {"Measure", "Value", "Bits"};
    all.numbers = {1};
    for (const Measure &measure : kMeasures)
        if (const auto value = found->second.find(measure.key); value != found->second.end())
            all.rows.push_back(
                {measure.words,
                 formatFixed(value->second, std::string_view(measure.key) == "clusters" ? 0 : 4),
                 code(formatHexDouble(value->second))});
    return table(all);
}

std::string mapFigures(const EmbeddingFile &file)
{
    const std::size_t cells = file.cellIds.size();
    std::vector<std::string> numbers;
    for (std::size_t cluster = 0; cluster < clusterCounts(file).size(); ++cluster)
        numbers.push_back(std::to_string(cluster));
    std::string markup = cellMapFigure(file.map, {numbers, file.clusters},
                                       "UMAP of the embedding of " + std::to_string(cells) +
                                           " cells, coloured by cluster (Leiden).");
    if (!file.labels.empty())
        markup += cellMapFigure(file.map, {file.labelNames, file.labels},
                                "The same map, coloured by label (" + file.labelColumn + ").");
    return markup;
}

std::vector<std::string> epochRow(const runs::EpochRecord &record)
{
    return {std::to_string(record.epoch), code(record.root), code(record.chain)};
}

} // namespace

std::string embeddingSection(const ReportContent &content)
{
    const ReportedRun &run = content.reference();
    if (!run.embedding)
        return {};
    const EmbeddingFile &file = *run.embedding;
    std::string markup = paragraph(std::to_string(file.cellIds.size()) + " cells in " +
                                   std::to_string(file.latent) + " dimensions.");
    if (file.map.empty())
        markup += paragraph("No map and no clusters were asked for.");
    else
        markup +=
            mapFigures(file) + measureTable(run.manifest) + clusterTable(file) +
            paragraph("Map and clusters come after the training and have digests of their own beside the "
                      "chain: their libraries use the C library's functions, so another C library may give "
                      "another map of the same embedding.");
    if (!file.labels.empty())
        markup += labelTable(file);
    return section("embedding", "Embedding of the cells", markup);
}

std::string networkSection(const ReportContent &content)
{
    const ReportedRun &run = content.reference();
    const std::size_t genes = run.isNetwork() ? geneCount(run) : 0;
    if (genes == 0)
        return {};
    const spec::RunSpec &spec = *run.manifest.spec;
    const spec::Network network = spec::networkOf(spec.autoencoder, genes);
    return section("network", "Network and training",
                   paragraph("An autoencoder of " + std::to_string(network.parameterCount()) +
                             " parameters in " + std::to_string(network.parameters.size()) + " tensors.") +
                       layerTable(network) + trainingTable(run.manifest));
}

std::string epochSection(const ReportContent &content)
{
    constexpr std::size_t kShown = 5; // at each end
    const std::vector<runs::EpochRecord> &epochs = content.reference().epochs;
    Table all;
    all.caption = "The weights after each epoch, and the link of the chain: the first and the last epochs";
    if (epochs.size() <= 2 * kShown)
        all.caption = "The weights after each epoch, and the link of the chain";
    all.headers = {"Epoch", "SHA-256 of all weights", "Chain"};
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        if (epochs.size() > 2 * kShown && i == kShown)
            all.rows.push_back({"…", "all others stand in epochs.csv", ""});
        if (epochs.size() <= 2 * kShown || i < kShown || i >= epochs.size() - kShown)
            all.rows.push_back(epochRow(epochs[i]));
    }
    return section("epochs", "Digests of the epochs", table(all));
}

} // namespace ibidem::report
