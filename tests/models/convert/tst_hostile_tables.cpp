// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "tests/models/convert/gzip_files.h"
#include "tests/models/convert/table_files.h"

#include <QElapsedTimer>

#include <sys/stat.h>

using namespace ibidem;
using data::CheckState;
using data::TableOptions;

namespace {

constexpr ErrorCode kBad = ErrorCode::BadData;

std::string utf16(std::string_view text, bool bigEndian)
{
    std::string bytes;
    for (const char c : text) {
        if (bigEndian)
            bytes += '\0';
        bytes += c;
        if (!bigEndian)
            bytes += '\0';
    }
    return bytes;
}

} // namespace

/// Files that are damaged, hostile or merely odd: each has one right answer.
class TestHostileTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesOtherEncodings();
    void readsByteOrderMarkAndCrLf();
    void refusesMissingAndEmptyFiles();
    void refusesWhatIsNoRegularFile();
    void namesForeignFormats();
    void readsQuotedNewlines();
    void refusesBrokenQuotes();
    void refusesRaggedRows();
    void refusesDecimalCommas();
    void refusesValuesThatAreNotFinite_data();
    void refusesValuesThatAreNotFinite();
    void refusesDuplicateSamples();
    void refusesMissingNames();
    void refusesTablesWithoutRowsOrColumns();
    void refusesTablesWithoutHeader();
    void refusesWrongGctCounts();
    void refusesWrongCls();
    void refusesBrokenGzip();
    void readsAMillionColumns();
    void survivesVeryLongLines();
    void refusesWhatNeedsTooMuchMemory();
    void stopsOnRequest();
};

void TestHostileTables::refusesOtherEncodings()
{
    const TableFiles files;
    const std::string text = "gene\ts1\ts2\nA\t1\t2\n";
    IBIDEM_REFUSES(files.read("a.tsv", "\xff\xfe" + utf16(text, false)), kBad, "UTF-16");
    IBIDEM_REFUSES(files.read("a.tsv", "\xfe\xff" + utf16(text, true)), kBad, "UTF-16");
    IBIDEM_REFUSES(files.read("a.tsv", utf16(text, false)), kBad, "UTF-16");
    IBIDEM_REFUSES(files.read("a.tsv", utf16(text, true)), kBad, "UTF-16");
    IBIDEM_REFUSES(files.read("a.tsv", std::string("\xff\xfe\0\0g\0\0\0", 8)), kBad, "UTF-32");
    IBIDEM_REFUSES(files.read("a.tsv", "gene\ts1\nM\xfcller\t1\n"), kBad,
                   "0xfc at byte 9 (line 2, byte 2 of it)");
    IBIDEM_REFUSES(files.read("a.tsv", "gene\ts1\nM\xfcller\t1\n"), kBad, "Latin-1");
    IBIDEM_REFUSES(files.read("a.tsv", "gene\ts1\nA\t1\xc3"), kBad, "not UTF-8");
    IBIDEM_REFUSES(files.read("a.tsv", text + std::string(1, '\0')), kBad, "NUL byte at byte 17 (line 3");
    IBIDEM_REFUSES(files.read("a.tsv", std::string(4096, '\0')), kBad, "binary");
    IBIDEM_READS(umlaut, files.read("a.tsv", "gene\ts1\nM\xc3\xbcller\t1\n"));
    QCOMPARE(umlaut->table.geneIds.front(), std::string("M\xc3\xbcller"));
}

void TestHostileTables::readsByteOrderMarkAndCrLf()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("a.tsv", "\xef\xbb\xbfgene\ts1\r\nA\t1\r\nB\t2\r\n"));
    QCOMPARE(table->table.sampleIds, std::vector<std::string>{"s1"});
    QVERIFY(contains(checkOf(*table, "encoding").message, "byte order mark"));
}

void TestHostileTables::refusesMissingAndEmptyFiles()
{
    const TableFiles files;
    IBIDEM_REFUSES(convert::readTable(files.path("none.tsv"), TableOptions{}), ErrorCode::InputMissing,
                   "no such file");
    IBIDEM_REFUSES(convert::readTable(files.path(""), TableOptions{}), ErrorCode::InputMissing,
                   "is a folder");
    for (const char *name : {"a.tsv", "a.gct", "a.cls", "a.csv.gz", "a.nii"})
        IBIDEM_REFUSES(files.read(name, ""), kBad, "empty (0 bytes)");
    for (const char *text : {"\n", "\r\n\r\n", "  \n\t\n", "\xef\xbb\xbf"})
        IBIDEM_REFUSES(files.read("a.csv", text), kBad, "nothing but blanks");
    IBIDEM_REFUSES(files.read("a.csv", ",,,\n,,\n"), kBad, "only one column");
    IBIDEM_REFUSES(files.read("a.csv.gz", gzipped("")), kBad, "empty");
}

void TestHostileTables::refusesWhatIsNoRegularFile()
{
    const TableFiles files;
    const std::filesystem::path pipe = files.path("pipe.tsv");
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    IBIDEM_REFUSES(convert::readTable(pipe, TableOptions{}), ErrorCode::InputMissing, "not a regular file");
    IBIDEM_REFUSES(convert::readTable("/dev/zero", TableOptions{}), ErrorCode::InputMissing,
                   "not a regular file");
}

void TestHostileTables::namesForeignFormats()
{
    const TableFiles files;
    constexpr ErrorCode unavailable = ErrorCode::Unavailable;
    const std::string hdf5("\x89HDF\r\n\x1a\n", 8);
    IBIDEM_REFUSES(files.read("a.tsv", hdf5 + "x"), unavailable, "HDF5 files are not supported yet");
    IBIDEM_REFUSES(files.read("a.tsv", std::string(1024, 'u') + hdf5), unavailable, "HDF5");
    IBIDEM_REFUSES(files.read("a.tsv", std::string(128, '\0') + "DICM"), unavailable, "DICOM");
    IBIDEM_REFUSES(files.read("a.tsv.gz", gzipped(std::string(128, '\0') + "DICM")), unavailable, "DICOM");
    IBIDEM_REFUSES(files.read("a.tsv", std::string(344, '\0') + std::string("n+1\0", 4)), unavailable,
                   "NIfTI");
    IBIDEM_REFUSES(files.read("a.nii.gz", gzipped("text")), unavailable, "NIfTI");
    IBIDEM_REFUSES(files.read("a", "NRRD0004\ntype: short\n"), unavailable, "NRRD");
    IBIDEM_REFUSES(files.read("a", "%%MatrixMarket matrix coordinate integer general\n"), unavailable,
                   "Matrix Market");
    IBIDEM_REFUSES(files.read("a.xlsx", "PK\x03\x04rest"), unavailable, "Excel");
    IBIDEM_REFUSES(files.read("a.npz", "PK\x03\x04rest"), unavailable, "ZIP");
}

void TestHostileTables::readsQuotedNewlines()
{
    const TableFiles files;
    TableOptions options;
    options.orientation = "genes-in-rows";
    IBIDEM_READS(table, files.read("a.csv", "\"ge\nne\",\"s,1\",s2\n\"A\r\nB\",1,\"2\"\n", options));
    QCOMPARE(table->table.sampleIds.front(), std::string("s,1"));
    QCOMPARE(table->table.geneIds.front(), std::string("A\r\nB"));
    QCOMPARE(table->table.values, (std::vector<double>{1, 2}));
}

void TestHostileTables::refusesBrokenQuotes()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.csv", "gene,s1\nA,1\n\"B,2\nC,3\n"), kBad,
                   "row 3, column 1: the quote is never closed");
    IBIDEM_REFUSES(files.read("a.csv", "gene,s1\nA,\"1\"2\n"), kBad, "after the closing quote");
}

void TestHostileTables::refusesRaggedRows()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.csv", "gene,s1,s2\nA,1,2\nB,3,4,5\n"), kBad,
                   "row 3 has 4 fields, the header has 3");
    IBIDEM_REFUSES(files.read("a.csv", "gene,s1,s2\nA,1\nB,3,4\n"), kBad,
                   "row 2 has 2 fields, the header has 3");
    std::string text = "gene\ts1\ts2\n";
    for (int i = 0; i < 200; ++i)
        text += "g" + std::to_string(i) + "\t1\t2\n";
    IBIDEM_READS(sound, files.read("a.tsv", text));
    QVERIFY(checkOf(*sound, "complete-rows").state == CheckState::Ok);
    IBIDEM_REFUSES(files.read("a.tsv", text + "last\t1\n"), kBad, "row 202 has 2 fields, the header has 3");
}

void TestHostileTables::refusesDecimalCommas()
{
    const TableFiles files;
    for (const char *text :
         {"gene;s1;s2\nA;0,5;1,5\nB;2,5;3\n", "gene\ts1\ts2\nA\t1\t2\nB\t0,5\t1\n", "gene,s1\nA,\"0,5\"\n"}) {
        const auto result = files.read("a.csv", text);
        QVERIFY2(!result, text);
        QVERIFY(contains(result.error().message, "decimal comma"));
        QVERIFY(contains(result.error().cure, "decimal points"));
    }
}

void TestHostileTables::refusesValuesThatAreNotFinite_data()
{
    QTest::addColumn<QByteArray>("cell");
    QTest::addColumn<QByteArray>("words");
    for (const char *cell : {"nan", "NaN", "inf", "-Inf", "Infinity", "#DIV/0!"})
        QTest::newRow(cell) << QByteArray(cell) << QByteArray("is not a finite number");
    for (const char *cell : {"NA", "N/A", "null", "-"})
        QTest::newRow(cell) << QByteArray(cell) << QByteArray("marks a missing value");
    QTest::newRow("empty") << QByteArray("") << QByteArray("the cell is empty");
    QTest::newRow("1e999") << QByteArray("1e999") << QByteArray("outside the range");
    QTest::newRow("hexadecimal") << QByteArray("0x1p3") << QByteArray("is not a number");
}

void TestHostileTables::refusesValuesThatAreNotFinite()
{
    QFETCH(const QByteArray, cell);
    QFETCH(const QByteArray, words);
    const TableFiles files;
    const std::string text = "gene\ts1\ts2\nA\t1\t2\nB\t3\t" + cell.toStdString() + "\nC\t5\t6\n";
    IBIDEM_REFUSES(files.read("a.tsv", text), kBad, words.toStdString());
    IBIDEM_REFUSES(files.read("a.tsv", text), kBad, "row 3, column 3 (gene 'B', sample 's2')");
}

void TestHostileTables::refusesDuplicateSamples()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.tsv", "gene\ts1\ts2\ts1\nA\t1\t2\t3\n"), kBad,
                   "the sample 's1' occurs more than once (as number 1 and number 3)");
    IBIDEM_REFUSES(files.read("a.csv", "sample,label,g\na,x,1\nb,y,2\na,x,3\n"), kBad,
                   "'a' occurs more than once");
    // Without their labels these two have one name.
    IBIDEM_REFUSES(files.read("a.tsv", "Gene ID\tGene Name\t0_a\t1_a\t0_b\t1_c\nE\t\t1\t2\t3\t4\n"), kBad,
                   "'a' occurs more than once");
}

void TestHostileTables::refusesMissingNames()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.tsv", "gene\ts1\t\ts3\nA\t1\t2\t3\n"), kBad,
                   "row 1, column 3: the sample has no name");
    IBIDEM_REFUSES(files.read("a.tsv", "gene\ts1\ts2\nA\t1\t2\n\t3\t4\n"), kBad,
                   "row 3, column 1: the gene has no name");
}

void TestHostileTables::refusesTablesWithoutRowsOrColumns()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.csv", "gene,s1,s2"), kBad, "a header but no rows");
    IBIDEM_REFUSES(files.read("a.csv", "gene,s1,s2\r\n\r\n"), kBad, "a header but no rows");
    IBIDEM_REFUSES(files.read("a.csv", "gene\nA\nB\n"), kBad, "only one column");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n0\t1\nName\tDescription\ts1\n"), kBad, "a header but no rows");
}

void TestHostileTables::refusesTablesWithoutHeader()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.tsv", "A\t0.5\t1.5\nB\t2.5\t3\n"), kBad, "the table has no header");
}

void TestHostileTables::refusesWrongGctCounts()
{
    const TableFiles files;
    const std::string rows = "Name\tDescription\ta\tb\nP1\tx\t1\t2\nP2\ty\t3\t4\n";
    IBIDEM_READS(sound, files.read("a.gct", "#1.2\n2\t2\n" + rows));
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n3\t2\n" + rows), kBad, "announces 3 rows, the file has 2");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n1\t2\n" + rows), kBad, "announces 1 row, the file has 2");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n2\t3\n" + rows), kBad, "announces 3 samples");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n2\n" + rows), kBad, "line 2 has 1 count");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\ntwo\t2\n" + rows), kBad, "'two' is not a count");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n2\t99999999999999999999\n" + rows), kBad, "is not a count");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n"), kBad, "the file ends before");
    IBIDEM_REFUSES(files.read("a.gct", "#1.3\n2\t2\n" + rows), kBad, "version 1.3 needs 4");
    IBIDEM_REFUSES(files.read("a.gct", "#1.3\n2\t2\t1\t999999999\n" + rows), kBad, "the file ends before");
    IBIDEM_REFUSES(files.read("a.gct", "#1.3\n2\t2\t999999999\t0\n" + rows), kBad, "line 3 must have");
    IBIDEM_REFUSES(files.read("a.gct", "#1.2\n2\t2\n" + rows + "P3\tz\t5\n"), kBad, "row 6 has 3 fields");
    IBIDEM_REFUSES(files.read("a.gct", "gene\ta\nx\t1\n"), kBad, "neither #1.2 nor #1.3");
}

void TestHostileTables::refusesWrongCls()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("a.cls", "3 2 1\n# A B\n0 1\n"), kBad,
                   "announces 3 samples, line 3 has 2 labels");
    IBIDEM_REFUSES(files.read("a.cls", "2 3 1\n# A B\n0 1\n"), kBad, "announces 3 classes, line 2 names 2");
    IBIDEM_REFUSES(files.read("a.cls", "2 2 1\n# A B\n0 0\n"), kBad, "line 2 names 2 classes, line 3 has 1");
    IBIDEM_REFUSES(files.read("a.cls", "2 2 1\n# A A\nA A\n"), kBad, "named twice");
    IBIDEM_REFUSES(files.read("a.cls", "2 2 1\nA B\n0 1\n"), kBad, "line 2 must be '#'");
    IBIDEM_REFUSES(files.read("a.cls", "2 2\n# A B\n0 1\n"), kBad, "line 1 must be");
    IBIDEM_REFUSES(files.read("a.cls", "0 0 1\n#\n\n"), kBad, "no samples");
}

void TestHostileTables::refusesBrokenGzip()
{
    const TableFiles files;
    const std::string whole = gzipped("gene\ts1\nA\t1\nB\t2\n");
    for (std::size_t i = 2; i < whole.size(); ++i)
        IBIDEM_REFUSES(files.read("a.tsv.gz", whole.substr(0, i)), kBad, "gzip");
    std::string wrong = whole;
    wrong[whole.size() - 5] = static_cast<char>(wrong[whole.size() - 5] ^ 0x40);
    IBIDEM_REFUSES(files.read("a.tsv.gz", wrong), kBad, "gzip");
    IBIDEM_READS(sound, files.read("a.tsv.gz", whole));
}

void TestHostileTables::readsAMillionColumns()
{
    const TableFiles files;
    std::string text = "sample";
    std::string row = "s1";
    for (int i = 0; i < 1'000'000; ++i) {
        text += ",g" + std::to_string(i);
        row += ",1";
    }
    QElapsedTimer timer;
    timer.start();
    IBIDEM_READS(table, files.read("a.csv", text + "\n" + row + "\n"));
    QCOMPARE(table->table.geneCount(), std::size_t{1'000'000});
    IBIDEM_REFUSES(files.read("a.csv", text), kBad, "a header but no rows");
#ifndef IBIDEM_SANITIZED
    QVERIFY(timer.elapsed() < 20'000);
#endif
}

void TestHostileTables::survivesVeryLongLines()
{
    const TableFiles files;
    const std::string longName(8U << 20U, 'x');
    IBIDEM_READS(table, files.read("a.tsv", "gene\ts1\n" + longName + "\t1\n"));
    QCOMPARE(table->table.geneIds.front().size(), longName.size());
    const auto refused = files.read("a.tsv", "gene\ts1\nA\t" + longName + "\n");
    QVERIFY(!refused);
    QVERIFY(refused.error().message.size() < 300);
    IBIDEM_REFUSES(files.read("a.tsv", longName), kBad, "a header but no rows");
    IBIDEM_REFUSES(files.read("a.tsv", std::string(10U << 20U, '"')), kBad, "row");
}

void TestHostileTables::refusesWhatNeedsTooMuchMemory()
{
    const TableFiles files;
    std::string text = "gene,s1,s2,s3\n";
    for (int i = 0; i < 10'000; ++i)
        text += "g" + std::to_string(i) + ",1,2,3\n";
    IBIDEM_READS(sound, files.read("a.csv", text, {}, {10'000'000}));
    IBIDEM_REFUSES(files.read("a.csv", text, {}, {1'000'000}), kBad, "of memory, 1.0 MB may be used");
    IBIDEM_REFUSES(files.read("a.csv.gz", gzipped(text), {}, {100'000}), kBad, "larger than the memory");
    QVERIFY(convert::usableMemory() > 0);
}

void TestHostileTables::stopsOnRequest()
{
    const TableFiles files;
    std::stop_source source;
    source.request_stop();
    const auto result = convert::readTable(files.write("a.csv", "gene,s1\nA,1\n"), TableOptions{},
                                           RunToken(source.get_token()));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Stopped);
}

QTEST_GUILESS_MAIN(TestHostileTables)
#include "tst_hostile_tables.moc"
