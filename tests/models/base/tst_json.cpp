// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"
#include "models/base/philox.h"
#include "models/base/sha256.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <limits>

using namespace ibidem;

class TestJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void canonicalTextIsFixed();
    void compactTextHasNoBlanks();
    void orderOfInsertionDoesNotMatter();
    void everyDoubleSurvives();
    void wholeDoublesPrintAsIntegers();
    void refusesToWriteWhatHasNoForm();
    void readsWhatIsJson();
    void refuses_data();
    void refuses();
    void depthIsLimitedBothWays();
    void namesTheFile();
    void findsMembersByPath();
    void namesMembersThatAreMissingOrWrong();
    void integersAreTheSameBeforeAndAfterWriting();
    void digestIsThatOfTheText();
};

void TestJson::canonicalTextIsFixed()
{
    const Json value = {
        {"z", nullptr},        {"a", {1, -2, 0.5, true, "x"}}, {"nested", {{"k", Json::array()}}},
        {"e", Json::object()}, {"rows", {{1, 2}, {3}}},        {"A", "\"\\\x01\n\xC3\xA9/"}};
    const std::string expected = R"({
  "A": "\"\\\u0001\n\xC3\xA9/",
  "a": [1, -2, 0.5, true, "x"],
  "e": {},
  "nested": {
    "k": []
  },
  "rows": [
    [1, 2],
    [3]
  ],
  "z": null
}
)";
    std::string wanted = expected;
    wanted.replace(wanted.find("\\xC3\\xA9"), 8, "\xC3\xA9");
    QCOMPARE(QByteArray::fromStdString(*canonicalJson(value)), QByteArray::fromStdString(wanted));
}

void TestJson::compactTextHasNoBlanks()
{
    const Json value = {{"b", {1, 2, Json::object()}}, {"a", "x y"}};
    QVERIFY(*compactJson(value) == R"({"a":"x y","b":[1,2,{}]})");
    QVERIFY(*compactJson(Json(3)) == "3");
}

void TestJson::orderOfInsertionDoesNotMatter()
{
    Json first;
    Json second;
    for (int i = 0; i < 100; ++i) {
        first[std::to_string(i)] = i;
        second[std::to_string(99 - i)] = 99 - i;
    }
    QVERIFY(*jsonDigest(first) == *jsonDigest(second));
    second["7"] = 8;
    QVERIFY(*jsonDigest(first) != *jsonDigest(second));
}

void TestJson::everyDoubleSurvives()
{
    RandomStream random(3, RandomPurpose::Test);
    for (int i = 0; i < 100'000; ++i) {
        const auto value = std::bit_cast<double>(random.next64());
        if (!std::isfinite(value))
            continue;
        const Json readBack = *parseJson(*compactJson(Json(value)));
        QVERIFY(std::bit_cast<std::uint64_t>(readBack.get<double>()) == std::bit_cast<std::uint64_t>(value));
    }
}

void TestJson::wholeDoublesPrintAsIntegers()
{
    const auto text = [](double value) { return *compactJson(Json(value)); };
    QVERIFY(text(3.0) == "3");
    QVERIFY(text(-3.0) == "-3");
    QVERIFY(text(0.0) == "0");
    QVERIFY(text(-0.0) == "-0.0");
    QVERIFY(text(0x1p60) == "1152921504606846976");
    QVERIFY(text(0x1p64) == "1.8446744073709552e+19");
    for (const double value : {0x1p53, 0x1p62, 0x1p63, -0x1p63, 0x1p64, 1e22, 1e23, 123456789012345680000.0})
        QVERIFY(parseJson(text(value))->get<double>() == value);
}

void TestJson::refusesToWriteWhatHasNoForm()
{
    for (const Json &value : {Json(std::nan("")), Json(std::numeric_limits<double>::infinity()), Json("\xFF"),
                              Json{{"\xC3", 1}}, Json::binary({1, 2})}) {
        const auto text = canonicalJson(Json{{"inner", value}});
        QVERIFY(!text);
        QVERIFY(text.error().code == ErrorCode::Internal);
    }
}

void TestJson::readsWhatIsJson()
{
    const Json value = *parseJson("\t{\"a\" : [ 1 , -2 , 3.5e-1, true, false, null, \"\" ] "
                                  ",\r\n\"u\":\"\\u00e9\\ud83d\\ude00\\/\\t\\u0000\"} ");
    QVERIFY(value.at("a") == Json({1, -2, 0.35, true, false, nullptr, ""}));
    QVERIFY(value.at("u").get<std::string>() == std::string("\xC3\xA9\xF0\x9F\x98\x80/\t\0", 9));
    QVERIFY(parseJson("18446744073709551615")->get<std::uint64_t>() ==
            std::numeric_limits<std::uint64_t>::max());
    QVERIFY(std::signbit(parseJson("-0")->get<double>()));
}

void TestJson::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const char *text, const char *message) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(message);
    };
    row("nothing", "", "line 1, column 1: a value is expected");
    row("blanks", " \n ", "line 2, column 2: a value is expected");
    row("two values", "1 2", "line 1, column 3: the value has ended");
    row("comment", "{} // x", "the value has ended");
    row("trailing comma in array", "[1,]", "line 1, column 4: a value is expected");
    row("trailing comma in object", "{\"a\":1,}", "a key in double quotes is expected");
    row("single quotes", "{'a':1}", "a key in double quotes is expected");
    row("no colon", "{\"a\" 1}", "':' is expected after the key 'a'");
    row("no comma", "[1 2]", "',' or ']' is expected");
    row("duplicate keys", "{\"a\":1,\n \"a\":2}", "line 2, column 2: the key 'a' occurs twice");
    row("duplicate keys by escape", "{\"a\":1,\"\\u0061\":2}", "the key 'a' occurs twice");
    row("nan", "[NaN]", "a value is expected, found 'NaN]'");
    row("infinity", "-Infinity", "a value is expected");
    row("plus", "+1", "a value is expected");
    row("leading zero", "01", "the value has ended");
    row("bare point", "1.", "a digit is expected after the point");
    row("bare exponent", "1e+", "a digit is expected in the exponent");
    row("hexadecimal", "0x10", "the value has ended");
    row("huge integer", "18446744073709551616", "does not fit a 64-bit integer");
    row("huge negative integer", "-9223372036854775809", "does not fit a 64-bit integer");
    row("huge double", "1e999", "does not fit a double");
    row("tiny double", "1e-999", "does not fit a double");
    row("half word", "tru", "a value is expected, found 'tru'");
    row("open string", "[\"abc", "line 1, column 2: a string has no closing quote");
    row("open array", "[1", "',' or ']' is expected after an element, found the end");
    row("control character", "\"a\tb\"", "a control character stands in a string");
    row("unknown escape", "\"\\x41\"", "an unknown escape");
    row("half escape", "\"\\u12\"", "four hexadecimal digits");
    row("high surrogate alone", "\"\\ud800x\"", "half of a surrogate pair");
    row("low surrogate alone", "\"\\udc00\"", "half of a surrogate pair");
    row("two high surrogates", "\"\\ud800\\ud800\"", "half of a surrogate pair");
    row("byte order mark", "\xEF\xBB\xBF{}", "byte order mark");
    row("not UTF-8", "[\"\xC3\xA9\", \"\xFF\"]", "line 1, column 8: the text is not valid UTF-8");
}

void TestJson::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const auto value = parseJson({text.constData(), static_cast<std::size_t>(text.size())});
    QVERIFY(!value);
    QVERIFY(value.error().code == ErrorCode::BadData);
    const QByteArray said = QByteArray::fromStdString(value.error().message);
    QVERIFY2(said.startsWith("line ") && said.contains(message), said.constData());
}

void TestJson::depthIsLimitedBothWays()
{
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    const auto deepest = parseJson(nested(64));
    QVERIFY(deepest);
    QVERIFY(canonicalJson(*deepest));
    QVERIFY(*compactJson(*deepest) == nested(64));
    QVERIFY(!parseJson(nested(65)));
    QVERIFY(!parseJson(std::string(1'000'000, '[')));
    QVERIFY(!canonicalJson(Json::array({*deepest})));
}

void TestJson::namesTheFile()
{
    QVERIFY(parseJson("{", "spec.json").error().path == "spec.json");
}

void TestJson::findsMembersByPath()
{
    const Json value = {{"spec", {{"model", {{"rounds", 7}}}, {"a.b", true}}}, {"x.y", "dotted"}};
    QCOMPARE(*integerAt(value, "spec.model.rounds"), std::int64_t{7});
    QVERIFY(*boolAt(value, "spec.a.b"));
    QVERIFY(*stringAt(value, "x.y") == "dotted");
    QCOMPARE(*numberAt(value, "spec.model.rounds"), 7.0);
    QVERIFY(findAt(value, "spec.model") != nullptr);
    for (const std::string_view at : {"spec.none", "spec.model.rounds.deeper", "", ".", "spec."})
        QVERIFY(findAt(value, at) == nullptr);
    QVERIFY(findAt(Json(3), "a") == nullptr);
}

void TestJson::namesMembersThatAreMissingOrWrong()
{
    const Json value = {{"a", {{"b", "text"}}}};
    const auto missing = integerAt(value, "a.c");
    QVERIFY(missing.error().code == ErrorCode::BadData);
    QVERIFY(missing.error().message == "the member 'a.c' is missing");
    QVERIFY(integerAt(value, "a.b").error().message ==
            "the member 'a.b' is string, but a 64-bit integer is expected");
    QVERIFY(!boolAt(value, "a.b"));
    QVERIFY(!numberAt(value, "a.b"));
    QVERIFY(!stringAt(value, "a"));
}

void TestJson::integersAreTheSameBeforeAndAfterWriting()
{
    const Json value = {{"whole", 3.0}, {"half", 3.5}, {"large", std::numeric_limits<std::uint64_t>::max()}};
    const Json readBack = *parseJson(*canonicalJson(value));
    for (const Json &either : {value, readBack}) {
        QCOMPARE(*integerAt(either, "whole"), std::int64_t{3});
        QVERIFY(!integerAt(either, "half"));
        QVERIFY(!integerAt(either, "large"));
    }
    QVERIFY(*canonicalJson(readBack) == *canonicalJson(value));
}

void TestJson::digestIsThatOfTheText()
{
    const Json value = {{"a", 1}};
    QVERIFY(*jsonDigest(value) == sha256Hex(std::string_view("{\n  \"a\": 1\n}\n")));
}

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
