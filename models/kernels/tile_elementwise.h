// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Loops over arrays for any vector type. Whole vectors first; the rest goes through one padded vector, so
// that each element gets the same operations wherever it stands.
#pragma once

#include "models/kernels/kernel_table.h"
#include "models/kernels/tile_functions.h"

namespace ibidem::kernels {
namespace {

/// A vector of the last `count` elements, padded with zeros.
template <class V>
[[gnu::always_inline]] inline typename V::Type loadSome(const float *from, std::size_t count)
{
    float padded[V::lanes] = {};
    for (std::size_t i = 0; i < count; ++i)
        padded[i] = from[i];
    return V::load(padded);
}

template <class V>
[[gnu::always_inline]] inline void storeSome(float *to, typename V::Type value, std::size_t count)
{
    float padded[V::lanes];
    V::store(padded, value);
    for (std::size_t i = 0; i < count; ++i)
        to[i] = padded[i];
}

/// out = F(in …) over arrays.
template <class V, class F, class... In>
[[gnu::always_inline]] inline void forEach(const F &f, std::size_t count, float *out, const In *...in)
{
    std::size_t i = 0;
    for (; i + V::lanes <= count; i += V::lanes)
        V::store(out + i, f(V::load(in + i)...));
    if (i < count)
        storeSome<V>(out + i, f(loadSome<V>(in + i, count - i)...), count - i);
}

template <class V>
void expLoop(const float *in, float *out, std::size_t count)
{
    forEach<V>([](auto x) { return expOf<V>(x); }, count, out, in);
}

template <class V>
void logLoop(const float *in, float *out, std::size_t count)
{
    forEach<V>([](auto x) { return logOf<V>(x); }, count, out, in);
}

template <class V>
void log1pLoop(const float *in, float *out, std::size_t count)
{
    forEach<V>([](auto x) { return log1pOf<V>(x); }, count, out, in);
}

template <class V>
void sigmoidLoop(const float *in, float *out, std::size_t count)
{
    forEach<V>([](auto x) { return sigmoidOf<V>(x); }, count, out, in);
}

template <class V>
void tanhLoop(const float *in, float *out, std::size_t count)
{
    forEach<V>([](auto x) { return tanhOf<V>(x); }, count, out, in);
}

template <class V>
void reluLoop(const float *in, float *out, std::size_t count)
{
    forEach<V>([](auto x) { return reluOf<V>(x); }, count, out, in);
}

template <class V>
void sigmoidGradientLoop(const float *y, const float *dy, float *dx, std::size_t count)
{
    forEach<V>([](auto result, auto d) { return V::mul(V::mul(d, result), V::sub(V::all(1.0F), result)); },
               count, dx, y, dy);
}

template <class V>
void tanhGradientLoop(const float *y, const float *dy, float *dx, std::size_t count)
{
    forEach<V>([](auto result,
                  auto d) { return V::mul(d, V::fma(V::sub(V::zero(), result), result, V::all(1.0F))); },
               count, dx, y, dy);
}

template <class V>
void reluGradientLoop(const float *y, const float *dy, float *dx, std::size_t count)
{
    forEach<V>([](auto result, auto d) { return V::select(V::less(V::zero(), result), d, V::zero()); }, count,
               dx, y, dy);
}

template <class V>
void scaledDifferenceLoop(const float *a, const float *b, float factor, float *d, std::size_t count)
{
    forEach<V>([factor](auto x, auto y) { return V::mul(V::sub(x, y), V::all(factor)); }, count, d, a, b);
}

template <class V>
void adamLoop(const AdamFactors &f, float *w, const float *g, float *m, float *v, std::size_t count)
{
    const auto decayed = [&f](auto weight, auto gradient) {
        return V::fma(V::all(f.gradientDecay), weight, gradient);
    };
    forEach<V>(
        [&](auto mean, auto weight, auto gradient) {
            const auto d = decayed(weight, gradient);
            return V::fma(V::all(f.beta1), mean, V::mul(V::all(f.oneMinusBeta1), d));
        },
        count, m, m, w, g);
    forEach<V>(
        [&](auto variance, auto weight, auto gradient) {
            const auto d = decayed(weight, gradient);
            return V::fma(V::all(f.beta2), variance, V::mul(V::mul(V::all(f.oneMinusBeta2), d), d));
        },
        count, v, v, w, g);
    forEach<V>(
        [&](auto weight, auto mean, auto variance) {
            const auto divisor = V::fma(V::sqrt(variance), V::all(f.inverseRootOfBias2), V::all(f.epsilon));
            const auto shrunk = V::mul(weight, V::all(f.shrink));
            return V::sub(shrunk, V::div(V::mul(V::all(f.stepSize), mean), divisor));
        },
        count, w, w, m, v);
}

template <class V>
void sgdLoop(float decay, float momentum, float rate, float *w, const float *g, float *velocity,
             std::size_t count)
{
    forEach<V>(
        [=](auto speed, auto weight, auto gradient) {
            return V::fma(V::all(momentum), speed, V::fma(V::all(decay), weight, gradient));
        },
        count, velocity, velocity, w, g);
    forEach<V>([=](auto weight, auto speed) { return V::fma(V::all(-rate), speed, weight); }, count, w, w,
               velocity);
}

} // namespace
} // namespace ibidem::kernels
