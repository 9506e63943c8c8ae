// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace ibidem {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten
/// rounds of a counter under a key. A pure function: the same bits on every machine.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key) noexcept;

/// What a stream is used for. The numbers are part of every result: never renumber, only append.
enum class RandomPurpose : std::uint32_t {
    Split = 1,      ///< which samples are training samples
    Shuffle = 2,    ///< order of samples in an epoch
    Initialise = 3, ///< initial weights
    Augment = 4,    ///< random changes of a sample
    Dropout = 5,    ///< dropped units
    Generate = 6,   ///< generated data sets
    Subsample = 7,  ///< rows or columns of a tree
    Test = 1000,    ///< tests only
};

/// One stream of random numbers, keyed by (seed, purpose, epoch, sample): key = seed (low word, high word),
/// counter = (block, purpose, epoch, sample); a block gives four 32-bit words, taken in order. Streams with
/// different keys are independent, and which thread reads one does not matter. 2^34 words a stream. A value:
/// copy it to repeat it.
class RandomStream
{
public:
    explicit RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint32_t epoch = 0,
                          std::uint32_t sample = 0) noexcept;

    [[nodiscard]] std::uint32_t next32() noexcept;
    [[nodiscard]] std::uint64_t next64() noexcept; ///< two words, the first is the low half
    /// [0, 1): 53 bits of next64 times 2^-53.
    [[nodiscard]] double uniform() noexcept;
    /// [0, 1): 24 bits of next32 times 2^-24.
    [[nodiscard]] float uniformFloat() noexcept;
    /// Standard normal by Marsaglia's polar method, with portableLog; the second of each pair is kept for the
    /// next call.
    [[nodiscard]] double normal() noexcept;
    /// 0 … bound-1 without bias (Lemire's multiplication with rejection). bound > 0.
    [[nodiscard]] std::uint64_t bounded(std::uint64_t bound) noexcept;
    /// Gamma(shape, scale 1) by Marsaglia and Tsang's method (2000). shape > 0.
    [[nodiscard]] double gamma(double shape) noexcept;
    /// Poisson(mean), mean >= 0: multiplication below 30, else reduced by gamma order statistics (Ahrens and
    /// Dieter 1974).
    [[nodiscard]] std::uint64_t poisson(double mean) noexcept;

    /// Fisher-Yates from the end, with bounded().
    template <class T>
    void shuffle(std::span<T> values) noexcept
    {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[static_cast<std::size_t>(bounded(i))]);
    }

    bool operator==(const RandomStream &) const = default;

private:
    std::array<std::uint32_t, 2> m_key{};
    std::array<std::uint32_t, 4> m_counter{};
    std::array<std::uint32_t, 4> m_block{};
    std::uint32_t m_used = 4;
    double m_spareNormal = 0.0;
    bool m_hasSpareNormal = false;
};

} // namespace ibidem
