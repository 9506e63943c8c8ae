// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/exact_neighbours.h"

#include "models/kernels/matmul.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ibidem::analyze {

namespace {

constexpr std::size_t kQueryBlock = 256;      ///< cells whose neighbours are sought at a time
constexpr std::size_t kCandidateBlock = 4096; ///< cells they are compared with at a time
constexpr std::size_t kChunk = 16;            ///< candidates tested together
constexpr std::size_t kRowsPerPiece = 16;

/// The embedding moved to its mean and scaled by a power of two to at most 1, in fp32, for the products; and
/// what is needed to bound their error.
///
/// With x, y such rows, |x - y|² / 2 = |x|²/2 + |y|²/2 - x·y. fp32 rounding of the rows, of the product's
/// chain of D terms and of the difference below is at most (D + 16) 2^-24 (|x|² + |y|²), with a margin of
/// two; kAbsolute covers products that underflow. So y can be nearer to x than a distance r only if fl(x·y) -
/// halfNorm(y) >= |x|²/2 - r²/2 - slack |x|² - kAbsolute, where halfNorm has its share of the slack taken off
/// already.
struct Filter
{
    static constexpr double kAbsolute = 0x1p-100;

    std::vector<float> rows;
    std::vector<double> squaredNorms;
    std::vector<float> halfNorms;
    double slack = 0.0;
    double scale = 1.0;

    Filter(std::span<const float> embedding, std::size_t dimensions);

    /// What fl(x·y) - halfNorm(y) must reach for y to be nearer to x than the root of `squared`.
    [[nodiscard]] float threshold(std::size_t x, double squared) const noexcept
    {
        const double bound = squaredNorms[x] * (0.5 - slack) - squared * scale * scale * 0.5 - kAbsolute;
        return std::nextafter(static_cast<float>(bound), -std::numeric_limits<float>::infinity());
    }
};

std::vector<double> columnMeans(std::span<const float> embedding, std::size_t dimensions)
{
    const std::size_t cells = embedding.size() / dimensions;
    std::vector<double> means(dimensions, 0.0);
    for (std::size_t cell = 0; cell < cells; ++cell)
        for (std::size_t d = 0; d < dimensions; ++d)
            means[d] += static_cast<double>(embedding[cell * dimensions + d]);
    for (double &mean : means)
        mean /= static_cast<double>(cells);
    return means;
}

Filter::Filter(std::span<const float> embedding, std::size_t dimensions)
    : slack((static_cast<double>(dimensions) + 16.0) * 0x1p-24)
{
    const std::vector<double> means = columnMeans(embedding, dimensions);
    double largest = 0.0;
    for (std::size_t i = 0; i < embedding.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(embedding[i]) - means[i % dimensions]));
    if (largest > 0.0)
        scale = std::ldexp(1.0, -std::ilogb(largest) - 1);

    const std::size_t cells = embedding.size() / dimensions;
    rows.resize(embedding.size());
    squaredNorms.resize(cells);
    halfNorms.resize(cells);
    for (std::size_t cell = 0; cell < cells; ++cell) {
        double sum = 0.0;
        for (std::size_t d = 0; d < dimensions; ++d) {
            const std::size_t i = cell * dimensions + d;
            rows[i] = static_cast<float>((static_cast<double>(embedding[i]) - means[d]) * scale);
            sum += static_cast<double>(rows[i]) * static_cast<double>(rows[i]);
        }
        squaredNorms[cell] = sum;
        halfNorms[cell] = static_cast<float>(sum * (0.5 - slack));
    }
}

/// The nearest cells of one cell so far, in order; cells are offered by rising index.
class NearestList
{
public:
    NearestList(std::int32_t *others, double *squares, std::size_t capacity)
        : m_others(others)
        , m_squares(squares)
        , m_capacity(capacity)
    {
        std::fill_n(m_squares, m_capacity, std::numeric_limits<double>::infinity());
        std::fill_n(m_others, m_capacity, -1);
    }

    [[nodiscard]] double farthest() const noexcept { return m_squares[m_capacity - 1]; }

    /// Only what is nearer than the farthest: at the same distance the one that came first stays.
    bool offer(std::int32_t other, double squared) noexcept
    {
        if (m_others[m_capacity - 1] >= 0 && !(squared < farthest()))
            return false;
        std::size_t place = std::min(m_filled, m_capacity - 1);
        for (; place > 0 && m_squares[place - 1] > squared; --place) {
            m_squares[place] = m_squares[place - 1];
            m_others[place] = m_others[place - 1];
        }
        m_squares[place] = squared;
        m_others[place] = other;
        m_filled = std::min(m_filled + 1, m_capacity);
        return true;
    }

private:
    std::int32_t *m_others;
    double *m_squares;
    std::size_t m_capacity;
    std::size_t m_filled = 0;
};

/// What the search works on.
struct Search
{
    std::span<const float> embedding;
    std::size_t dimensions;
    const Filter &filter;
    NeighbourLists &lists;
    std::vector<NearestList> nearest; ///< of the query block
};

/// Bit by bit "not below", so that a NaN is looked at rather than lost.
bool anyReaches(const float *products, const float *halfNorms, float threshold) noexcept
{
    int reached = 0;
    for (std::size_t i = 0; i < kChunk; ++i)
        reached |= static_cast<int>(!(products[i] - halfNorms[i] < threshold));
    return reached != 0;
}

/// Offers the candidates [first, first + count) to cell `x`; `products` are theirs with x.
void scanCandidates(const Search &search, std::size_t x, NearestList &nearest, const float *products,
                    std::size_t first, std::size_t count)
{
    const float *row = search.embedding.data() + x * search.dimensions;
    const float *halfNorms = search.filter.halfNorms.data() + first;
    float threshold = search.filter.threshold(x, nearest.farthest());
    const auto look = [&](std::size_t i) {
        const std::size_t other = first + i;
        if (other == x || products[i] - halfNorms[i] < threshold)
            return;
        const double squared =
            squaredDistance(row, search.embedding.data() + other * search.dimensions, search.dimensions);
        if (nearest.offer(static_cast<std::int32_t>(other), squared))
            threshold = search.filter.threshold(x, nearest.farthest());
    };
    std::size_t i = 0;
    for (; i + kChunk <= count; i += kChunk) {
        if (nearest.farthest() == 0.0)
            return; // nothing is nearer, and equals come too late
        if (!anyReaches(products + i, halfNorms + i, threshold))
            continue;
        for (std::size_t j = i; j < i + kChunk; ++j)
            look(j);
    }
    for (; i < count; ++i)
        look(i);
}

/// The lists of the cells [first, first + count), squares in place of distances.
void searchBlock(Search &search, kernels::Workplace &place, std::vector<float> &products, std::size_t first,
                 std::size_t count)
{
    NeighbourLists &lists = search.lists;
    search.nearest.clear();
    for (std::size_t x = first; x < first + count; ++x)
        search.nearest.emplace_back(lists.others.data() + x * lists.perCell,
                                    lists.distances.data() + x * lists.perCell, lists.perCell);
    for (std::size_t begin = 0; begin < lists.cells; begin += kCandidateBlock) {
        const std::size_t candidates = std::min(kCandidateBlock, lists.cells - begin);
        kernels::matmul(place, kernels::Operands::NT, {count, candidates, search.dimensions},
                        search.filter.rows.data() + first * search.dimensions,
                        search.filter.rows.data() + begin * search.dimensions, products.data());
        place.eachRange(count, kRowsPerPiece, [&](std::size_t row, std::size_t rows) {
            for (std::size_t i = row; i < row + rows; ++i)
                scanCandidates(search, first + i, search.nearest[i], products.data() + i * candidates, begin,
                               candidates);
        });
    }
}

} // namespace

double squaredDistance(const float *a, const float *b, std::size_t dimensions) noexcept
{
    double sums[4] = {0.0, 0.0, 0.0, 0.0};
    std::size_t d = 0;
    for (; d + 4 <= dimensions; d += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            const double difference = static_cast<double>(a[d + lane]) - static_cast<double>(b[d + lane]);
            sums[lane] += difference * difference;
        }
    }
    for (std::size_t lane = 0; d + lane < dimensions; ++lane) {
        const double difference = static_cast<double>(a[d + lane]) - static_cast<double>(b[d + lane]);
        sums[lane] += difference * difference;
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

Result<NeighbourLists> exactNeighbours(std::span<const float> embedding, std::size_t dimensions,
                                       std::size_t k, unsigned threads, const RunToken &token)
{
    const std::size_t cells = dimensions == 0 ? 0 : embedding.size() / dimensions;
    if (k == 0 || k >= cells || cells > std::numeric_limits<std::int32_t>::max())
        return fail(ErrorCode::Internal, "neighbours: impossible number of cells or neighbours");
    NeighbourLists lists{cells, k, std::vector<std::int32_t>(cells * k), std::vector<double>(cells * k)};
    const Filter filter(embedding, dimensions);
    kernels::ThreadPool pool(std::max(threads, 1u));
    kernels::Workplace place(kernels::availableIsas().back(), &pool);
    std::vector<float> products(kQueryBlock * std::min(kCandidateBlock, cells));
    Search search{embedding, dimensions, filter, lists, {}};
    for (std::size_t first = 0; first < cells; first += kQueryBlock) {
        if (token.stopRequested())
            return fail(ErrorCode::Stopped, "stopped while neighbours were sought");
        token.progress("neighbours", static_cast<double>(first) / static_cast<double>(cells));
        searchBlock(search, place, products, first, std::min(kQueryBlock, cells - first));
    }
    for (double &value : lists.distances)
        value = std::sqrt(value);
    token.progress("neighbours", 1.0);
    return lists;
}

} // namespace ibidem::analyze
