// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"

#include "models/base/portable_math.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ibidem {

namespace {

__extension__ using Unsigned128 = unsigned __int128;

constexpr std::uint64_t kMultiplier0 = 0xD2511F53U;
constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57U;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;
constexpr int kRounds = 10;

constexpr std::uint32_t lowWord(std::uint64_t value) noexcept
{
    return static_cast<std::uint32_t>(value & 0xFFFFFFFFU);
}

constexpr std::uint32_t highWord(std::uint64_t value) noexcept
{
    return static_cast<std::uint32_t>(value >> 32U);
}

/// (0, 1]: a logarithm of it is finite.
double positiveUniform(RandomStream &stream) noexcept
{
    return 1.0 - stream.uniform();
}

/// Marsaglia and Tsang for shape >= 1.
double gammaFromOne(RandomStream &stream, double shape) noexcept
{
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double x = stream.normal();
        const double root = 1.0 + c * x;
        if (root <= 0.0)
            continue;
        const double v = root * root * root;
        const double u = positiveUniform(stream);
        const double square = x * x;
        if (u < 1.0 - 0.0331 * square * square)
            return d * v;
        if (portableLog(u) < 0.5 * square + d * (1.0 - v + portableLog(v)))
            return d * v;
    }
}

/// Successes of `trials` with probability p. Many trials are halved by the median-like order statistic of
/// their uniform numbers (a beta variate), few are counted one by one.
std::uint64_t binomial(RandomStream &stream, std::uint64_t trials, double p) noexcept
{
    constexpr std::uint64_t kCountedOneByOne = 16;
    std::uint64_t successes = 0;
    while (trials > kCountedOneByOne) {
        const std::uint64_t rank = 1 + trials / 2;
        const double below = stream.gamma(static_cast<double>(rank));
        const double above = stream.gamma(static_cast<double>(trials - rank + 1));
        const double statistic = below / (below + above);
        if (statistic >= p) {
            trials = rank - 1;
            p = p / statistic;
        } else {
            successes += rank;
            trials -= rank;
            p = (p - statistic) / (1.0 - statistic);
        }
    }
    for (std::uint64_t i = 0; i < trials; ++i)
        successes += stream.uniform() < p ? 1U : 0U;
    return successes;
}

std::uint64_t poissonByMultiplication(RandomStream &stream, double mean) noexcept
{
    const double limit = portableExp(-mean);
    double product = stream.uniform();
    std::uint64_t count = 0;
    while (product > limit) {
        product *= stream.uniform();
        ++count;
    }
    return count;
}

} // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) noexcept
{
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t product0 = kMultiplier0 * counter[0];
        const std::uint64_t product1 = kMultiplier1 * counter[2];
        counter = {highWord(product1) ^ counter[1] ^ key[0], lowWord(product1),
                   highWord(product0) ^ counter[3] ^ key[1], lowWord(product0)};
        key[0] += kWeyl0;
        key[1] += kWeyl1;
    }
    return counter;
}

RandomStream::RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint32_t epoch,
                           std::uint32_t sample) noexcept
    : m_key{lowWord(seed), highWord(seed)}
    , m_counter{0, static_cast<std::uint32_t>(purpose), epoch, sample}
{}

std::uint32_t RandomStream::next32() noexcept
{
    if (m_used == m_block.size()) {
        m_block = philox4x32(m_counter, m_key);
        ++m_counter[0];
        m_used = 0;
    }
    return m_block[m_used++];
}

std::uint64_t RandomStream::next64() noexcept
{
    const std::uint64_t low = next32();
    const std::uint64_t high = next32();
    return high << 32U | low;
}

double RandomStream::uniform() noexcept
{
    return static_cast<double>(next64() >> 11U) * 0x1p-53;
}

float RandomStream::uniformFloat() noexcept
{
    return static_cast<float>(next32() >> 8U) * 0x1p-24F;
}

double RandomStream::normal() noexcept
{
    if (std::exchange(m_hasSpareNormal, false))
        return std::exchange(m_spareNormal, 0.0);
    while (true) {
        const double u = 2.0 * uniform() - 1.0;
        const double v = 2.0 * uniform() - 1.0;
        const double square = u * u + v * v;
        if (square >= 1.0 || square == 0.0)
            continue;
        const double scale = std::sqrt(-2.0 * portableLog(square) / square);
        m_spareNormal = v * scale;
        m_hasSpareNormal = true;
        return u * scale;
    }
}

std::uint64_t RandomStream::bounded(std::uint64_t bound) noexcept
{
    Unsigned128 product = static_cast<Unsigned128>(next64()) * bound;
    auto low = static_cast<std::uint64_t>(product);
    if (low < bound) {
        const std::uint64_t threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = static_cast<Unsigned128>(next64()) * bound;
            low = static_cast<std::uint64_t>(product);
        }
    }
    return static_cast<std::uint64_t>(product >> 64U);
}

double RandomStream::gamma(double shape) noexcept
{
    if (shape >= 1.0)
        return gammaFromOne(*this, shape);
    const double larger = gammaFromOne(*this, shape + 1.0);
    return larger * portableExp(portableLog(positiveUniform(*this)) / shape);
}

std::uint64_t RandomStream::poisson(double mean) noexcept
{
    // Above 2^53 neighbouring counts are not distinguishable as doubles.
    mean = std::min(mean, 0x1p53);
    std::uint64_t count = 0;
    while (mean >= 30.0) {
        const auto rank = static_cast<std::uint64_t>(mean * 0.875);
        const double waited = gamma(static_cast<double>(rank));
        if (waited > mean)
            return count + binomial(*this, rank - 1, mean / waited);
        count += rank;
        mean -= waited;
    }
    return mean > 0.0 ? count + poissonByMultiplication(*this, mean) : count;
}

} // namespace ibidem
