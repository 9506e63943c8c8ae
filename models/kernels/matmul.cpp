// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/matmul.h"

#include "models/kernels/kernel_table.h"

#include <algorithm>
#include <cmath>
#include <cstring>

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
        sum = sum > 0.0F ? sum : 0.0F;
    return sum;
}

/// One product: operands packed into panels, tiles worked off by the threads.
class Product
{
public:
    Product(Workplace &place, Operands operands, const MatmulShape &shape, const float *a, const float *b,
            float *c, const Epilogue &epilogue)
        : m_place(place)
        , m_kernels(kernelsFor(place.isa))
        , m_shape(shape)
        , m_a(a)
        , m_b(b)
        , m_c(c)
        , m_aSteps(stepsOfA(operands, shape))
        , m_bSteps(stepsOfB(operands, shape))
        , m_epilogue(epilogue)
        , m_panelCount((shape.columns + m_kernels.tileColumns - 1) / m_kernels.tileColumns)
    {}

    void run()
    {
        const std::size_t width = m_kernels.tileColumns;
        m_place.packedB.resize(std::max(m_place.packedB.size(), m_panelCount * width * m_shape.depth));
        const bool copyA = m_aSteps.column != 1;
        if (copyA)
            m_place.packedA.resize(std::max(m_place.packedA.size(), m_shape.rows * m_shape.depth));
        const std::size_t rowBlocks = (m_shape.rows + kRowBlock - 1) / kRowBlock;
        each(m_panelCount, [this](std::size_t panel) { packPanel(panel); });
        if (copyA)
            each(rowBlocks, [this](std::size_t block) { packRows(block); });
        // Tall products are cut by rows too, so that all threads have work.
        each(m_panelCount * rowBlocks, [&](std::size_t piece) {
            computePanel(piece % m_panelCount, piece / m_panelCount * kRowBlock);
        });
    }

private:
    static constexpr std::size_t kRowBlock = 312; ///< a multiple of all tiles' rows

    template <class Work>
    void each(std::size_t pieces, const Work &work)
    {
        constexpr std::size_t smallProduct = 1U << 15U; // waking a thread costs more
        m_place.each(pieces, m_shape.rows * m_shape.columns * m_shape.depth >= smallProduct, work);
    }

    /// Columns of B side by side, [depth][tileColumns]; zeros beyond the last.
    void packPanel(std::size_t panel)
    {
        const std::size_t width = m_kernels.tileColumns;
        float *to = m_place.packedB.data() + panel * width * m_shape.depth;
        const std::size_t first = panel * width;
        const std::size_t columns = std::min(width, m_shape.columns - first);
        if (m_bSteps.column == 1 && columns == width) {
            for (std::size_t k = 0; k < m_shape.depth; ++k)
                std::memcpy(to + k * width, m_b + k * m_bSteps.row + first, width * sizeof(float));
            return;
        }
        constexpr std::size_t square = 16; // of rows and columns at a time: both sides stay in the cache
        for (std::size_t from = 0; from < m_shape.depth; from += square) {
            const std::size_t end = std::min(from + square, m_shape.depth);
            for (std::size_t j = 0; j < width; ++j)
                for (std::size_t k = from; k < end; ++k)
                    to[k * width + j] =
                        j < columns ? m_b[k * m_bSteps.row + (first + j) * m_bSteps.column] : 0.0F;
        }
    }

    /// Rows of a transposed A, [rows][depth].
    void packRows(std::size_t block)
    {
        constexpr std::size_t square = 16;
        const std::size_t begin = block * kRowBlock;
        const std::size_t end = std::min(begin + kRowBlock, m_shape.rows);
        for (std::size_t from = 0; from < m_shape.depth; from += square) {
            const std::size_t to = std::min(from + square, m_shape.depth);
            for (std::size_t i = begin; i < end; ++i)
                for (std::size_t k = from; k < to; ++k)
                    m_place.packedA[i * m_shape.depth + k] = m_a[i * m_aSteps.row + k * m_aSteps.column];
        }
    }

    void computePanel(std::size_t panel, std::size_t beginRow)
    {
        const std::size_t width = m_kernels.tileColumns;
        const std::size_t first = panel * width;
        const std::size_t columns = std::min(width, m_shape.columns - first);
        const std::size_t endRow = std::min(beginRow + kRowBlock, m_shape.rows);
        const float *a = m_aSteps.column == 1 ? m_a : m_place.packedA.data();
        const float *b = m_place.packedB.data() + panel * width * m_shape.depth;
        for (std::size_t k = 0; k < m_shape.depth; k += kMatmulBlock) {
            const std::size_t depth = std::min(kMatmulBlock, m_shape.depth - k);
            for (std::size_t row = beginRow; row < endRow; row += m_kernels.tileRows)
                m_kernels.matmulTile(a + row * m_shape.depth + k, m_shape.depth, b + k * width, depth,
                                     m_c + row * m_shape.columns + first, m_shape.columns,
                                     std::min(m_kernels.tileRows, endRow - row), columns, k != 0);
        }
        finish(beginRow, endRow, first, columns);
    }

    void finish(std::size_t beginRow, std::size_t endRow, std::size_t first, std::size_t columns)
    {
        const bool empty = m_shape.depth == 0;
        if (!empty && !m_epilogue.bias && m_epilogue.activation == Activation::None)
            return;
        for (std::size_t row = beginRow; row < endRow; ++row) {
            float *out = m_c + row * m_shape.columns + first;
            for (std::size_t j = 0; j < columns; ++j)
                out[j] = finished(empty ? 0.0F : out[j], first + j, m_epilogue);
        }
    }

    Workplace &m_place;
    const KernelTable &m_kernels;
    const MatmulShape &m_shape;
    const float *m_a;
    const float *m_b;
    float *m_c;
    Steps m_aSteps;
    Steps m_bSteps;
    const Epilogue &m_epilogue;
    std::size_t m_panelCount;
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
