// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "tests/models/convert/gzip_files.h"
#include "tests/models/convert/mtx_files.h"

#include <QTest>

#include <stop_token>

using namespace ibidem;
using namespace ibidem::convert;

namespace {

using Matrix = Result<data::MatrixContainer>;

Matrix readContent(const MtxContent &content, const data::TableOptions &options = {})
{
    return MtxFolder(content).read(options);
}

/// The small folder with another matrix.
Matrix readMatrixText(const std::string &text)
{
    MtxContent content = smallMtx();
    content["matrix.mtx"] = text;
    return readContent(content);
}

std::string withEntries(const std::string &entries, const std::string &field = "integer")
{
    return "%%MatrixMarket matrix coordinate " + field + " general\n3 2 2\n" + entries;
}

MtxContent compressed(const MtxContent &content)
{
    MtxContent result;
    for (const auto &[name, bytes] : content)
        result[name + ".gz"] = gzipped(bytes);
    return result;
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

data::TableOptions featureType(const std::string &type)
{
    data::TableOptions options;
    options.featureType = type;
    return options;
}

const char *const kHead = "%%MatrixMarket matrix coordinate integer general\n";

struct Refusal
{
    const char *name;
    std::string matrix;
    ErrorCode code;
    const char *words;
};

std::vector<Refusal> refusals()
{
    const std::string head = kHead;
    return {
        {"other text", "gene\tcell\n1\t2\n", ErrorCode::BadData, "line 1: this is no Matrix Market file"},
        {"nothing but blanks", " \n\n", ErrorCode::BadData, "line 1: this is no Matrix Market file"},
        {"four words", "%%MatrixMarket matrix coordinate integer\n3 2 0\n", ErrorCode::BadData, "five words"},
        {"vector", "%%MatrixMarket vector coordinate integer general\n3 2 0\n", ErrorCode::BadData,
         "five words"},
        {"dense", "%%MatrixMarket matrix array integer general\n3 2\n", ErrorCode::Unavailable, "'array'"},
        {"complex", "%%MatrixMarket matrix coordinate complex general\n3 2 0\n", ErrorCode::Unavailable,
         "'complex'"},
        {"symmetric", "%%MatrixMarket matrix coordinate real symmetric\n3 3 0\n", ErrorCode::Unavailable,
         "'symmetric'"},
        {"head only", head, ErrorCode::BadData, "line 1: the file ends before"},
        {"comments only", head + "%a\n%b", ErrorCode::BadData, "line 3: the file ends before"},
        {"two sizes", head + "3 2\n1 1 1\n", ErrorCode::BadData, "line 2: '3 2' is not the number"},
        {"four sizes", head + "3 2 1 1\n", ErrorCode::BadData, "line 2"},
        {"size of words", head + "3 2 many\n", ErrorCode::BadData, "line 2: '3 2 many'"},
        {"negative size", head + "3 -2 1\n", ErrorCode::BadData, "line 2"},
        {"size over 64 bits", head + "3 2 99999999999999999999\n", ErrorCode::BadData, "line 2"},
        {"huge size", head + "3 4294967296 0\n", ErrorCode::BadData, "larger than any"},
        {"promise of memory", head + "3 2 1000000000000\n1 1 1\n", ErrorCode::BadData,
         "has room for 2 at most"},
        {"other rows", head + "4 2 0\n", ErrorCode::BadData,
         "4 rows and 2 columns, but there are 3 genes and 2 cells"},
        {"other columns", head + "3 3 0\n", ErrorCode::BadData, "3 rows and 3 columns"},
        {"cells in rows", head + "2 3 0\n", ErrorCode::BadData, "2 rows and 3 columns"},
        {"too few entries", withEntries("1 1 5\n"), ErrorCode::BadData,
         "line 3: the file ends after 1 of the 2"},
        {"cut in an entry", withEntries("1 1 5\n1 2"), ErrorCode::BadData,
         "line 4: the value in '1 2' is no"},
        {"too many entries", withEntries("1 1 5\n1 2 5\n2 2 6\n"), ErrorCode::BadData,
         "line 5: there are more"},
        {"row 0", withEntries("0 1 5\n1 2 5\n"), ErrorCode::BadData,
         "line 3: the row in '0 1 5' is not one of 1 to 3"},
        {"row 4", withEntries("1 1 5\n4 2 5\n"), ErrorCode::BadData, "line 4: the row in '4 2 5'"},
        {"column 3", withEntries("1 3 5\n1 2 5\n"), ErrorCode::BadData,
         "line 3: the column in '1 3 5' is not one of 1 to 2"},
        {"row over 64 bits", withEntries("99999999999999999999 1 5\n"), ErrorCode::BadData,
         "line 3: the row"},
        {"row -1", withEntries("-1 1 5\n1 2 5\n"), ErrorCode::BadData,
         "line 3: the row in '-1 1 5' is no whole"},
        {"row 1.5", withEntries("1.5 1 5\n1 2 5\n"), ErrorCode::BadData, "line 3"},
        {"word", withEntries("1 1 x\n1 2 5\n"), ErrorCode::BadData,
         "line 3: the value in '1 1 x' is no whole number"},
        {"fraction", withEntries("1 1 1.5\n1 2 5\n"), ErrorCode::BadData,
         "line 3: the value in '1 1 1.5' is no whole"},
        {"four fields", withEntries("1 1 5 6\n1 2 5\n"), ErrorCode::BadData,
         "more than an entry in '1 1 5 6'"},
        {"no value", withEntries("1 1\n1 2\n", "real"), ErrorCode::BadData,
         "the value in '1 1' is no number"},
        {"NaN", withEntries("1 1 nan\n1 2 5\n", "real"), ErrorCode::BadData,
         "line 3: the value in '1 1 nan' is no finite"},
        {"infinite", withEntries("1 1 5\n1 2 -inf\n", "real"), ErrorCode::BadData,
         "line 4: the value in '1 2 -inf'"},
        {"over single", withEntries("1 1 1e39\n1 2 5\n", "real"), ErrorCode::BadData,
         "'1 1 1e39' is no finite"},
        {"over double", withEntries("1 1 1e999\n1 2 5\n", "real"), ErrorCode::BadData, "line 3"},
        {"value of a pattern", withEntries("1 1 1\n1 2 1\n", "pattern"), ErrorCode::BadData,
         "more than an entry"},
        {"twice", withEntries("1 1 5\n1 1 6\n"), ErrorCode::BadData,
         "more than one value for gene 'A' in cell 'AAAC-1'"},
        {"NUL", withEntries(std::string("1 1 5\0\n1 2 5\n", 13)), ErrorCode::BadData, "line 3"},
    };
}

} // namespace

/// 10x folders of text files.
class TestMtxReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAFolder();
    void readsCompressedFilesAndOldNames();
    void readsTheMatrixByNameWithAPrefix();
    void readsRealAndPatternFields();
    void doesNotMindOrderBlanksAndLineEnds();
    void refusesHostileMatrices_data();
    void refusesHostileMatrices();
    void findsMissingAndAmbiguousFiles();
    void refusesWrongNames();
    void choosesFeatureTypes();
    void staysUnderItsMemory();
    void stopsOnRequest();
};

void TestMtxReader::readsAFolder()
{
    const Matrix matrix = readContent(smallMtx());
    QVERIFY2(matrix.has_value(), matrix ? "" : describe(matrix.error()).c_str());
    QCOMPARE(matrix->matrix.cellIds, (std::vector<std::string>{"AAAC-1", "CCCA-1"}));
    QCOMPARE(matrix->matrix.geneIds, (std::vector<std::string>{"A", "B", "A-1"}));
    QCOMPARE(matrix->matrix.geneAccessions, (std::vector<std::string>{"ENSG1", "ENSG2", "ENSG3"}));
    const data::SparseMatrix wanted{{0, 2, 4}, {0, 2, 0, 1}, {5, 7, 1, 200000}, 3};
    QVERIFY(matrix->matrix.rows == wanted);
    QCOMPARE(matrix->summary.format, std::string("10x-mtx"));
    QCOMPARE(matrix->summary.sum, 200013.0);
    QVERIFY(matrix->summary.matrix->counts);
}

void TestMtxReader::readsCompressedFilesAndOldNames()
{
    const std::string digest = readContent(smallMtx())->summary.digest;
    QCOMPARE(readContent(compressed(smallMtx()))->summary.digest, digest);
    MtxContent old = smallMtx();
    old["genes.tsv"] = "ENSG1\tA\nENSG2\tB\nENSG3\tA\n";
    old.erase("features.tsv");
    QCOMPARE(readContent(old)->summary.digest, digest);
    MtxContent mixed = smallMtx();
    mixed["matrix.mtx.gz"] = gzipped(mixed["matrix.mtx"]);
    mixed.erase("matrix.mtx");
    QCOMPARE(readContent(mixed)->summary.digest, digest);
    // One column: names without accessions.
    old["genes.tsv"] = "A\nB\nA\n";
    const Matrix bare = readContent(old);
    QCOMPARE(bare->summary.digest, digest);
    QVERIFY(bare->matrix.geneAccessions.empty());
    // Control: one name is another.
    old["genes.tsv"] = "A\nB\nC\n";
    QVERIFY(readContent(old)->summary.digest != digest);
}

void TestMtxReader::readsTheMatrixByNameWithAPrefix()
{
    MtxContent content;
    for (const auto &[name, bytes] : compressed(smallMtx())) {
        content["GSM1_" + name] = bytes;
        content["GSM2_" + name] = bytes;
    }
    const MtxFolder folder(content);
    const Matrix both = folder.read();
    QVERIFY(!both && both.error().code == ErrorCode::Usage);
    QVERIFY(contains(both.error().message, "GSM1_matrix.mtx.gz, GSM2_matrix.mtx.gz"));
    const Matrix one = readMtxMatrix(folder.path() / "GSM2_matrix.mtx.gz", {}, {}, {});
    QVERIFY2(one.has_value(), one ? "" : describe(one.error()).c_str());
    QCOMPARE(one->summary.digest, readContent(smallMtx())->summary.digest);
    MtxContent odd = smallMtx();
    odd["counts.mtx"] = odd["matrix.mtx"];
    odd.erase("matrix.mtx");
    const MtxFolder other(odd);
    QVERIFY(readMtxMatrix(other.path() / "counts.mtx", {}, {}, {}).has_value());
    QVERIFY(other.read().has_value());
    other.write({{"counts.txt", odd["counts.mtx"]}});
    QCOMPARE(readMtxMatrix(other.path() / "counts.txt", {}, {}, {}).error().code, ErrorCode::Usage);
}

void TestMtxReader::readsRealAndPatternFields()
{
    const Matrix real = readMatrixText(withEntries("1 1 0.5\n3 2 1e3\n", "real"));
    QCOMPARE(real->matrix.rows.values, (std::vector<float>{0.5F, 1000.0F}));
    QVERIFY(!real->summary.matrix->counts);
    const Matrix pattern = readMatrixText(withEntries("1 1\n3 2\n", "pattern"));
    QCOMPARE(pattern->matrix.rows.values, (std::vector<float>{1.0F, 1.0F}));
    // 0.1 and 2^24 + 1 are no floats, 2^24 is one.
    const auto rounding = [](const Matrix &matrix) {
        for (const data::Check &check : matrix->summary.checks)
            if (check.name == "rounding")
                return check.message;
        return std::string();
    };
    QVERIFY(contains(rounding(readMatrixText(withEntries("1 1 0.1\n3 2 16777217\n", "real"))), "2 of 2"));
    QVERIFY(rounding(readMatrixText(withEntries("1 1 0.5\n3 2 16777216\n", "real"))).empty());
    const Matrix large = readMatrixText(withEntries("1 1 4294967296\n3 2 -7\n"));
    QCOMPARE(large->matrix.rows.values, (std::vector<float>{4294967296.0F, -7.0F}));
}

void TestMtxReader::doesNotMindOrderBlanksAndLineEnds()
{
    const std::string digest = readContent(smallMtx())->summary.digest;
    const std::string head = "%%matrixMARKET\tmatrix  coordinate Integer general \r\n% x\r\n\r\n 3\t2 4\r\n";
    const Matrix odd = readMatrixText(head + "2 2 200000\r\n3 1 7 \r\n\r\n\t1  1\t5\r\n1 2 1");
    QVERIFY2(odd.has_value(), odd ? "" : describe(odd.error()).c_str());
    QCOMPARE(odd->summary.digest, digest);
    // Control: the same entries for other cells.
    QVERIFY(readMatrixText(head + "2 1 200000\n3 2 7\n1 2 5\n1 1 1")->summary.digest != digest);
    MtxContent windows = smallMtx();
    windows["barcodes.tsv"] = "AAAC-1\r\nCCCA-1\r\n\r\n";
    QCOMPARE(readContent(windows)->summary.digest, digest);
    const Matrix none = readMatrixText(std::string(kHead) + "3 2 0\n");
    QVERIFY(none.has_value() && none->matrix.rows.values.empty());
}

void TestMtxReader::refusesHostileMatrices_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Refusal &refusal : refusals())
        QTest::newRow(refusal.name) << index++;
}

void TestMtxReader::refusesHostileMatrices()
{
    QFETCH(const int, index);
    const Refusal refusal = refusals()[static_cast<std::size_t>(index)];
    const Matrix matrix = readMatrixText(refusal.matrix);
    QVERIFY(!matrix);
    const Error &error = matrix.error();
    QVERIFY2(error.code == refusal.code, describe(error).c_str());
    QVERIFY2(contains(error.message, refusal.words), describe(error).c_str());
    QVERIFY2(error.path.ends_with("/matrix.mtx"), error.path.c_str());
    QVERIFY(!error.cure.empty());
}

void TestMtxReader::findsMissingAndAmbiguousFiles()
{
    for (const char *name : {"matrix.mtx", "barcodes.tsv", "features.tsv"}) {
        MtxContent content = smallMtx();
        const std::string bytes = content[name];
        content.erase(name);
        const Matrix missing = readContent(content);
        QVERIFY(!missing && missing.error().code == ErrorCode::InputMissing);
        QVERIFY2(contains(missing.error().message, name), missing.error().message.c_str());
        content[name] = bytes;
        content[std::string(name) + ".gz"] = gzipped(bytes);
        const Matrix twice = readContent(content);
        QVERIFY(!twice && twice.error().code == ErrorCode::Usage);
        content = smallMtx();
        content[name] = "";
        QVERIFY(!readContent(content));
    }
    QCOMPARE(readMtxMatrix("/nowhere/matrix.mtx", {}, {}, {}).error().code, ErrorCode::InputMissing);
    data::TableOptions raw;
    raw.matrix = "raw";
    QCOMPARE(readContent(smallMtx(), raw).error().code, ErrorCode::Usage);
}

void TestMtxReader::refusesWrongNames()
{
    const auto errorOf = [](const char *name, const std::string &bytes) {
        MtxContent content = smallMtx();
        content[name] = bytes;
        const Matrix matrix = readContent(content);
        return matrix ? std::string("accepted") : matrix.error().path + ": " + matrix.error().message;
    };
    QVERIFY(contains(errorOf("barcodes.tsv", "A\n\nB\n"), "barcodes.tsv: line 2: the line is empty"));
    QVERIFY(contains(errorOf("barcodes.tsv", "A\n\tB\n"), "barcodes.tsv: line 2: the cell has no name"));
    QVERIFY(contains(errorOf("barcodes.tsv", "A\nA\n"), "'A' occurs more than once"));
    QVERIFY(contains(errorOf("barcodes.tsv", "A\nB\nC\n"),
                     "3 rows and 2 columns, but there are 3 genes and 3 cells"));
    QVERIFY(contains(errorOf("features.tsv", "E\tA\tx\nF\tB\nG\tC\tx\n"),
                     "features.tsv: line 2: 2 columns, but the first line has 3 or more"));
    QVERIFY(contains(errorOf("features.tsv", "E\tA\nF\tB\nG\t\xff\n"), "not UTF-8"));
    QCOMPARE(errorOf("features.tsv",
                     "E\tA\tGene Expression\tchr1\t1\nF\tB\tGene Expression\nG\tC\tGene Expression\n"),
             std::string("accepted"));
}

void TestMtxReader::choosesFeatureTypes()
{
    MtxContent content = smallMtx();
    content["features.tsv"] =
        "ENSG1\tA\tGene Expression\nCD3\tCD3\tAntibody Capture\nENSG3\tC\tGene Expression\n";
    const Matrix genes = readContent(content);
    QVERIFY2(genes.has_value(), genes ? "" : describe(genes.error()).c_str());
    QCOMPARE(genes->matrix.geneIds, (std::vector<std::string>{"A", "C"}));
    QVERIFY((genes->matrix.rows == data::SparseMatrix{{0, 2, 3}, {0, 1, 0}, {5, 7, 1}, 2}));
    QVERIFY(contains(genes->summary.checks.front().message,
                     "only Gene Expression of the feature types Antibody Capture (1), Gene Expression (2)"));
    const Matrix antibodies = readContent(content, featureType("Antibody Capture"));
    QVERIFY((antibodies->matrix.rows == data::SparseMatrix{{0, 0, 1}, {0}, {200000}, 1}));
    QCOMPARE(readContent(content, featureType("all"))->matrix.geneIds.size(), std::size_t{3});
    const Matrix wrong = readContent(content, featureType("Peaks"));
    QVERIFY(!wrong && wrong.error().code == ErrorCode::Usage);
    QVERIFY(contains(wrong.error().cure, "Antibody Capture (1)"));
    // Unsorted entries take the other way through the sort.
    content["matrix.mtx"] = std::string(kHead) + "3 2 4\n2 2 200000\n1 2 1\n3 1 7\n1 1 5\n";
    QVERIFY(readContent(content)->matrix.rows == genes->matrix.rows);
    content["features.tsv"] = "a\ta\tPeaks\nb\tb\tAntibody Capture\nc\tc\tPeaks\n";
    QCOMPARE(readContent(content).error().code, ErrorCode::Usage);
    content["features.tsv"] = "a\ta\tPeaks\nb\tb\tPeaks\nc\tc\tPeaks\n";
    QVERIFY(readContent(content).has_value());
}

void TestMtxReader::staysUnderItsMemory()
{
    MtxContent content = smallMtx();
    std::string entries;
    for (int i = 0; i < 1000; ++i)
        entries += "1 1 1\n";
    content["matrix.mtx"] = std::string(kHead) + "3 2 1000\n" + entries;
    const MtxFolder folder(content);
    const Matrix refused = folder.read({}, 10'000);
    QVERIFY(!refused && contains(refused.error().message, "10.0 kB may be used"));
    QVERIFY(contains(folder.read({}, 100'000).error().message, "more than one value")); // read, then judged
    folder.write({{"barcodes.tsv", gzipped(std::string(50'000, 'A') + "\nB\n")}});
    QVERIFY(contains(folder.read({}, 10'000).error().message, "larger than the memory"));
}

void TestMtxReader::stopsOnRequest()
{
    std::stop_source source;
    source.request_stop();
    const MtxFolder folder(smallMtx());
    const Matrix stopped = readMtxMatrix(folder.path(), {}, RunToken(source.get_token()), {});
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
}

QTEST_GUILESS_MAIN(TestMtxReader)
#include "tst_mtx_reader.moc"
