// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/leiden.h"

#include <algorithm>
#include <igraph.h>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>

namespace ibidem::analyze {

namespace {

constexpr igraph_integer_t kPasses = 2;
constexpr double kRandomness = 0.01; // of the refinement; igraph's and scanpy's default

/// While it lives, igraph returns codes instead of ending the process, and prints nothing.
class QuietIgraph
{
public:
    QuietIgraph()
        : m_errorHandler(igraph_set_error_handler(igraph_error_handler_ignore))
        , m_warningHandler(igraph_set_warning_handler(igraph_warning_handler_ignore))
    {}

    ~QuietIgraph()
    {
        igraph_set_error_handler(m_errorHandler);
        igraph_set_warning_handler(m_warningHandler);
    }

    QuietIgraph(const QuietIgraph &) = delete;
    QuietIgraph &operator=(const QuietIgraph &) = delete;

private:
    igraph_error_handler_t *m_errorHandler;
    igraph_warning_handler_t *m_warningHandler;
};

class Graph
{
public:
    Graph() = default;

    ~Graph()
    {
        if (m_made)
            igraph_destroy(&m_graph);
    }

    Graph(const Graph &) = delete;
    Graph &operator=(const Graph &) = delete;

    igraph_error_t make(const std::vector<igraph_integer_t> &ends, std::size_t nodes)
    {
        igraph_vector_int_t view;
        const igraph_vector_int_t *edges =
            igraph_vector_int_view(&view, ends.data(), static_cast<igraph_integer_t>(ends.size()));
        const igraph_error_t error =
            igraph_create(&m_graph, edges, static_cast<igraph_integer_t>(nodes), IGRAPH_UNDIRECTED);
        m_made = error == IGRAPH_SUCCESS;
        return error;
    }

    [[nodiscard]] const igraph_t *get() const noexcept { return &m_graph; }

private:
    igraph_t m_graph{};
    bool m_made = false;
};

class IntegerVector
{
public:
    IntegerVector() = default;

    ~IntegerVector()
    {
        if (m_made)
            igraph_vector_int_destroy(&m_vector);
    }

    IntegerVector(const IntegerVector &) = delete;
    IntegerVector &operator=(const IntegerVector &) = delete;

    igraph_error_t make()
    {
        const igraph_error_t error = igraph_vector_int_init(&m_vector, 0);
        m_made = error == IGRAPH_SUCCESS;
        return error;
    }

    [[nodiscard]] igraph_vector_int_t *get() noexcept { return &m_vector; }

    [[nodiscard]] std::size_t size() const
    {
        return static_cast<std::size_t>(igraph_vector_int_size(&m_vector));
    }

    [[nodiscard]] igraph_integer_t at(std::size_t i) const
    {
        return igraph_vector_int_get(&m_vector, static_cast<igraph_integer_t>(i));
    }

private:
    igraph_vector_int_t m_vector{};
    bool m_made = false;
};

Status checked(igraph_error_t error, const char *what)
{
    if (error == IGRAPH_SUCCESS)
        return {};
    return fail(ErrorCode::Internal,
                std::string("clusters: igraph could not ") + what + ": " + igraph_strerror(error), {},
                error == IGRAPH_ENOMEM ? "Use a machine with more memory, or fewer cells" : "");
}

std::vector<double> strengths(const FuzzyGraph &graph)
{
    std::vector<double> result(graph.cells(), 0.0);
    for (std::size_t cell = 0; cell < graph.cells(); ++cell)
        for (std::size_t i = graph.starts[cell]; i < graph.starts[cell + 1]; ++i)
            result[cell] += static_cast<double>(graph.weights[i]);
    return result;
}

/// Each edge once, as igraph wants them.
struct EdgeList
{
    std::vector<igraph_integer_t> ends;
    std::vector<igraph_real_t> weights;
};

EdgeList edgesOf(const FuzzyGraph &graph)
{
    EdgeList edges;
    edges.ends.reserve(graph.others.size());
    edges.weights.reserve(graph.others.size() / 2);
    for (std::size_t cell = 0; cell < graph.cells(); ++cell) {
        for (std::size_t i = graph.starts[cell]; i < graph.starts[cell + 1]; ++i) {
            if (static_cast<std::size_t>(graph.others[i]) < cell)
                continue;
            edges.ends.push_back(static_cast<igraph_integer_t>(cell));
            edges.ends.push_back(graph.others[i]);
            edges.weights.push_back(static_cast<double>(graph.weights[i]));
        }
    }
    return edges;
}

Status runLeiden(const FuzzyGraph &graph, double resolution, std::uint32_t seed, IntegerVector &membership)
{
    // The generator and the handlers are the process's.
    static std::mutex oneAtATime;
    const std::scoped_lock lock(oneAtATime);
    const QuietIgraph quiet;
    const EdgeList edges = edgesOf(graph);
    const std::vector<double> nodeWeights = strengths(graph);
    const double total = std::accumulate(nodeWeights.begin(), nodeWeights.end(), 0.0);
    Graph network;
    IBIDEM_CHECK(checked(network.make(edges.ends, graph.cells()), "make the graph"));
    IBIDEM_CHECK(checked(membership.make(), "make room for the clusters"));
    igraph_vector_t edgeView;
    igraph_vector_t nodeView;
    const auto length = [](const auto &values) { return static_cast<igraph_integer_t>(values.size()); };
    IBIDEM_CHECK(checked(igraph_rng_seed(igraph_rng_default(), seed), "seed its generator"));
    igraph_integer_t count = 0;
    return checked(igraph_community_leiden(
                       network.get(),
                       igraph_vector_view(&edgeView, edges.weights.data(), length(edges.weights)),
                       igraph_vector_view(&nodeView, nodeWeights.data(), length(nodeWeights)),
                       resolution / total, kRandomness, false, kPasses, membership.get(), &count, nullptr),
                   "find clusters");
}

/// Numbers by falling size, ties by first cell.
Clusters numbered(const IntegerVector &membership)
{
    struct Cluster
    {
        std::size_t size = 0;
        std::size_t firstCell = 0;
    };

    std::vector<Cluster> found;
    for (std::size_t cell = 0; cell < membership.size(); ++cell) {
        const auto cluster = static_cast<std::size_t>(membership.at(cell));
        if (found.size() <= cluster)
            found.resize(cluster + 1);
        if (found[cluster].size++ == 0)
            found[cluster].firstCell = cell;
    }
    std::vector<std::size_t> order(found.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        if (found[left].size != found[right].size)
            return found[left].size > found[right].size;
        return found[left].firstCell < found[right].firstCell;
    });
    std::vector<std::int32_t> rank(found.size());
    Clusters clusters;
    for (std::size_t i = 0; i < order.size() && found[order[i]].size > 0; ++i) {
        rank[order[i]] = static_cast<std::int32_t>(i);
        clusters.sizes.push_back(found[order[i]].size);
    }
    for (std::size_t cell = 0; cell < membership.size(); ++cell)
        clusters.ofCell.push_back(rank[static_cast<std::size_t>(membership.at(cell))]);
    return clusters;
}

} // namespace

Result<Clusters> leidenClusters(const FuzzyGraph &graph, double resolution, std::uint32_t seed)
{
    IntegerVector membership;
    IBIDEM_CHECK(runLeiden(graph, resolution, seed, membership));
    if (membership.size() != graph.cells())
        return fail(ErrorCode::Internal, "clusters: igraph gave another number of cells");
    Clusters clusters = numbered(membership);
    clusters.modularity = modularityOf(graph, clusters.ofCell, resolution);
    return clusters;
}

double modularityOf(const FuzzyGraph &graph, const std::vector<std::int32_t> &clusters, double resolution)
{
    const std::vector<double> nodeWeights = strengths(graph);
    const auto largest = clusters.empty() ? 0 : *std::max_element(clusters.begin(), clusters.end());
    std::vector<double> inside(static_cast<std::size_t>(largest) + 1, 0.0); // each edge twice
    std::vector<double> strength(inside.size(), 0.0);
    double total = 0.0; // 2m
    for (std::size_t cell = 0; cell < graph.cells(); ++cell) {
        const auto cluster = static_cast<std::size_t>(clusters[cell]);
        strength[cluster] += nodeWeights[cell];
        total += nodeWeights[cell];
        for (std::size_t i = graph.starts[cell]; i < graph.starts[cell + 1]; ++i)
            if (clusters[static_cast<std::size_t>(graph.others[i])] == clusters[cell])
                inside[cluster] += static_cast<double>(graph.weights[i]);
    }
    double sum = 0.0;
    for (std::size_t cluster = 0; cluster < inside.size(); ++cluster) {
        const double share = strength[cluster] / total;
        sum += inside[cluster] / total - resolution * share * share;
    }
    return sum;
}

} // namespace ibidem::analyze
