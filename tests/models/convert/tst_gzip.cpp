// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/gzip.h"
#include "tests/models/convert/gzip_files.h"
#include "tests/models/convert/table_files.h"

using namespace ibidem;
using namespace ibidem::convert;

namespace {

constexpr std::uint64_t kLimit = 1ULL << 28U;

Result<std::string> inflated(const std::string &bytes, std::uint64_t limit = kLimit)
{
    return gunzip(bytes, limit, {}, "file.gz");
}

std::string sampleText()
{
    std::string text = "gene\ts1\ts2\n";
    for (int i = 0; i < 150; ++i)
        text += "g" + std::to_string(i) + "\t" + std::to_string(i * 7919 % 1009) + "\t" +
                std::to_string(i * 31) + "\n";
    return text;
}

} // namespace

class TestGzip : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inflatesOneMemberAndSeveral();
    void refusesEveryCut();
    void refusesWrongCrcAndLength();
    void findsEveryFlippedBit();
    void refusesOtherBytesAtTheEnd();
    void refusesABomb();
    void staysUnderTheLimit();
    void stopsOnRequest();
};

void TestGzip::inflatesOneMemberAndSeveral()
{
    QCOMPARE(*inflated(gzipped("abc")), std::string("abc"));
    QCOMPARE(*inflated(gzipped("abc") + gzipped("") + gzipped("def")), std::string("abcdef"));
    QCOMPARE(*inflated(gzipped("abc") + std::string(512, '\0')), std::string("abc"));
    const std::string large(3'000'000, 'x');
    QCOMPARE(*inflated(gzipped(large.substr(0, 100) + sampleText())), large.substr(0, 100) + sampleText());
}

void TestGzip::refusesEveryCut()
{
    const std::string whole = gzipped(sampleText());
    for (std::size_t i = 0; i < 50; ++i) {
        const std::string part = whole.substr(0, 3 + i * (whole.size() - 4) / 50);
        const auto result = inflated(part);
        QVERIFY2(!result, std::to_string(part.size()).c_str());
        QCOMPARE(result.error().code, ErrorCode::BadData);
        QVERIFY(contains(result.error().message, "cut off"));
    }
}

void TestGzip::refusesWrongCrcAndLength()
{
    std::string wrongCrc = gzipped(sampleText());
    wrongCrc[wrongCrc.size() - 6] = static_cast<char>(wrongCrc[wrongCrc.size() - 6] ^ 1);
    QVERIFY(!inflated(wrongCrc));
    std::string wrongLength = gzipped(sampleText());
    wrongLength[wrongLength.size() - 1] = static_cast<char>(wrongLength[wrongLength.size() - 1] ^ 1);
    QVERIFY(!inflated(wrongLength));
}

void TestGzip::findsEveryFlippedBit()
{
    // Bytes 4 to 9 of the header (time, flags of the compressor, system) are not part of the content.
    const std::string text = sampleText();
    const std::string whole = gzipped(text);
    for (std::size_t bit = 80; bit < whole.size() * 8; ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const auto result = inflated(damaged);
        QVERIFY2(!result || *result == text, std::to_string(bit).c_str());
    }
}

void TestGzip::refusesOtherBytesAtTheEnd()
{
    const auto result = inflated(gzipped("abc") + "tail");
    QVERIFY(!result);
    QVERIFY(contains(result.error().message, "after the end"));
    QVERIFY(!inflated(gzipped("abc") + "\x1f\x8b"));
}

void TestGzip::refusesABomb()
{
    const std::string bomb = gzipped(std::string(80U << 20U, '0'));
    const auto result = inflated(bomb, 1ULL << 32U);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::BadData);
    QVERIFY(contains(result.error().message, "decompression bomb"));
}

void TestGzip::staysUnderTheLimit()
{
    const std::string text = sampleText();
    QVERIFY(inflated(gzipped(text), text.size()).has_value());
    const auto result = inflated(gzipped(text), text.size() - 1);
    QVERIFY(!result);
    QVERIFY(contains(result.error().message, "larger than the memory"));
}

void TestGzip::stopsOnRequest()
{
    std::stop_source source;
    source.request_stop();
    const auto result = gunzip(gzipped("abc"), kLimit, RunToken(source.get_token()), "file.gz");
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Stopped);
}

QTEST_GUILESS_MAIN(TestGzip)
#include "tst_gzip.moc"
