// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "tests/models/convert/gzip_files.h"
#include "tests/models/convert/mtx_files.h"

#include <QTest>

#include <array>

using namespace ibidem;

namespace {

constexpr std::array<std::string_view, 20> kPieces = {
    "\n",         "\r\n",   " ",       "\t",        "%",        "0",
    "1",          "-1",     "1.5",     "1e99",      "nan",      "99999999999999999999",
    "4294967297", "real",   "pattern", "symmetric", "\x1f\x8b", "\xff",
    "\n1 1 1\n",  "general"};

std::string mutated(std::string bytes, RandomStream &random)
{
    const std::uint64_t changes = 1 + random.bounded(4);
    for (std::uint64_t i = 0; i < changes && !bytes.empty(); ++i) {
        const auto at = static_cast<std::size_t>(random.bounded(bytes.size()));
        const auto length = static_cast<std::size_t>(1 + random.bounded(8));
        switch (random.bounded(6)) {
        case 0:
            bytes[at] = static_cast<char>(static_cast<unsigned>(bytes[at]) ^ (1U << random.bounded(8)));
            break;
        case 1:
            bytes.insert(at, kPieces[static_cast<std::size_t>(random.bounded(kPieces.size()))]);
            break;
        case 2:
            bytes.erase(at, length);
            break;
        case 3:
            bytes.insert(at, bytes.substr(at, length));
            break;
        case 4:
            bytes.resize(at);
            break;
        default:
            bytes[at] = static_cast<char>('0' + random.bounded(10));
            break;
        }
    }
    return bytes;
}

/// What must hold of every matrix that was accepted, whatever its files looked like.
bool isSound(const data::MatrixContainer &container)
{
    const data::CountMatrix &matrix = container.matrix;
    return data::flawOf(matrix.rows.view()).empty() &&
           matrix.rows.view().rowCount() == matrix.cellIds.size() &&
           matrix.rows.columnCount == matrix.geneIds.size() && !matrix.cellIds.empty() &&
           !matrix.geneIds.empty() && container.summary.digest == data::contentDigest(matrix);
}

/// The file that round `round` damages; each third round all are compressed after that, each fourth before.
MtxContent damaged(std::uint32_t round, RandomStream &random)
{
    constexpr std::array<const char *, 5> kNames = {"matrix.mtx", "matrix.mtx", "matrix.mtx", "barcodes.tsv",
                                                    "features.tsv"};
    MtxContent content = smallMtx();
    std::string &bytes = content[kNames[static_cast<std::size_t>(random.bounded(kNames.size()))]];
    if (round % 4 == 0)
        bytes = gzipped(bytes);
    bytes = mutated(bytes, random);
    if (round % 3 == 0)
        bytes = gzipped(bytes);
    return content;
}

} // namespace

/// Mutations of a small 10x folder: an answer or an error with words, never a crash, never an unsound matrix.
class TestMtxFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesMutations();
};

void TestMtxFuzz::survivesMutations()
{
    bool isNumber = false;
    const int given = qEnvironmentVariableIntValue("IBIDEM_FUZZ_ROUNDS", &isNumber);
    const std::uint32_t rounds = isNumber ? static_cast<std::uint32_t>(given) : 3000;
    const MtxFolder folder(smallMtx());
    QVERIFY(isSound(*folder.read()));
    std::uint32_t accepted = 0;
    std::uint32_t refused = 0;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        RandomStream random(2026, RandomPurpose::Test, round);
        folder.write(damaged(round, random));
        const auto matrix = folder.read();
        const std::string place = "round " + std::to_string(round);
        QVERIFY2(matrix ? isSound(*matrix) : !matrix.error().message.empty(), place.c_str());
        QVERIFY2(matrix || matrix.error().code != ErrorCode::Internal, place.c_str());
        ++(matrix ? accepted : refused);
    }
    // Mutations that are all refused, or all accepted, would test little.
    QVERIFY(accepted * 20 > rounds);
    QVERIFY(refused * 20 > rounds);
}

QTEST_GUILESS_MAIN(TestMtxFuzz)
#include "tst_mtx_fuzz.moc"
