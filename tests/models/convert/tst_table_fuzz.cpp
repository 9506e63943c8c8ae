// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "tests/models/convert/gzip_files.h"
#include "tests/models/convert/table_files.h"

#include <array>
#include <cmath>
#include <set>

using namespace ibidem;

namespace {

struct Seed
{
    const char *name;
    std::string bytes;
};

std::string matrixText(char delimiter)
{
    std::string text =
        "sample,label,g1,2-Sep,g3\n\"s,1\",a,1.5,-2,3e5\ns2,b,0,4,5\ns3,a,7,8,9.25\n\"s\"\"4\",b,1,2,3\n";
    for (char &c : text)
        c = c == ',' ? delimiter : c;
    return text;
}

std::vector<Seed> seeds()
{
    const std::string mlfCore =
        "Gene ID\tGene Name\t0_a\t1_b\t1_c\t0_d\nENSG1\tX\t1\t2\t3\t4\nENSG1\t\t5\t6\t7\t8.5\n";
    return {
        {"m.tsv", mlfCore},
        {"c.csv", matrixText(',')},
        {"s.csv", matrixText(';')},
        {"b.txt", "\"r1\" \"r2\"\n\"a\" 1 2\n\"b\" 3 4\n"},
        {"g.gct", "#1.2\t\t\n2\t2\t\nName\tDescription\ta\tb\nP1_at\tx\t1\t2\nP2_at\t\t3\t4\t\n"},
        {"h.gct", "#1.3\n1\t4\t1\t1\nid\tsymbol\ta\tb\tc\td\nclass\tna\tx\ty\tx\ty\nG\tS\t1\t2\t3\t4\n"},
        {"l.cls", "4 2 1\n# ALL AML\n0 0 1 1\n"},
        {"a.tsv",
         "sample_id\tp\tdisease\tsex\tage\na\tq\tX\tm\t50\nb\tr\tY\tm\t\nc\ts\tX\tf\t6\nd\tt\tY\tf\tNA\n"},
        {"z.tsv.gz", gzipped(mlfCore) + gzipped("ENSG3\tY\t1\t1\t1\t1\n")},
    };
}

constexpr std::array<std::string_view, 22> kPieces = {
    "\"",       "\"\"",   "\t",     ",",  ";",         "\n",      "\r",  "\r\n",
    " ",        "#1.2\n", "#1.3\n", "NA", "nan",       "1e999",   "0,5", "\xef\xbb\xbf",
    "\xc3\xa9", "\xff",   "-",      "_",  "999999999", "\x1f\x8b"};

Result<data::TableContainer> read(const char *name, const std::string &bytes)
{
    const convert::ReadLimits limits{1ULL << 30U};
    return convert::readTable(convert::ForeignFile::inMemory(name, bytes), data::TableOptions{}, {}, limits);
}

/// One to eight changes: a byte, a bit, a piece put in, cut out, doubled, or the end cut off.
std::string mutated(std::string bytes, RandomStream &random)
{
    const std::uint64_t changes = 1 + random.bounded(8);
    for (std::uint64_t i = 0; i < changes && !bytes.empty(); ++i) {
        const auto at = static_cast<std::size_t>(random.bounded(bytes.size()));
        const auto length = static_cast<std::size_t>(1 + random.bounded(12));
        switch (random.bounded(7)) {
        case 0:
            bytes[at] = static_cast<char>(random.bounded(256));
            break;
        case 1:
            bytes[at] = static_cast<char>(static_cast<unsigned>(bytes[at]) ^ (1U << random.bounded(8)));
            break;
        case 2:
            bytes.insert(at, kPieces[static_cast<std::size_t>(random.bounded(kPieces.size()))]);
            break;
        case 3:
            bytes.erase(at, length);
            break;
        case 4:
            bytes.insert(at, bytes.substr(at, length));
            break;
        case 5:
            bytes.resize(at);
            break;
        default:
            bytes[at] = static_cast<char>('0' + random.bounded(10));
            break;
        }
    }
    return bytes;
}

/// What must hold of every table that was accepted, whatever its file looked like.
bool isSound(const data::TableContainer &container)
{
    const data::ExpressionTable &table = container.table;
    const auto unique = [](const std::vector<std::string> &names) {
        return std::set<std::string>(names.begin(), names.end()).size() == names.size();
    };
    if (!unique(table.sampleIds) || !unique(table.geneIds) || container.summary.checks.empty())
        return false;
    if (container.summary.kind != "expression-table")
        return table.values.empty();
    for (const double value : table.values)
        if (!std::isfinite(value))
            return false;
    const bool labels = table.sampleLabels.empty() || table.sampleLabels.size() == table.sampleCount();
    return labels && !table.values.empty() && table.values.size() == table.sampleCount() * table.geneCount();
}

} // namespace

/// Mutations of small files of every format: an answer or an error with words, never a crash, never an
/// unsound table.
class TestTableFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheFilesThatItStartsFrom();
    void survivesMutations();
};

void TestTableFuzz::readsTheFilesThatItStartsFrom()
{
    for (const Seed &seed : seeds()) {
        IBIDEM_READS(table, read(seed.name, seed.bytes));
        QVERIFY2(isSound(*table), seed.name);
    }
}

void TestTableFuzz::survivesMutations()
{
    bool isNumber = false;
    const int given = qEnvironmentVariableIntValue("IBIDEM_FUZZ_ROUNDS", &isNumber);
    const std::uint32_t rounds = isNumber ? static_cast<std::uint32_t>(given) : 2500;
    const std::vector<Seed> start = seeds();
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        for (std::uint32_t i = 0; i < start.size(); ++i) {
            RandomStream random(2026, RandomPurpose::Test, round, i);
            const auto table = read(start[i].name, mutated(start[i].bytes, random));
            const std::string place = std::string(start[i].name) + " round " + std::to_string(round);
            QVERIFY2(table ? isSound(*table) : !table.error().message.empty(), place.c_str());
            QVERIFY2(table || table.error().code != ErrorCode::Internal, place.c_str());
            ++(table ? accepted : refused);
        }
    }
    // Mutations that are all refused, or all accepted, would test little.
    QVERIFY(accepted * 20 > rounds * start.size());
    QVERIFY(refused * 20 > rounds * start.size());
}

QTEST_GUILESS_MAIN(TestTableFuzz)
#include "tst_table_fuzz.moc"
