// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "torch_reference.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <string>

namespace ibidem::tests {

namespace {

using kernels::Operands;

/// A view of memory; LibTorch's views of constant memory are not constant.
at::Tensor view(const float *values, std::size_t rows, std::size_t columns)
{
    return at::from_blob(const_cast<float *>(values), // NOLINT
                         {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)}, at::kFloat);
}

at::Tensor view(std::span<const float> values)
{
    return view(values.data(), 1, values.size()).reshape({-1});
}

} // namespace

void setTorchThreads(int threads)
{
    at::set_num_threads(threads);
}

void torchMatmul(Operands operands, const kernels::MatmulShape &shape, const float *a, const float *b,
                 float *c)
{
    const at::Tensor left =
        operands == Operands::TN ? view(a, shape.depth, shape.rows).t() : view(a, shape.rows, shape.depth);
    const at::Tensor right = operands == Operands::NT ? view(b, shape.columns, shape.depth).t()
                                                      : view(b, shape.depth, shape.columns);
    at::Tensor out = view(c, shape.rows, shape.columns);
    at::mm_out(out, left, right);
}

float torchSum(std::span<const float> values)
{
    return view(values).sum().item<float>();
}

float torchDot(std::span<const float> a, std::span<const float> b)
{
    return at::dot(view(a), view(b)).item<float>();
}

float torchVariance(std::span<const float> values)
{
    return at::var(view(values), false).item<float>();
}

void torchApply(const char *function, std::span<const float> in, std::span<float> out)
{
    const std::string name(function);
    const at::Tensor x = view(in);
    at::Tensor y = view(out);
    if (name == "exp")
        at::exp_out(y, x);
    else if (name == "log")
        at::log_out(y, x);
    else if (name == "log1p")
        at::log1p_out(y, x);
    else if (name == "sigmoid")
        at::sigmoid_out(y, x);
    else
        at::tanh_out(y, x);
}

void torchSoftmax(bool logarithm, std::span<const float> in, std::size_t columns, std::span<float> out)
{
    const at::Tensor x = view(in.data(), in.size() / columns, columns);
    view(out.data(), in.size() / columns, columns).copy_(logarithm ? x.log_softmax(1) : x.softmax(1));
}

void torchColumnSums(std::span<const float> matrix, std::size_t columns, std::span<float> sums)
{
    view(std::span<const float>(sums)).copy_(view(matrix.data(), matrix.size() / columns, columns).sum(0));
}

float torchCrossEntropy(std::span<const float> logits, std::span<const int> classes, std::size_t columns)
{
    const at::Tensor targets = at::from_blob(const_cast<int *>(classes.data()), // NOLINT
                                             {static_cast<std::int64_t>(classes.size())}, at::kInt)
                                   .to(at::kLong);
    return at::cross_entropy_loss(view(logits.data(), classes.size(), columns), targets).item<float>();
}

} // namespace ibidem::tests
