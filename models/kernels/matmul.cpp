// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/matmul.h"

#include "models/kernels/kernel_table.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace ibidem::kernels {

namespace {

/// How an operand's elements lie: (row, column) -> row * rowStep + column * columnStep.
struct Steps
{
    std::size_t row;
    std::size_t column;
};

Steps stepsOfA(Operands operands, const MatmulShape &shape)
{
    return operands == Operands::TN ? Steps{1, shape.rows} : Steps{shape.depth, 1};
}

Steps stepsOfB(Operands operands, const MatmulShape &shape)
{
    return operands == Operands::NT ? Steps{1, shape.depth} : Steps{shape.columns, 1};
}

float finished(float sum, std::size_t column, const Epilogue &epilogue)
{
    if (epilogue.bias)
        sum += epilogue.bias[column];
    if (epilogue.activation == Activation::Relu)
        sum = sum < 0.0F ? 0.0F : sum;
    return sum;
}

constexpr std::size_t kRowBlock = 256; ///< rows of A that are worked off at a time: they stay in the cache

/// What one thread packs its operands into; kept as long as the thread lives.
struct Panels
{
    std::vector<float> a = std::vector<float>(kRowBlock * kMatmulBlock);
    std::vector<float> b = std::vector<float>(kPackedColumns * kMatmulBlock);
};

Panels &panelsOfThisThread()
{
    thread_local Panels panels;
    return panels;
}

struct Range
{
    std::size_t begin;
    std::size_t end;

    [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// Part `index` of `parts` nearly equal ones.
Range partOf(std::size_t total, std::size_t parts, std::size_t index)
{
    return {total * index / parts, total * (index + 1) / parts};
}

std::size_t ceilDivided(std::size_t a, std::size_t b)
{
    return (a + b - 1) / b;
}

/// `panels` × `width` columns of `rows` rows, `fromPitch` apart, to panels of [rows][width].
template <std::size_t width>
void copyPanels(const float *from, std::size_t fromPitch, std::size_t rows, std::size_t panels, float *to)
{
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t panel = 0; panel < panels; ++panel)
            std::memcpy(to + (panel * rows + row) * width, from + row * fromPitch + panel * width,
                        width * sizeof(float));
}

/// One product. The outputs are cut into a grid of pieces; a thread takes a piece, packs what it needs of A
/// and B one block of depth after the other, and works off the tiles.
class Product
{
public:
    Product(const Workplace &place, Operands operands, const MatmulShape &shape, const float *a,
            const float *b, float *c, const Epilogue &epilogue)
        : m_place(place)
        , m_kernels(kernelsFor(place.isa))
        , m_operands(operands)
        , m_shape(shape)
        , m_a(a)
        , m_b(b)
        , m_c(c)
        , m_epilogue(epilogue)
        , m_panelCount(ceilDivided(shape.columns, m_kernels.tileColumns))
    {}

    void run()
    {
        if (m_shape.rows == 0 || m_shape.columns == 0)
            return;
        constexpr std::size_t smallProduct = 1U << 18U; // handing it out costs more
        const bool worthIt = m_shape.rows * m_shape.columns * m_shape.depth > smallProduct;
        if (m_place.isShared(worthIt))
            cutIntoPieces();
        m_place.each(m_rowPieces * m_panelPieces, worthIt, [this](std::size_t piece) {
            const Range panels = partOf(m_panelCount, m_panelPieces, piece / m_rowPieces);
            computePiece(partOf(m_shape.rows, m_rowPieces, piece % m_rowPieces), panels);
        });
    }

private:
    /// About a piece for each thread, cut so that the one who has most to do has least: to multiply, and to
    /// pack, which is paid for once more with every cut across it.
    void cutIntoPieces()
    {
        const std::size_t threads = m_place.threadCount();
        const std::size_t mostRowPieces =
            std::max(std::size_t{1}, std::min(threads, m_shape.rows / m_kernels.tileRows));
        std::size_t least = static_cast<std::size_t>(-1);
        for (std::size_t rowPieces = 1; rowPieces <= mostRowPieces; ++rowPieces) {
            for (std::size_t panelPieces :
                 {std::max(std::size_t{1}, threads / rowPieces), ceilDivided(threads, rowPieces)}) {
                panelPieces = std::min(panelPieces, m_panelCount);
                const std::size_t cost =
                    ceilDivided(rowPieces * panelPieces, threads) * costOf(rowPieces, panelPieces);
                if (cost < least) {
                    least = cost;
                    m_rowPieces = rowPieces;
                    m_panelPieces = panelPieces;
                }
            }
        }
    }

    /// Of the largest piece, in multiplications for each step of the depth.
    [[nodiscard]] std::size_t costOf(std::size_t rowPieces, std::size_t panelPieces) const
    {
        constexpr std::size_t packing = 8; // of one number, in multiplications
        const std::size_t rows = ceilDivided(m_shape.rows, rowPieces);
        const std::size_t columns = ceilDivided(m_panelCount, panelPieces) * m_kernels.tileColumns;
        const std::size_t timesA = !packsA()           ? 0
                                   : rows <= kRowBlock ? 1
                                                       : ceilDivided(columns, kPackedColumns);
        return rows * columns + packing * (columns + timesA * rows);
    }

    void computePiece(const Range &rows, const Range &panels)
    {
        float *const packed = panelsOfThisThread().b.data();
        const std::size_t together = kPackedColumns / m_kernels.tileColumns;
        const bool isOneBlock = rows.size() <= kRowBlock;
        for (std::size_t k = 0; k < m_shape.depth; k += kMatmulBlock) {
            const Range depth{k, std::min(k + kMatmulBlock, m_shape.depth)};
            Rows a = isOneBlock ? rowsOfA(rows, depth) : Rows();
            for (std::size_t first = panels.begin; first < panels.end; first += together) {
                const Range strip{first, std::min(first + together, panels.end)};
                packB(strip, depth, packed);
                const std::size_t blocks = ceilDivided(rows.size(), kRowBlock);
                for (std::size_t block = 0; block < blocks; ++block) {
                    const Range part = partOf(rows.size(), blocks, block);
                    const Range these{rows.begin + part.begin, rows.begin + part.end};
                    if (!isOneBlock)
                        a = rowsOfA(these, depth);
                    for (std::size_t panel = strip.begin; panel < strip.end; ++panel)
                        computePanel(these, panel, depth, a,
                                     packed + (panel - strip.begin) * depth.size() * m_kernels.tileColumns);
                }
            }
        }
        if (m_shape.depth == 0)
            for (std::size_t panel = panels.begin; panel < panels.end; ++panel)
                clear(rows, panel);
    }

    /// Some rows of A in one block of the depth: element k of row r is at first[r * pitch + k].
    struct Rows
    {
        const float *first = nullptr;
        std::size_t pitch = 0;
    };

    /// Where rows begin a multiple of 2 KiB apart, a tile's would push each other out of the cache.
    [[nodiscard]] bool packsA() const
    {
        constexpr std::size_t badPitch = 512;
        return m_operands == Operands::TN || m_shape.depth % badPitch == 0;
    }

    /// Where they lie, or packed side by side.
    [[nodiscard]] Rows rowsOfA(const Range &rows, const Range &depth) const
    {
        if (!packsA())
            return {m_a + rows.begin * m_shape.depth + depth.begin, m_shape.depth};
        float *const packed = panelsOfThisThread().a.data();
        if (m_operands == Operands::TN)
            m_kernels.transpose(m_a + depth.begin * m_shape.rows + rows.begin, m_shape.rows, depth.size(),
                                rows.size(), packed, depth.size());
        else
            for (std::size_t row = 0; row < rows.size(); ++row)
                std::memcpy(packed + row * depth.size(),
                            m_a + (rows.begin + row) * m_shape.depth + depth.begin,
                            depth.size() * sizeof(float));
        return {packed, depth.size()};
    }

    [[nodiscard]] Range columnsOf(std::size_t panel) const
    {
        const std::size_t width = m_kernels.tileColumns;
        return {panel * width, std::min((panel + 1) * width, m_shape.columns)};
    }

    /// Panels of B, each [depth][tileColumns]; zeros beyond the last column.
    void packB(const Range &panels, const Range &depth, float *to) const
    {
        const std::size_t width = m_kernels.tileColumns;
        const std::size_t whole = std::min(panels.end, m_shape.columns / width);
        if (m_operands == Operands::NT || (width != 16 && width != 32)) {
            for (std::size_t panel = panels.begin; panel < panels.end; ++panel)
                packPanel(panel, depth, to + (panel - panels.begin) * depth.size() * width);
            return;
        }
        const float *from = m_b + depth.begin * m_shape.columns + panels.begin * width;
        if (width == 16)
            copyPanels<16>(from, m_shape.columns, depth.size(), whole - panels.begin, to);
        else
            copyPanels<32>(from, m_shape.columns, depth.size(), whole - panels.begin, to);
        if (whole < panels.end)
            packPanel(whole, depth, to + (whole - panels.begin) * depth.size() * width);
    }

    void packPanel(std::size_t panel, const Range &depth, float *to) const
    {
        const std::size_t width = m_kernels.tileColumns;
        const Range columns = columnsOf(panel);
        if (columns.size() < width)
            std::fill_n(to, depth.size() * width, 0.0F);
        if (m_operands == Operands::NT) {
            m_kernels.transpose(m_b + columns.begin * m_shape.depth + depth.begin, m_shape.depth,
                                columns.size(), depth.size(), to, width);
            return;
        }
        const float *from = m_b + depth.begin * m_shape.columns + columns.begin;
        for (std::size_t k = 0; k < depth.size(); ++k)
            std::copy_n(from + k * m_shape.columns, columns.size(), to + k * width);
    }

    /// Tiles of nearly equal numbers of rows: one of a single row would wait for its own sums.
    void computePanel(const Range &rows, std::size_t panel, const Range &depth, const Rows &a,
                      const float *b) const
    {
        const Range columns = columnsOf(panel);
        const std::size_t tiles = ceilDivided(rows.size(), m_kernels.tileRows);
        const std::size_t shorter = rows.size() / tiles; // and so many tiles have one row more:
        const std::size_t longerTiles = rows.size() % tiles;
        std::size_t row = 0;
        for (std::size_t tile = 0; tile < tiles; ++tile) {
            const std::size_t count = tile < longerTiles ? shorter + 1 : shorter;
            m_kernels.matmulTile(a.first + row * a.pitch, a.pitch, b, depth.size(),
                                 outputs(rows.begin + row, columns), m_shape.columns, count, columns.size(),
                                 depth.begin != 0);
            row += count;
        }
        if (depth.end == m_shape.depth)
            finish(rows, columns);
    }

    [[nodiscard]] float *outputs(std::size_t row, const Range &columns) const
    {
        return m_c + row * m_shape.columns + columns.begin;
    }

    void finish(const Range &rows, const Range &columns) const
    {
        const bool relu = m_epilogue.activation == Activation::Relu;
        if (m_epilogue.bias || relu)
            m_kernels.finish(outputs(rows.begin, columns), m_shape.columns, rows.size(), columns.size(),
                             m_epilogue.bias ? m_epilogue.bias + columns.begin : nullptr, relu);
    }

    void clear(const Range &rows, std::size_t panel) const
    {
        const Range columns = columnsOf(panel);
        for (std::size_t row = rows.begin; row < rows.end; ++row)
            std::fill_n(outputs(row, columns), columns.size(), 0.0F);
        finish(rows, columns);
    }

    const Workplace &m_place;
    const KernelTable &m_kernels;
    Operands m_operands;
    const MatmulShape &m_shape;
    const float *m_a;
    const float *m_b;
    float *m_c;
    const Epilogue &m_epilogue;
    std::size_t m_panelCount;
    std::size_t m_rowPieces = 1;
    std::size_t m_panelPieces = 1;
};

} // namespace

void matmul(Workplace &place, Operands operands, const MatmulShape &shape, const float *a, const float *b,
            float *c, const Epilogue &epilogue)
{
    Product(place, operands, shape, a, b, c, epilogue).run();
}

void matmulReference(Operands operands, const MatmulShape &shape, const float *a, const float *b, float *c,
                     const Epilogue &epilogue)
{
    const Steps aSteps = stepsOfA(operands, shape);
    const Steps bSteps = stepsOfB(operands, shape);
    for (std::size_t i = 0; i < shape.rows; ++i) {
        for (std::size_t j = 0; j < shape.columns; ++j) {
            float total = 0.0F;
            for (std::size_t from = 0; from < shape.depth; from += kMatmulBlock) {
                float block = 0.0F;
                for (std::size_t k = from; k < std::min(from + kMatmulBlock, shape.depth); ++k)
                    block = std::fma(a[i * aSteps.row + k * aSteps.column],
                                     b[k * bSteps.row + j * bSteps.column], block);
                total = from == 0 ? block : total + block;
            }
            c[i * shape.columns + j] = finished(total, j, epilogue);
        }
    }
}

} // namespace ibidem::kernels
