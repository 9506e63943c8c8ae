// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/kernels/tensor_digest.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <vector>

using namespace ibidem;
using namespace ibidem::kernels;

class TestTensorDigest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noOneBitChangeIsMissed();
    void noTwoSignChangesCancel();
    void swappedWordsAreSeen();
    void rotatedWordsAreSeen();
    void lengthMatters();
    void piecesInAnyOrderGiveTheSame();
    void threadsDoNotMatter();
    void smallTensorsHaveDigestsToo();
    void equalTensorsAtOtherAddressesAreEqual();
    void digestsSpreadOverAllBits();
    void valuesAreKnown();
};

namespace {

using Bytes = std::vector<std::byte>;

Bytes randomBytes(std::size_t size, std::uint32_t sample = 0)
{
    RandomStream random(40, RandomPurpose::Test, 0, sample);
    Bytes bytes(size);
    for (std::byte &byte : bytes)
        byte = static_cast<std::byte>(random.next32() & 0xFFU);
    return bytes;
}

void flipBit(Bytes &bytes, std::size_t bit)
{
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
}

} // namespace

void TestTensorDigest::noOneBitChangeIsMissed()
{
    constexpr int kChanges = 1'000'000;
    RandomStream random(41, RandomPurpose::Test);
    int seen = 0;
    // Random numbers, zeros and ones: structure must not help a change to hide.
    for (Bytes bytes : {randomBytes(1003), Bytes(1003), Bytes(1003, std::byte{0xFF})}) {
        const std::uint64_t before = tensorDigest(bytes);
        for (int i = 0; i < kChanges / 3 + 1; ++i) {
            const std::size_t bit = random.bounded(bytes.size() * 8);
            flipBit(bytes, bit);
            seen += tensorDigest(bytes) != before ? 1 : 0;
            flipBit(bytes, bit);
        }
        QCOMPARE(tensorDigest(bytes), before);
    }
    QVERIFY(seen >= kChanges);
    QCOMPARE(seen, 3 * (kChanges / 3 + 1));
}

void TestTensorDigest::noTwoSignChangesCancel()
{
    RandomStream random(42, RandomPurpose::Test);
    Bytes bytes = randomBytes(512);
    const std::uint64_t before = tensorDigest(bytes);
    for (int i = 0; i < 300'000; ++i) {
        const std::size_t first = random.bounded(64);
        const std::size_t second = (first + 1 + random.bounded(63)) % 64;
        flipBit(bytes, first * 64 + 63);
        flipBit(bytes, second * 64 + 63);
        QVERIFY(tensorDigest(bytes) != before);
        flipBit(bytes, first * 64 + 63);
        flipBit(bytes, second * 64 + 63);
    }
}

void TestTensorDigest::swappedWordsAreSeen()
{
    RandomStream random(43, RandomPurpose::Test);
    // Words of 8, 4, 2 and 1 bytes; small integers, so that many words are alike.
    for (const std::size_t width : {8U, 4U, 2U, 1U}) {
        const std::size_t count = 256;
        Bytes bytes(count * width);
        for (std::size_t i = 0; i < count; ++i)
            bytes[i * width] = static_cast<std::byte>(random.bounded(4));
        const std::uint64_t before = tensorDigest(bytes);
        for (int i = 0; i < 50'000; ++i) {
            const std::size_t a = random.bounded(count) * width;
            const std::size_t b = random.bounded(count) * width;
            const bool alike = bytes[a] == bytes[b];
            std::swap(bytes[a], bytes[b]);
            QCOMPARE(tensorDigest(bytes) == before, alike);
            std::swap(bytes[a], bytes[b]);
        }
    }
}

void TestTensorDigest::rotatedWordsAreSeen()
{
    std::vector<std::uint64_t> words(100);
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = i;
    std::vector<std::uint64_t> digests;
    for (std::size_t i = 0; i < words.size(); ++i) {
        digests.push_back(tensorDigest(std::as_bytes(std::span(words))));
        std::rotate(words.begin(), words.begin() + 1, words.end());
    }
    std::sort(digests.begin(), digests.end());
    QVERIFY(std::adjacent_find(digests.begin(), digests.end()) == digests.end());
}

void TestTensorDigest::lengthMatters()
{
    std::vector<std::uint64_t> digests;
    for (std::size_t length = 0; length < 200; ++length)
        digests.push_back(tensorDigest(Bytes(length)));
    std::sort(digests.begin(), digests.end());
    QVERIFY2(std::adjacent_find(digests.begin(), digests.end()) == digests.end(),
             "zeros at the end are seen");
}

void TestTensorDigest::piecesInAnyOrderGiveTheSame()
{
    RandomStream random(44, RandomPurpose::Test);
    for (std::size_t size = 900; size < 940; ++size) {
        const Bytes bytes = randomBytes(size);
        std::vector<std::pair<std::size_t, std::size_t>> pieces;
        for (std::size_t begin = 0; begin < size;) {
            const std::size_t length = std::min<std::size_t>(8 * (1 + random.bounded(20)), size - begin);
            pieces.emplace_back(begin, length);
            begin += length;
        }
        random.shuffle(std::span<std::pair<std::size_t, std::size_t>>(pieces));
        std::uint64_t sum = 0;
        for (const auto &[begin, length] : pieces)
            sum += partialDigest(std::span(bytes).subspan(begin, length), begin);
        QCOMPARE(finishDigest(sum, size), tensorDigest(bytes));
        sum += partialDigest(std::span(bytes).first(8), 8) - partialDigest(std::span(bytes).first(8), 0);
        QVERIFY2(finishDigest(sum, size) != tensorDigest(bytes), "a piece in another place is seen");
    }
}

void TestTensorDigest::threadsDoNotMatter()
{
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{5}, std::size_t{1} << 18U, (std::size_t{3} << 20U) + 13}) {
        Bytes bytes = randomBytes(size);
        const std::uint64_t expected = tensorDigest(bytes);
        for (unsigned threads = 0; threads <= 8; ++threads)
            QCOMPARE(tensorDigest(bytes, threads), expected);
        if (bytes.empty())
            continue;
        flipBit(bytes, 8 * size - 1);
        for (unsigned threads = 1; threads <= 8; ++threads)
            QVERIFY(tensorDigest(bytes, threads) != expected);
    }
}

void TestTensorDigest::smallTensorsHaveDigestsToo()
{
    std::vector<std::uint64_t> digests{tensorDigest({})};
    for (unsigned value = 0; value < 256; ++value)
        digests.push_back(tensorDigest(Bytes{static_cast<std::byte>(value)}));
    std::sort(digests.begin(), digests.end());
    QVERIFY(std::adjacent_find(digests.begin(), digests.end()) == digests.end());
}

void TestTensorDigest::equalTensorsAtOtherAddressesAreEqual()
{
    const Bytes bytes = randomBytes(203);
    for (std::size_t shift = 0; shift < 16; ++shift) {
        Bytes moved(bytes.size() + shift);
        std::memcpy(moved.data() + shift, bytes.data(), bytes.size());
        QCOMPARE(tensorDigest(std::span(moved).subspan(shift)), tensorDigest(bytes));
    }
}

void TestTensorDigest::digestsSpreadOverAllBits()
{
    // Of tensors that differ in one low bit of one word, each digest bit must change half of the time.
    std::array<int, 64> changes{};
    constexpr int kTensors = 4000;
    for (std::uint64_t value = 0; value < kTensors; ++value) {
        const std::array<std::uint64_t, 2> words{2 * value, 7};
        const std::array<std::uint64_t, 2> others{2 * value + 1, 7};
        const std::uint64_t different =
            tensorDigest(std::as_bytes(std::span(words))) ^ tensorDigest(std::as_bytes(std::span(others)));
        for (std::size_t bit = 0; bit < 64; ++bit)
            changes[bit] += static_cast<int>((different >> bit) & 1U);
    }
    for (const int count : changes)
        QVERIFY(std::abs(count - kTensors / 2) < 6 * 32);
}

void TestTensorDigest::valuesAreKnown()
{
    // These numbers are stored in runs: they may never change.
    QCOMPARE(tensorDigest({}), std::uint64_t{5197578548964807871});
    QCOMPARE(tensorDigest(randomBytes(1'000'003)), std::uint64_t{3435635118316920170});
}

QTEST_GUILESS_MAIN(TestTensorDigest)
#include "tst_tensor_digest.moc"
