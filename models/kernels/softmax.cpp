// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/softmax.h"

#include "models/kernels/block_sums.h"
#include "models/kernels/kernel_table.h"
#include "models/kernels/reductions.h"

#include <string>
#include <vector>

namespace ibidem::kernels {

namespace {

/// work(row) for all rows, several rows a piece.
template <class Work>
void eachRow(Workplace &place, std::size_t rows, std::size_t columns, const Work &work)
{
    if (columns == 0)
        return;
    const std::size_t rowsEach = std::max<std::size_t>(1, 4096 / columns);
    place.eachRange(rows, rowsEach, [&](std::size_t first, std::size_t count) {
        for (std::size_t row = first; row < first + count; ++row)
            work(row);
    });
}

std::size_t rowsOf(std::span<const float> matrix, std::size_t columns)
{
    return columns == 0 ? 0 : matrix.size() / columns;
}

float logarithm(const KernelTable &kernels, float x)
{
    float y = 0.0F;
    kernels.function[1](&x, &y, 1); // Function::Log
    return y;
}

/// out = exp(x - m); the sum of these.
float exponentials(const KernelTable &kernels, const float *x, std::size_t columns, float *out)
{
    kernels.expShifted(x, kernels.maxBlock(x, columns), out, columns);
    return sumOfRow(columns, [&](std::size_t first, std::size_t count) {
        return kernels.sumBlock(out + first, out + first, count);
    });
}

Status checkClasses(std::span<const std::int32_t> classes, std::size_t rows, std::size_t columns)
{
    if (classes.size() != rows)
        return fail(ErrorCode::Internal, "cross-entropy: " + std::to_string(rows) + " rows, " +
                                             std::to_string(classes.size()) + " classes");
    for (std::size_t row = 0; row < rows; ++row)
        if (classes[row] < 0 || static_cast<std::size_t>(classes[row]) >= columns)
            return fail(ErrorCode::Internal, "cross-entropy: row " + std::to_string(row) + " has class " +
                                                 std::to_string(classes[row]) + " of " +
                                                 std::to_string(columns));
    return {};
}

} // namespace

void softmax(Workplace &place, std::span<const float> in, std::size_t columns, std::span<float> out)
{
    const KernelTable &kernels = kernelsFor(place.isa);
    eachRow(place, rowsOf(in, columns), columns, [&](std::size_t row) {
        float *y = out.data() + row * columns;
        const float total = exponentials(kernels, in.data() + row * columns, columns, y);
        kernels.divided(y, total, y, columns);
    });
}

void logSoftmax(Workplace &place, std::span<const float> in, std::size_t columns, std::span<float> out)
{
    const KernelTable &kernels = kernelsFor(place.isa);
    eachRow(place, rowsOf(in, columns), columns, [&](std::size_t row) {
        const float *x = in.data() + row * columns;
        const float largest = kernels.maxBlock(x, columns);
        const float total = sumOfRow(columns, [&](std::size_t first, std::size_t count) {
            return kernels.expSumBlock(x + first, largest, count);
        });
        kernels.shiftedTwice(x, largest, logarithm(kernels, total), out.data() + row * columns, columns);
    });
}

void softmaxGradient(Workplace &place, std::span<const float> y, std::span<const float> dy,
                     std::size_t columns, std::span<float> dx)
{
    const KernelTable &kernels = kernelsFor(place.isa);
    eachRow(place, rowsOf(y, columns), columns, [&](std::size_t row) {
        const float *result = y.data() + row * columns;
        const float *gradient = dy.data() + row * columns;
        const float product = sumOfRow(columns, [&](std::size_t first, std::size_t count) {
            return kernels.dotBlock(result + first, gradient + first, count);
        });
        kernels.softmaxGradient(result, gradient, product, dx.data() + row * columns, columns);
    });
}

void logSoftmaxGradient(Workplace &place, std::span<const float> y, std::span<const float> dy,
                        std::size_t columns, std::span<float> dx)
{
    const KernelTable &kernels = kernelsFor(place.isa);
    eachRow(place, rowsOf(y, columns), columns, [&](std::size_t row) {
        const float *gradient = dy.data() + row * columns;
        const float total = sumOfRow(columns, [&](std::size_t first, std::size_t count) {
            return kernels.sumBlock(gradient + first, gradient + first, count);
        });
        kernels.logSoftmaxGradient(y.data() + row * columns, gradient, total, dx.data() + row * columns,
                                   columns);
    });
}

Result<float> crossEntropy(Workplace &place, std::span<const float> logits,
                           std::span<const std::int32_t> classes, std::size_t columns,
                           std::span<float> gradient)
{
    const std::size_t rows = rowsOf(logits, columns);
    IBIDEM_CHECK(checkClasses(classes, rows, columns));
    if (rows == 0)
        return 0.0F;
    const KernelTable &kernels = kernelsFor(place.isa);
    const float rowCount = static_cast<float>(rows);
    std::vector<float> losses(rows);
    eachRow(place, rows, columns, [&](std::size_t row) {
        const float *x = logits.data() + row * columns;
        const auto wanted = static_cast<std::size_t>(classes[row]);
        const float largest = kernels.maxBlock(x, columns);
        const float distance = x[wanted] - largest; // before `gradient`, which may be the same, is written
        float total = 0.0F;
        if (gradient.empty()) {
            total = sumOfRow(columns, [&](std::size_t first, std::size_t count) {
                return kernels.expSumBlock(x + first, largest, count);
            });
        } else {
            float *dx = gradient.data() + row * columns;
            total = exponentials(kernels, x, columns, dx);
            kernels.divided(dx, total, dx, columns);
            dx[wanted] -= 1.0F;
            kernels.scaled(dx, 1.0F / rowCount, dx, columns);
        }
        losses[row] = logarithm(kernels, total) - distance;
    });
    return sum(place, losses) / rowCount;
}

} // namespace ibidem::kernels
