// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/base/sha256.h"
#include "models/base/sha256_portable.h"
#include "models/base/text.h"

#include <QTemporaryDir>
#include <QTest>

using namespace ibidem;

class TestSha256 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void publishedVectors_data();
    void publishedVectors();
    void aMillionTimesA();
    void bothImplementationsAgreeOnAllLengths();
    void piecesDoNotMatter();
    void oneBitMatters();
    void framesKeepTextsApart();
    void integersAreLittleEndian();
    void digestsFiles();
    void filesThatAreNotThereAreMissing();
};

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::string portableHex(std::string_view text)
{
    PortableSha256 hash;
    hash.update(bytesOf(text));
    return toHex(hash.finish());
}

std::string randomText(RandomStream &random, std::size_t length)
{
    std::string text;
    for (std::size_t i = 0; i < length; ++i)
        text += static_cast<char>(static_cast<unsigned char>(random.bounded(256)));
    return text;
}

} // namespace

void TestSha256::publishedVectors_data()
{
    // FIPS 180 examples, and NIST's short messages of whole bytes.
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("digest");
    QTest::newRow("empty") << QByteArray()
                           << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    QTest::newRow("abc") << QByteArray("abc")
                         << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("two blocks") << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                                << QByteArray(
                                       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("112 bytes") << QByteArray("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmn"
                                             "oijklmnopjklmnopqklmnopqrlmnopqrs"
                                             "mnopqrstnopqrstu")
                               << QByteArray(
                                      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    QTest::newRow("one byte") << QByteArray("\xbd", 1)
                              << QByteArray(
                                     "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
    QTest::newRow("four bytes") << QByteArray("\xc9\x8c\x8e\x55", 4)
                                << QByteArray(
                                       "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504");
    QTest::newRow("55 zeros") << QByteArray(55, '\0')
                              << QByteArray(
                                     "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
    QTest::newRow("56 zeros") << QByteArray(56, '\0')
                              << QByteArray(
                                     "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
    QTest::newRow("64 zeros") << QByteArray(64, '\0')
                              << QByteArray(
                                     "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
}

void TestSha256::publishedVectors()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, digest);
    const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
    QCOMPARE(QByteArray::fromStdString(sha256Hex(view)), digest);
    QCOMPARE(QByteArray::fromStdString(portableHex(view)), digest);
}

void TestSha256::aMillionTimesA()
{
    const std::string text(1'000'000, 'a');
    const std::string digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    QVERIFY(sha256Hex(text) == digest);
    QVERIFY(portableHex(text) == digest);
}

void TestSha256::bothImplementationsAgreeOnAllLengths()
{
    RandomStream random(20, RandomPurpose::Test);
    for (std::size_t length = 0; length < 300; ++length) {
        const std::string text = randomText(random, length);
        QVERIFY(sha256Hex(text) == portableHex(text));
    }
}

void TestSha256::piecesDoNotMatter()
{
    RandomStream random(21, RandomPurpose::Test);
    const std::string text = randomText(random, 5000);
    for (int i = 0; i < 200; ++i) {
        Sha256 hash;
        PortableSha256 portable;
        for (std::size_t at = 0; at < text.size();) {
            const std::string_view piece = std::string_view(text).substr(at, random.bounded(200));
            hash.update(piece);
            portable.update(bytesOf(piece));
            at += piece.size();
        }
        QVERIFY(hash.finishHex() == sha256Hex(text));
        QVERIFY(toHex(portable.finish()) == sha256Hex(text));
    }
}

void TestSha256::oneBitMatters()
{
    std::string text(100, 'x');
    const std::string before = sha256Hex(text);
    text[57] = static_cast<char>(text[57] ^ 1);
    QVERIFY(sha256Hex(text) != before);
}

void TestSha256::framesKeepTextsApart()
{
    const auto framed = [](std::string_view a, std::string_view b) {
        Sha256 hash;
        hash.updateFramed(a);
        hash.updateFramed(b);
        return hash.finishHex();
    };
    QVERIFY(framed("ab", "c") != framed("a", "bc"));
    QVERIFY(framed("", "abc") != framed("abc", ""));
    QVERIFY(framed("ab", "c") == sha256Hex(std::string("\2\0\0\0\0\0\0\0ab\1\0\0\0\0\0\0\0c", 19)));
}

void TestSha256::integersAreLittleEndian()
{
    Sha256 hash;
    hash.updateInteger(0x0807060504030201ULL);
    QVERIFY(hash.finishHex() == sha256Hex(std::string_view("\1\2\3\4\5\6\7\10")));
}

void TestSha256::digestsFiles()
{
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("data").toStdString();
    // More than two of the blocks in which files are read, and not a whole number of them.
    const std::string text(2'500'001, 'q');
    QVERIFY(writeFileAtomically(path, text));
    const auto digest = sha256File(path);
    QVERIFY(digest);
    QCOMPARE(digest->bytes, std::uint64_t{text.size()});
    QVERIFY(digest->sha256 == sha256Hex(text));
    QVERIFY(writeFileAtomically(path, ""));
    QVERIFY(sha256File(path)->sha256 == sha256Hex(std::string_view()));
}

void TestSha256::filesThatAreNotThereAreMissing()
{
    const QTemporaryDir folder;
    QVERIFY(sha256File(folder.filePath("none").toStdString()).error().code == ErrorCode::InputMissing);
    QVERIFY(sha256File(folder.path().toStdString()).error().code == ErrorCode::InputMissing);
}

QTEST_GUILESS_MAIN(TestSha256)
#include "tst_sha256.moc"
