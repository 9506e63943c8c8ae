// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/data/safetensors.h"
#include "tests/models/data/container_samples.h"

#include <QTest>

#include <array>

using namespace ibidem;
using namespace ibidem::data;

class TestSafetensorsFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesChangedBytes();
    void survivesChangedHeaders();
};

namespace {

constexpr int kRounds = 200'000;

/// Reads all that a file offers: every byte must be there. Returns whether it was accepted.
bool readAll(const std::string &text)
{
    // On the heap and of exact size, so that a sanitizer sees the first byte outside.
    const std::vector<char> exact(text.begin(), text.end());
    const auto file = Safetensors::parse(std::as_bytes(std::span(exact)), "fuzz");
    if (!file) {
        if (file.error().code != ErrorCode::BadData || file.error().message.empty())
            qFatal("another error than bad data");
        return false;
    }
    std::size_t total = 0;
    unsigned sum = 0;
    for (const TensorView &tensor : file->tensors()) {
        total += tensor.bytes.size();
        for (const std::byte byte : tensor.bytes)
            sum += std::to_integer<unsigned>(byte);
        static_cast<void>(file->names(tensor.name));
        static_cast<void>(file->values<double>(tensor.name));
    }
    if (total > exact.size() || sum > 255U * total)
        qFatal("more bytes than the file has");
    return true;
}

std::string changedBytes(std::string bytes, RandomStream &random)
{
    const std::uint64_t changes = 1 + random.bounded(3);
    for (std::uint64_t i = 0; i < changes && !bytes.empty(); ++i) {
        const std::size_t at = random.bounded(bytes.size());
        switch (random.bounded(6)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.bounded(8)));
            break;
        case 1:
            bytes[at] = static_cast<char>(static_cast<unsigned char>(random.bounded(256)));
            break;
        case 2:
            bytes.resize(at);
            break;
        case 3:
            bytes[random.bounded(std::min<std::size_t>(8, bytes.size()))] =
                static_cast<char>(static_cast<unsigned char>(random.bounded(256)));
            break;
        case 4:
            bytes.erase(at, 1 + random.bounded(9));
            break;
        default:
            bytes.insert(at, random.bounded(9),
                         static_cast<char>(static_cast<unsigned char>(random.bounded(256))));
        }
    }
    return bytes;
}

/// A header changed in one of its words and numbers, with the length put right: gets past the first checks.
std::string changedHeader(std::string header, const std::string &data, RandomStream &random)
{
    const std::array<std::string, 16> pieces{
        "0",      "1",       "8", "18446744073709551615", "-1", "1e9", "[]", "{}", "[", "\"\"", "null",
        "\"U8\"", "\"F64\"", ",", "9223372036854775808",  "]"};
    const std::uint64_t changes = 1 + random.bounded(2);
    for (std::uint64_t i = 0; i < changes; ++i) {
        const std::size_t at = header.find_first_of("0123456789\"[]", random.bounded(header.size()));
        if (at == std::string::npos)
            continue;
        const std::size_t length =
            std::isdigit(static_cast<unsigned char>(header[at])) != 0 ? 1 : random.bounded(8);
        header.replace(at, length, pieces[random.bounded(pieces.size())]);
    }
    return fileOf(header, data);
}

} // namespace

void TestSafetensorsFuzz::survivesChangedBytes()
{
    const SampleTensors sample;
    const std::string whole = *safetensorsBytes(sample.views(), SampleTensors::metadata());
    QVERIFY(readAll(whole));
    RandomStream random(50, RandomPurpose::Test);
    int accepted = 0;
    for (int i = 0; i < kRounds; ++i)
        accepted += readAll(changedBytes(whole, random)) ? 1 : 0;
    QVERIFY2(accepted > kRounds / 100 && accepted < kRounds / 2, qPrintable(QString::number(accepted)));
}

void TestSafetensorsFuzz::survivesChangedHeaders()
{
    const SampleTensors sample;
    const std::string whole = *safetensorsBytes(sample.views(), SampleTensors::metadata());
    const std::size_t headerBytes =
        static_cast<unsigned char>(whole[0]) + 256U * static_cast<unsigned char>(whole[1]);
    const std::string header = whole.substr(8, headerBytes);
    const std::string data = whole.substr(8 + headerBytes);
    QVERIFY(readAll(fileOf(header, data)));
    RandomStream random(51, RandomPurpose::Test);
    int accepted = 0;
    for (int i = 0; i < kRounds / 4; ++i)
        accepted += readAll(changedHeader(header, data, random)) ? 1 : 0;
    QVERIFY2(accepted > 0 && accepted < kRounds / 8, qPrintable(QString::number(accepted)));
}

QTEST_GUILESS_MAIN(TestSafetensorsFuzz)
#include "tst_safetensors_fuzz.moc"
