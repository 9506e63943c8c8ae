// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"
#include "models/base/philox.h"

#include <QTest>

#include <array>

using namespace ibidem;

class TestJsonFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesChangedDocuments();
    void survivesRandomTokens();
};

namespace {

constexpr int kRounds = 100'000;

const std::string kDocument = R"({"metrics": [0.5, -1e-7, 3, null, true], "name": "h\u00e9llo \ud83d\ude00",
  "nested": {"a": [[], {}, [{"deep": "\\\n"}]], "empty": ""}, "big": 18446744073709551615})";

/// Whatever was read must print, and the print must be a fixed point. Returns whether the text was accepted.
bool checkOutcome(const std::string &text)
{
    const auto value = parseJson(text);
    if (!value) {
        if (value.error().code != ErrorCode::BadData || !value.error().message.starts_with("line "))
            qFatal("an error without a place");
        return false;
    }
    const auto printed = canonicalJson(*value);
    if (!printed)
        qFatal("what was read cannot be printed");
    const auto again = parseJson(*printed);
    if (!again || *canonicalJson(*again) != *printed)
        qFatal("the canonical text is no fixed point");
    return true;
}

std::string changed(std::string text, RandomStream &random)
{
    const std::uint64_t changes = 1 + random.bounded(4);
    for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
        const std::size_t at = random.bounded(text.size());
        const auto byte = static_cast<char>(static_cast<unsigned char>(random.bounded(256)));
        switch (random.bounded(4)) {
        case 0:
            text[at] = byte;
            break;
        case 1:
            text.insert(at, 1, byte);
            break;
        case 2:
            text.erase(at, 1 + random.bounded(5));
            break;
        default:
            text.insert(at, text.substr(random.bounded(text.size()), random.bounded(20)));
        }
    }
    return text;
}

} // namespace

void TestJsonFuzz::survivesChangedDocuments()
{
    QVERIFY(checkOutcome(kDocument));
    RandomStream random(10, RandomPurpose::Test);
    int accepted = 0;
    for (int i = 0; i < kRounds; ++i)
        accepted += checkOutcome(changed(kDocument, random)) ? 1 : 0;
    QVERIFY2(accepted > kRounds / 100 && accepted < kRounds, "the changes reach both outcomes");
}

void TestJsonFuzz::survivesRandomTokens()
{
    const std::array<std::string, 18> tokens{"{", "}", "[", "]", ",", ":",    "\"a\"", "\"b\"",     "1",
                                             "-", "0", ".", "e", " ", "true", "null",  "\"\\ud800", "\""};
    RandomStream random(11, RandomPurpose::Test);
    int accepted = 0;
    for (int i = 0; i < kRounds; ++i) {
        std::string text;
        const std::uint64_t length = random.bounded(9);
        for (std::uint64_t j = 0; j < length; ++j)
            text += tokens[random.bounded(tokens.size())];
        accepted += checkOutcome(text) ? 1 : 0;
    }
    QVERIFY2(accepted > kRounds / 1000 && accepted < kRounds, "the tokens reach both outcomes");
}

QTEST_GUILESS_MAIN(TestJsonFuzz)
#include "tst_json_fuzz.moc"
