// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/map_layout.h"

#include "models/analyze/philox_lanes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

namespace ibidem::analyze {

namespace {

/// Four numbers; the compiler turns operators into whatever vectors the processor has, one IEEE operation
/// each.
using Floats = float __attribute__((vector_size(16)));
using Integers = std::int32_t __attribute__((vector_size(16)));

constexpr std::size_t kStreams = 4;   ///< steps taken together, of cells from different parts of the list
constexpr std::size_t kNegatives = 5; ///< random cells of a step: umap-learn's negative_sample_rate
constexpr std::uint32_t kLayoutPurpose = 0x4c4159; // "LAY", in the place of a RandomPurpose
constexpr float kSteepest = 4.0F;
constexpr float kRepulsionSoftening = 0.001F;
constexpr float kSmallestSquare = std::numeric_limits<float>::epsilon();

constexpr Floats all(float value)
{
    return Floats{value, value, value, value};
}

constexpr Integers allIntegers(std::int32_t value)
{
    return Integers{value, value, value, value};
}

/// x^exponent to about 1e-5, for positive x whose power is a normal number: 2^(exponent log2 x), with
/// polynomials found for this file by a reweighted least-squares fit.
[[gnu::always_inline]] inline Floats power(Floats x, float exponent)
{
    const Integers rootOfHalf = allIntegers(0x3f3504f3);
    const Integers offset = std::bit_cast<Integers>(x) - rootOfHalf;
    const Floats whole = __builtin_convertvector(offset >> 23, Floats);
    const Floats f = std::bit_cast<Floats>((offset & 0x007fffff) + rootOfHalf) - 1.0F;
    const Floats f2 = f * f;
    const Floats low =
        (all(0x1.7154c4p+0F) + f * -0x1.71582ep-1F) + f2 * (all(0x1.ebff06p-2F) + f * -0x1.6f93b2p-2F);
    const Floats high = (all(0x1.30659cp-2F) + f * -0x1.173e1ep-2F) + f2 * 0x1.5d7596p-3F;
    const Floats logarithm = whole + f * (low + (f2 * f2) * high);

    const Floats roundingMagic = all(0x1.8p23F); // the sum has the whole number in its low bits
    const Floats t = logarithm * exponent;
    const Floats shifted = t + roundingMagic;
    const Floats r = t - (shifted - roundingMagic);
    const Floats r2 = r * r;
    const Floats fraction = (all(1.0F) + r * 0x1.62e0c2p-1F) +
                            r2 * ((all(0x1.ebf7c2p-3F) + r * 0x1.ca1cfcp-5F) + r2 * 0x1.3d61a2p-7F);
    const Integers steps = std::bit_cast<Integers>(shifted) - std::bit_cast<Integers>(roundingMagic);
    return std::bit_cast<Floats>(std::bit_cast<Integers>(fraction) + (steps << 23));
}

[[gnu::always_inline]] inline Floats atMost(Floats x, Floats limit)
{
    return x < limit ? x : limit;
}

[[gnu::always_inline]] inline Floats atLeast(Floats x, Floats limit)
{
    return x > limit ? x : limit;
}

struct Point
{
    float x = 0.0F;
    float y = 0.0F;
};

/// Four points, one of each stream.
struct Points
{
    Floats x;
    Floats y;
};

/// How pairs of points pull or push: slope = (ofPower q + constant) / ((d² + softening) (1 + a q)), q = d^2b;
/// the gradient is slope times difference, clipped.
struct ForceLaw
{
    float a = 1.0F;
    float b = 1.0F;
    float ofPower = 0.0F;
    float constant = 0.0F;
    float softening = 0.0F;

    [[gnu::always_inline]] inline Points on(const Points &here, const Points &there) const
    {
        const Floats dx = here.x - there.x;
        const Floats dy = here.y - there.y;
        const Floats squared = atLeast(dx * dx + dy * dy, all(kSmallestSquare));
        const Floats q = power(squared, b);
        const Floats slope = (q * ofPower + constant) / ((squared + softening) * (q * a + 1.0F));
        return {atLeast(atMost(slope * dx, all(kSteepest)), all(-kSteepest)),
                atLeast(atMost(slope * dy, all(kSteepest)), all(-kSteepest))};
    }
};

/// One step: an edge from the cell that is moved to the cell that is moved the other way.
struct Step
{
    std::uint32_t cell = 0;
    std::uint32_t other = 0;
};

/// The random cells of one epoch: four steps of every stream at a time, as indices by stream.
class RandomCells
{
public:
    RandomCells(std::uint64_t seed, std::uint32_t epoch, std::uint32_t cells) noexcept
        : m_key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}
        , m_epoch(epoch)
        , m_cells(cells)
    {}

    /// By the high half of a product: uneven by less than cells / 2^32, which no layout can tell.
    void refill() noexcept
    {
        for (std::size_t i = 0; i < m_drawn.size(); i += 4) {
            const std::array<WordLanes, 4> words = philoxLanes(
                {everywhere(m_block), everywhere(kLayoutPurpose), everywhere(m_epoch), WordLanes{0, 1, 2, 3}},
                m_key);
            ++m_block;
            for (std::size_t word = 0; word < words.size(); ++word)
                m_drawn[i + word] = wideProduct(words[word], m_cells).high;
        }
    }

    /// Of the streams, for negative `i` of 4 * kNegatives.
    [[nodiscard]] const WordLanes &at(std::size_t i) const noexcept { return m_drawn[i]; }

private:
    static WordLanes everywhere(std::uint32_t word) noexcept { return WordLanes{word, word, word, word}; }

    std::array<std::uint32_t, 2> m_key;
    std::uint32_t m_epoch;
    std::uint32_t m_cells;
    std::uint32_t m_block = 0;
    std::array<WordLanes, 4 * kNegatives> m_drawn{};
};

class Layout
{
public:
    Layout(const FuzzyGraph &graph, const std::vector<float> &start, const LayoutCurve &curve, int epochs,
           std::uint64_t seed);
    void runEpoch(int epoch);
    [[nodiscard]] std::vector<float> positions() const;

private:
    using Steps = std::array<Step, kStreams>;

    [[nodiscard]] std::size_t collectSteps(std::size_t stream, float now);
    void takeSteps(const Steps &steps, std::size_t active, float rate, const RandomCells &random,
                   std::size_t firstDraw);

    std::vector<Point> m_points;
    std::vector<Step> m_edges;                            ///< by cell
    std::vector<float> m_periods;                         ///< epochs from one step of the edge to the next
    std::vector<float> m_next;                            ///< epoch of the edge's next step
    std::array<std::size_t, kStreams + 1> m_firstEdges{}; ///< of the streams
    std::array<std::vector<Step>, kStreams> m_steps;      ///< of the epoch
    ForceLaw m_attraction;
    ForceLaw m_repulsion;
    int m_epochs;
    std::uint64_t m_seed;
};

Layout::Layout(const FuzzyGraph &graph, const std::vector<float> &start, const LayoutCurve &curve, int epochs,
               std::uint64_t seed)
    : m_points(graph.cells())
    , m_edges(graph.others.size())
    , m_periods(graph.weights.size())
    , m_epochs(epochs)
    , m_seed(seed)
{
    const float largest = *std::max_element(graph.weights.begin(), graph.weights.end());
    for (std::size_t cell = 0; cell < m_points.size(); ++cell) {
        m_points[cell] = {start[2 * cell], start[2 * cell + 1]};
        for (std::size_t i = graph.starts[cell]; i < graph.starts[cell + 1]; ++i) {
            m_edges[i] = {static_cast<std::uint32_t>(cell), static_cast<std::uint32_t>(graph.others[i])};
            m_periods[i] = largest / graph.weights[i];
        }
    }
    m_next = m_periods;
    // A cell belongs to one stream; the streams have about as many edges.
    for (std::size_t stream = 1; stream <= kStreams; ++stream) {
        const std::size_t wanted = m_edges.size() * stream / kStreams;
        m_firstEdges[stream] = *std::lower_bound(graph.starts.begin(), graph.starts.end(), wanted);
    }
    for (std::size_t stream = 0; stream < kStreams; ++stream)
        m_steps[stream].resize(m_firstEdges[stream + 1] - m_firstEdges[stream] + 1);

    const auto a = static_cast<float>(curve.a);
    const auto b = static_cast<float>(curve.b);
    m_attraction = {a, b, -2.0F * a * b, 0.0F, 0.0F};
    m_repulsion = {a, b, 0.0F, 2.0F * b, kRepulsionSoftening};
}

/// The stream's edges whose turn it is; their number. Without branches: no processor could foresee them.
std::size_t Layout::collectSteps(std::size_t stream, float now)
{
    Step *steps = m_steps[stream].data();
    std::size_t count = 0;
    for (std::size_t i = m_firstEdges[stream]; i < m_firstEdges[stream + 1]; ++i) {
        steps[count] = m_edges[i];
        const auto due = static_cast<std::uint32_t>(m_next[i] <= now);
        m_next[i] += std::bit_cast<float>(std::bit_cast<std::uint32_t>(m_periods[i]) & (0U - due));
        count += due;
    }
    return count;
}

/// One step of each stream, all forces at the places where the points are now. An idle stream (not among the
/// `active` bits) and a cell drawn for itself have a difference of 0 and no force.
void Layout::takeSteps(const Steps &steps, std::size_t active, float rate, const RandomCells &random,
                       std::size_t firstDraw)
{
    const auto pointsAt = [&](const auto &cellOf) {
        const Point p0 = m_points[cellOf(0)];
        const Point p1 = m_points[cellOf(1)];
        const Point p2 = m_points[cellOf(2)];
        const Point p3 = m_points[cellOf(3)];
        return Points{Floats{p0.x, p1.x, p2.x, p3.x}, Floats{p0.y, p1.y, p2.y, p3.y}};
    };
    const Points here = pointsAt([&](std::size_t stream) { return steps[stream].cell; });
    const Points pull =
        m_attraction.on(here, pointsAt([&](std::size_t stream) { return steps[stream].other; }));
    Points sum = pull;
    for (std::size_t i = firstDraw; i < firstDraw + kNegatives; ++i) {
        const Points push =
            m_repulsion.on(here, pointsAt([&](std::size_t stream) { return random.at(i)[stream]; }));
        sum.x += push.x;
        sum.y += push.y;
    }
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
        if ((active >> stream & 1U) == 0)
            continue;
        Point &cell = m_points[steps[stream].cell];
        cell.x += rate * sum.x[stream];
        cell.y += rate * sum.y[stream];
        Point &other = m_points[steps[stream].other];
        other.x -= rate * pull.x[stream];
        other.y -= rate * pull.y[stream];
    }
}

void Layout::runEpoch(int epoch)
{
    const auto now = static_cast<float>(epoch);
    const float rate = 1.0F - now / static_cast<float>(m_epochs);
    std::array<std::size_t, kStreams> counts{};
    for (std::size_t stream = 0; stream < kStreams; ++stream)
        counts[stream] = collectSteps(stream, now);
    RandomCells random(m_seed, static_cast<std::uint32_t>(epoch),
                       static_cast<std::uint32_t>(m_points.size()));
    const std::size_t most = *std::max_element(counts.begin(), counts.end());
    for (std::size_t i = 0; i < most; ++i) {
        Steps steps{};
        std::size_t active = 0;
        if (i % 4 == 0)
            random.refill();
        for (std::size_t stream = 0; stream < kStreams; ++stream) {
            if (i < counts[stream]) {
                steps[stream] = m_steps[stream][i];
                active |= std::size_t{1} << stream;
            }
        }
        takeSteps(steps, active, rate, random, i % 4 * kNegatives);
    }
}

std::vector<float> Layout::positions() const
{
    std::vector<float> result;
    result.reserve(2 * m_points.size());
    for (const Point &point : m_points) {
        result.push_back(point.x);
        result.push_back(point.y);
    }
    return result;
}

} // namespace

Result<std::vector<float>> layOutMap(const FuzzyGraph &graph, std::vector<float> positions,
                                     const LayoutCurve &curve, int epochs, std::uint64_t seed,
                                     const RunToken &token)
{
    Layout layout(graph, positions, curve, epochs, seed);
    for (int epoch = 0; epoch < epochs; ++epoch) {
        if (token.stopRequested())
            return fail(ErrorCode::Stopped, "stopped while the map was laid out");
        token.progress("umap", static_cast<double>(epoch) / static_cast<double>(epochs));
        layout.runEpoch(epoch);
    }
    token.progress("umap", 1.0);
    return layout.positions();
}

} // namespace ibidem::analyze
