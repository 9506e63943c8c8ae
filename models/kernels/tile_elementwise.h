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
void expShiftedLoop(const float *in, float shift, float *out, std::size_t count)
{
    forEach<V>([shift](auto x) { return expOf<V>(V::sub(x, V::all(shift))); }, count, out, in);
}

template <class V>
void dividedLoop(const float *in, float divisor, float *out, std::size_t count)
{
    forEach<V>([divisor](auto x) { return V::div(x, V::all(divisor)); }, count, out, in);
}

template <class V>
void scaledLoop(const float *in, float factor, float *out, std::size_t count)
{
    forEach<V>([factor](auto x) { return V::mul(x, V::all(factor)); }, count, out, in);
}

template <class V>
void shiftedTwiceLoop(const float *in, float a, float b, float *out, std::size_t count)
{
    forEach<V>([a, b](auto x) { return V::sub(V::sub(x, V::all(a)), V::all(b)); }, count, out, in);
}

template <class V>
void softmaxGradientLoop(const float *y, const float *dy, float dot, float *dx, std::size_t count)
{
    forEach<V>([dot](auto result, auto d) { return V::mul(result, V::sub(d, V::all(dot))); }, count, dx, y,
               dy);
}

template <class V>
void logSoftmaxGradientLoop(const float *y, const float *dy, float sum, float *dx, std::size_t count)
{
    forEach<V>(
        [sum](auto result, auto d) { return V::fma(V::sub(V::zero(), expOf<V>(result)), V::all(sum), d); },
        count, dx, y, dy);
}

/// Weights, mean and variance of one vector's elements.
template <class V>
struct AdamLanes
{
    typename V::Type w;
    typename V::Type m;
    typename V::Type v;

    [[gnu::always_inline]] inline void step(const AdamFactors &f, typename V::Type gradient)
    {
        const auto d = V::fma(V::all(f.gradientDecay), w, gradient);
        m = V::fma(V::all(f.beta1), m, V::mul(V::all(f.oneMinusBeta1), d));
        v = V::fma(V::all(f.beta2), v, V::mul(V::mul(V::all(f.oneMinusBeta2), d), d));
        const auto divisor = V::fma(V::sqrt(v), V::all(f.inverseRootOfBias2), V::all(f.epsilon));
        w = V::sub(V::mul(w, V::all(f.shrink)), V::div(V::mul(V::all(f.stepSize), m), divisor));
    }
};

/// One pass: the four arrays are too long for the cache.
template <class V>
void adamLoop(const AdamFactors &factors, float *w, const float *g, float *m, float *v, std::size_t count)
{
    const AdamFactors f = factors;
    std::size_t i = 0;
    for (; i + V::lanes <= count; i += V::lanes) {
        AdamLanes<V> lanes{V::load(w + i), V::load(m + i), V::load(v + i)};
        lanes.step(f, V::load(g + i));
        V::store(w + i, lanes.w);
        V::store(m + i, lanes.m);
        V::store(v + i, lanes.v);
    }
    if (i == count)
        return;
    const std::size_t left = count - i;
    AdamLanes<V> lanes{loadSome<V>(w + i, left), loadSome<V>(m + i, left), loadSome<V>(v + i, left)};
    lanes.step(f, loadSome<V>(g + i, left));
    storeSome<V>(w + i, lanes.w, left);
    storeSome<V>(m + i, lanes.m, left);
    storeSome<V>(v + i, lanes.v, left);
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
