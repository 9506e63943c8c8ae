// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ibidem::kernels {

struct Workplace;

/// A fast exact 64-bit digest of a tensor's bytes, for steps where SHA-256 is too slow. Integer arithmetic
/// only: each 8-byte word (little endian, the last one padded with zeros) is mixed with its index by a
/// bijection of 64-bit numbers, and the results are added modulo 2^64, with the length mixed in. So the order
/// of computation, vectors and threads do not matter, while position, permutation and any single changed word
/// always do (a change within one word can never cancel; changes of several words go unseen with probability
/// 2^-64). No defence against an adversary: that is SHA-256's.
[[nodiscard]] std::uint64_t tensorDigest(std::span<const std::byte> bytes) noexcept;

/// The same, computed by `threads` threads: the same number.
[[nodiscard]] std::uint64_t tensorDigest(std::span<const std::byte> bytes, unsigned threads);

/// The same, computed by the threads of a workplace: the same number.
[[nodiscard]] std::uint64_t tensorDigest(const Workplace &place, std::span<const std::byte> bytes);

/// The same in pieces, in any order: sum of partialDigest over pieces that start at multiples of 8 bytes.
/// finishDigest(sum, total bytes) == tensorDigest(all).
[[nodiscard]] std::uint64_t partialDigest(std::span<const std::byte> piece, std::uint64_t firstByte) noexcept;
[[nodiscard]] std::uint64_t finishDigest(std::uint64_t sum, std::uint64_t totalBytes) noexcept;

} // namespace ibidem::kernels
