// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/tensor_digest.h"

#include "models/kernels/workplace.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

namespace ibidem::kernels {

namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

constexpr std::size_t kWordBytes = 8;
/// Odd, so that different indices give different addends; the fraction of the golden ratio has no pattern
/// data share.
constexpr std::uint64_t kIndexStep = 0x9E3779B97F4A7C15ULL;

/// A bijection of 64-bit numbers in which each bit of the argument changes each bit of the value half of the
/// time: xor-shifts and odd multipliers (Stafford's variant 13 of the MurmurHash3 finaliser).
constexpr std::uint64_t mixed(std::uint64_t x) noexcept
{
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

/// Sum over whole words. Integer arithmetic, so that vectors of any width give the same.
[[gnu::always_inline]] inline std::uint64_t sumOfWords(const std::byte *at, std::size_t count,
                                                       std::uint64_t position) noexcept
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t word = 0;
        std::memcpy(&word, at + i * kWordBytes, kWordBytes);
        sum += mixed(word + position);
        position += kIndexStep;
    }
    return sum;
}

#ifdef __x86_64__
[[gnu::target("avx2")]] std::uint64_t sumOfWordsAvx2(const std::byte *at, std::size_t count,
                                                     std::uint64_t position) noexcept
{
    return sumOfWords(at, count, position);
}

/// AVX-512DQ has a multiplication of 64-bit numbers.
[[gnu::target("avx512f,avx512dq,prefer-vector-width=512")]] std::uint64_t
sumOfWordsAvx512(const std::byte *at, std::size_t count, std::uint64_t position) noexcept
{
    return sumOfWords(at, count, position);
}
#endif

std::uint64_t sumOfWordsHere(const std::byte *at, std::size_t count, std::uint64_t position) noexcept
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return sumOfWordsAvx512(at, count, position);
    if (__builtin_cpu_supports("avx2"))
        return sumOfWordsAvx2(at, count, position);
#endif
    return sumOfWords(at, count, position);
}

/// Sums of disjoint pieces that begin at `words` boundaries, one thread a piece.
std::uint64_t sumOfPieces(std::span<const std::byte> bytes, unsigned pieces)
{
    const std::size_t wordsEach = bytes.size() / kWordBytes / pieces;
    std::vector<std::uint64_t> sums(pieces, 0);
    const auto digestPiece = [&](unsigned piece) {
        const std::size_t begin = piece * wordsEach * kWordBytes;
        const std::size_t length = piece + 1 == pieces ? bytes.size() - begin : wordsEach * kWordBytes;
        sums[piece] = partialDigest(bytes.subspan(begin, length), begin);
    };
    {
        std::vector<std::jthread> threads;
        threads.reserve(pieces - 1);
        for (unsigned piece = 1; piece < pieces; ++piece) {
            try {
                threads.emplace_back(digestPiece, piece);
            } catch (const std::system_error &) {
                digestPiece(piece);
            }
        }
        digestPiece(0);
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t part : sums)
        sum += part;
    return sum;
}

} // namespace

std::uint64_t partialDigest(std::span<const std::byte> piece, std::uint64_t firstByte) noexcept
{
    const std::uint64_t position = (firstByte / kWordBytes + 1) * kIndexStep;
    const std::size_t wholeWords = piece.size() / kWordBytes;
    std::uint64_t sum = sumOfWordsHere(piece.data(), wholeWords, position);
    if (const std::size_t rest = piece.size() % kWordBytes; rest > 0) {
        std::uint64_t word = 0;
        std::memcpy(&word, piece.data() + wholeWords * kWordBytes, rest);
        sum += mixed(word + position + wholeWords * kIndexStep);
    }
    return sum;
}

std::uint64_t finishDigest(std::uint64_t sum, std::uint64_t totalBytes) noexcept
{
    return mixed(sum ^ mixed(totalBytes + kIndexStep));
}

std::uint64_t tensorDigest(std::span<const std::byte> bytes) noexcept
{
    return finishDigest(partialDigest(bytes, 0), bytes.size());
}

std::uint64_t tensorDigest(std::span<const std::byte> bytes, unsigned threads)
{
    // Starting a thread costs about as much as digesting this many bytes.
    constexpr std::size_t kBytesWorthAThread = std::size_t{256} * 1024;
    const std::size_t useful = std::max<std::size_t>(1, bytes.size() / kBytesWorthAThread);
    const auto pieces = static_cast<unsigned>(std::min<std::size_t>(std::max(threads, 1U), useful));
    return pieces == 1 ? tensorDigest(bytes) : finishDigest(sumOfPieces(bytes, pieces), bytes.size());
}

std::uint64_t tensorDigest(const Workplace &place, std::span<const std::byte> bytes)
{
    constexpr std::size_t piece = std::size_t{128} * 1024; // bytes, a multiple of a word
    std::atomic<std::uint64_t> total = 0;                  // additions modulo 2^64: any order gives the same
    place.eachRange(bytes.size(), piece, [&](std::size_t first, std::size_t count) {
        total += partialDigest(bytes.subspan(first, count), first);
    });
    return finishDigest(total, bytes.size());
}

} // namespace ibidem::kernels
