// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/text.h"

#include <QTest>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>

using namespace ibidem;

class TestText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWholeNumbersOnly();
    void refusesNumbersThatDoNotFit();
    void everyDoubleReadsBackFromDecimalAndHex();
    void hexIsWhatPrintfWrites();
    void hexRefusesWhatIsNoHexNumber();
    void shortestDecimalsAreShortest();
    void formatsForPeople();
    void hexOfBytesAndWords();
    void findsTheFirstInvalidUtf8_data();
    void findsTheFirstInvalidUtf8();
    void quotesWhatCannotBeShown();
    void splitsJoinsAndTrims();
};

namespace {

/// Any finite double: all exponents alike, so subnormals and huge numbers too.
double anyFinite(RandomStream &random)
{
    while (true) {
        const auto value = std::bit_cast<double>(random.next64());
        if (std::isfinite(value))
            return value;
    }
}

bool sameBits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

} // namespace

void TestText::readsWholeNumbersOnly()
{
    QCOMPARE(*parseDouble("1.5"), 1.5);
    QCOMPARE(*parseDouble("-1e-3"), -0.001);
    QCOMPARE(*parseInteger("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    QCOMPARE(*parseUnsigned("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    for (const std::string_view text :
         {"", " 1", "1 ", "+1", "1,5", "0x1", "1.5.", "1e", "--1", "1_000", "١"}) {
        QVERIFY2(!parseDouble(text), text.data());
        QVERIFY2(!parseInteger(text), text.data());
        QVERIFY2(!parseUnsigned(text), text.data());
    }
    QVERIFY(!parseUnsigned("-1"));
    QVERIFY(!parseInteger("1.0"));
}

void TestText::refusesNumbersThatDoNotFit()
{
    QVERIFY(!parseDouble("1e309"));
    QVERIFY(!parseInteger("9223372036854775808"));
    QVERIFY(!parseUnsigned("18446744073709551616"));
    QCOMPARE(*parseDouble("4.9e-324"), std::numeric_limits<double>::denorm_min());
    QCOMPARE(*parseDouble("1.7976931348623157e308"), std::numeric_limits<double>::max());
}

void TestText::everyDoubleReadsBackFromDecimalAndHex()
{
    RandomStream random(1, RandomPurpose::Test);
    for (int i = 0; i < 200'000; ++i) {
        const double value = anyFinite(random);
        QVERIFY(sameBits(*parseDouble(formatDouble(value)), value));
        QVERIFY(sameBits(*parseHexDouble(formatHexDouble(value)), value));
    }
    for (const double value :
         {0.0, -0.0, 1.0, std::numeric_limits<double>::denorm_min(), -std::numeric_limits<double>::max(),
          std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
        QVERIFY(sameBits(*parseDouble(formatDouble(value)), value));
        QVERIFY(sameBits(*parseHexDouble(formatHexDouble(value)), value));
    }
    QVERIFY(std::isnan(*parseHexDouble(formatHexDouble(std::nan("")))));
}

void TestText::hexIsWhatPrintfWrites()
{
    QVERIFY(formatHexDouble(3.0) == "0x1.8p+1");
    QVERIFY(formatHexDouble(-0.0) == "-0x0p+0");
    RandomStream random(2, RandomPurpose::Test);
    for (int i = 0; i < 50'000; ++i) {
        // Every other value subnormal.
        double value = anyFinite(random);
        if (i % 2 == 1)
            value = std::bit_cast<double>(random.next64() & 0x800FFFFFFFFFFFFFULL);
        std::array<char, 64> printed{};
        std::snprintf(printed.data(), printed.size(), "%a", value);
        const std::optional<double> readBack = parseHexDouble(printed.data());
        QVERIFY2(readBack && sameBits(*readBack, value), printed.data());
        QVERIFY2(formatHexDouble(value) == printed.data(), printed.data());
    }
    // Other C libraries put another first digit.
    QCOMPARE(*parseHexDouble("0xc.8p-3"), 1.5625);
    QVERIFY(!parseHexDouble("0X1p+0"));
}

void TestText::hexRefusesWhatIsNoHexNumber()
{
    for (const std::string_view text : {"", "0x", "1.8p+1", "0x-1p+0", "0xinf", "0xnan", "--0x1p+0",
                                        "+0x1p+0", "0x1p+0 ", "0x1.8p", "0x1p+99999"})
        QVERIFY2(!parseHexDouble(text), text.data());
}

void TestText::shortestDecimalsAreShortest()
{
    QVERIFY(formatDouble(0.1) == "0.1");
    QVERIFY(formatDouble(1e300) == "1e+300");
    QVERIFY(formatFloat(0.1F) == "0.1");
    QVERIFY(formatDouble(static_cast<double>(0.1F)) == "0.10000000149011612");
    QVERIFY(formatDouble(std::nan("")) == "nan");
    QVERIFY(formatDouble(-std::numeric_limits<double>::infinity()) == "-inf");
}

void TestText::formatsForPeople()
{
    QVERIFY(formatFixed(0.98765, 3) == "0.988");
    QVERIFY(formatFixed(-0.0001, 2) == "0.00");
    QVERIFY(formatFixed(-1.5, 1) == "-1.5");
    QVERIFY(formatFixed(1e308, 2).size() == 309 + 3);
    QVERIFY(formatFixed(std::numeric_limits<double>::infinity(), 2) == "inf");
    QVERIFY(formatBytes(0) == "0 B");
    QVERIFY(formatBytes(999) == "999 B");
    QVERIFY(formatBytes(3'812'345) == "3.8 MB");
    QVERIFY(formatBytes(999'999) == "1.0 MB");
    QVERIFY(formatBytes(std::numeric_limits<std::uint64_t>::max()) == "18.4 EB");
}

void TestText::hexOfBytesAndWords()
{
    QVERIFY(toHex(std::array<std::uint8_t, 3>{0x00, 0xAB, 0x10}) == "00ab10");
    QVERIFY(toHex(std::uint64_t{0xAB}) == "00000000000000ab");
    QCOMPARE(*parseHex64("00000000000000ab"), std::uint64_t{0xAB});
    for (const std::string_view text : {"", "0x1", "-1", "g", "10000000000000000"})
        QVERIFY2(!parseHex64(text), text.data());
}

void TestText::findsTheFirstInvalidUtf8_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("invalidAt");
    QTest::newRow("empty") << QByteArray() << -1;
    QTest::newRow("all lengths") << QByteArray("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") << -1;
    QTest::newRow("last code point") << QByteArray("\xF4\x8F\xBF\xBF") << -1;
    QTest::newRow("beyond it") << QByteArray("ab\xF4\x90\x80\x80") << 2;
    QTest::newRow("overlong two") << QByteArray("\xC0\x80") << 0;
    QTest::newRow("overlong three") << QByteArray("\xE0\x9F\xBF") << 0;
    QTest::newRow("overlong four") << QByteArray("\xF0\x8F\xBF\xBF") << 0;
    QTest::newRow("surrogate") << QByteArray("x\xED\xA0\x80") << 1;
    QTest::newRow("lone continuation") << QByteArray("abc\x80") << 3;
    QTest::newRow("cut short") << QByteArray("abc\xE2\x82") << 3;
    QTest::newRow("Latin-1") << QByteArray("caf\xE9 au lait") << 3;
    QTest::newRow("byte FF") << QByteArray("\xFF") << 0;
}

void TestText::findsTheFirstInvalidUtf8()
{
    QFETCH(QByteArray, text);
    QFETCH(int, invalidAt);
    const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
    QCOMPARE(isValidUtf8(view), invalidAt < 0);
    QCOMPARE(firstInvalidUtf8(view),
             invalidAt < 0 ? std::string_view::npos : static_cast<std::size_t>(invalidAt));
}

void TestText::quotesWhatCannotBeShown()
{
    QVERIFY(quoted(std::string_view("gene")) == "'gene'");
    QVERIFY(quoted(std::string_view("a\tb\x1B[0m\xFF\x7F")) == "'a\\x09b\\x1b[0m\\xff\\x7f'");
    QVERIFY(quoted(std::string_view("h\xC3\xA9"), 3) == "'h\xC3\xA9'");
    QVERIFY2(quoted(std::string_view("h\xC3\xA9"), 2) == "'h…'", "characters are not cut in two");
    QVERIFY(quoted(std::string_view()) == "''");
    QVERIFY(isValidUtf8(quoted(std::string_view("\xC3"), 1)));
}

void TestText::splitsJoinsAndTrims()
{
    QVERIFY((split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"}));
    QVERIFY((split("", ',') == std::vector<std::string_view>{""}));
    QVERIFY((split(",", ',') == std::vector<std::string_view>{"", ""}));
    const std::array<std::string, 3> parts{"a", "", "b"};
    QVERIFY(join(parts, ", ") == "a, , b");
    QVERIFY(join({}, ", ").empty());
    QVERIFY(trimmed(" \t a b\r\n") == "a b");
    QVERIFY(trimmed(" \n").empty());
}

QTEST_GUILESS_MAIN(TestText)
#include "tst_text.moc"
