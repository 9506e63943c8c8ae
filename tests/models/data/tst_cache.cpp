// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"
#include "tests/models/data/matrix_samples.h"

#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace ibidem;
using namespace ibidem::data;

class TestCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachOptionMakesAnotherKey();
    void keysDoNotRunTogether();
    void findsOnlyWhatIsThere();
    void matricesHaveAVersionOfTheirOwn();
    void optionsSurviveJson();
    void optionsRefuse_data();
    void optionsRefuse();
    void folderOfAMatrixIsOneInput();
    void aMatrixTakesItsOwnCompanions();
    void otherFoldersAreNone();
};

void TestCache::eachOptionMakesAnotherKey()
{
    const std::string file(64, 'a');
    const std::set<std::string> keys{
        Cache::key(file, {}),
        Cache::key(std::string(64, 'b'), {}),
        Cache::key(file, {"tab", "auto", "auto"}),
        Cache::key(file, {"auto", "genes-in-rows", "auto"}),
        Cache::key(file, {"auto", "auto", "none"}),
        Cache::key(file, {"auto", "auto", "auto", "raw"}),
        Cache::key(file, {"auto", "auto", "auto", "auto", "mm10"}),
        Cache::key(file, {"auto", "auto", "auto", "auto", "auto", "all"}),
    };
    QCOMPARE(keys.size(), std::size_t{8});
    QVERIFY(Cache::key(file, {}) == Cache::key(file, TableOptions()));
    QCOMPARE(Cache::key(file, {}).size(), std::size_t{64});
}

void TestCache::keysDoNotRunTogether()
{
    QVERIFY(Cache::key("f", {"a", "bc", "d"}) != Cache::key("f", {"ab", "c", "d"}));
}

void TestCache::findsOnlyWhatIsThere()
{
    const QTemporaryDir folder;
    const Cache cache(folder.path().toStdString());
    const std::string file(64, 'a');
    QVERIFY(!cache.find(file, {}));
    const std::filesystem::path path = cache.pathOf(Cache::key(file, {}));
    QVERIFY(path.parent_path() == cache.folder() && path.extension() == ".safetensors");
    QVERIFY(writeFileAtomically(path, "x"));
    QVERIFY(cache.find(file, {}) == path);
    QVERIFY(!cache.find(file, {"tab", "auto", "auto"}));
    QVERIFY(!Cache("/no/such/folder").find(file, {}));
}

/// What earlier versions read of tables is still found; their matrices lack the annotations of the genes.
void TestCache::matricesHaveAVersionOfTheirOwn()
{
    const QTemporaryDir folder;
    const Cache cache(folder.path().toStdString());
    const std::string file(64, 'a');
    QCOMPARE(Cache::key(file, {}),
             std::string("87957a8b4c162da5e0617310c6246217cd6886e1a2a6958bd1a7b26261bf8d2f"));
    const std::filesystem::path table = cache.pathOf(Cache::key(file, {}));
    const std::filesystem::path matrix = cache.pathOf(Cache::key(file, {}, kMatrixVersion));
    QVERIFY(table != matrix);
    TableContainer read;
    read.summary.kind = "expression-table";
    read.summary.shape = {1, 1};
    read.table.sampleIds = {"s"};
    read.table.geneIds = {"g"};
    read.table.values = {1.0};
    QVERIFY(writeTableContainer(table, read));
    QVERIFY(cache.find(file, {}) == table);
    QVERIFY(writeMatrixContainer(table, sampleMatrix())); // as they were called once
    QVERIFY(!cache.find(file, {}));
    QVERIFY(writeMatrixContainer(matrix, sampleMatrix()));
    QVERIFY(cache.find(file, {}) == matrix);
}

void TestCache::optionsSurviveJson()
{
    const TableOptions options{"semicolon", "samples-in-rows", "type", "layers/counts", "mm10", "all"};
    QVERIFY(*TableOptions::fromJson(options.toJson()) == options);
    QVERIFY(*TableOptions::fromJson(Json::object()) == TableOptions());
}

void TestCache::optionsRefuse_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("unknown key") << QByteArray(R"({"separator":"tab"})");
    QTest::newRow("unknown delimiter") << QByteArray(R"({"delimiter":"pipe"})");
    QTest::newRow("unknown orientation") << QByteArray(R"({"orientation":"upside down"})");
    QTest::newRow("wrong type") << QByteArray(R"({"delimiter":1})");
    QTest::newRow("empty label column") << QByteArray(R"({"labelColumn":""})");
}

void TestCache::optionsRefuse()
{
    QFETCH(QByteArray, json);
    const auto options = TableOptions::fromJson(*parseJson(json.toStdString()));
    QVERIFY(!options && options.error().code == ErrorCode::BadSpec);
}

void TestCache::folderOfAMatrixIsOneInput()
{
    const QTemporaryDir temporary;
    const std::filesystem::path folder = temporary.path().toStdString();
    QVERIFY(writeFileAtomically(folder / "matrix.mtx.gz", "m"));
    QVERIFY(writeFileAtomically(folder / "barcodes.tsv.gz", "bc"));
    QVERIFY(writeFileAtomically(folder / "features.tsv.gz", "f"));
    QVERIFY(writeFileAtomically(folder / "web_summary.html", "not read"));
    const auto whole = inputDigest(folder);
    QVERIFY(whole);
    QCOMPARE(whole->bytes, std::uint64_t(4));
    QCOMPARE(mtxMembers(folder).size(), std::size_t(3));
    QCOMPARE(inputDigest(folder / "matrix.mtx.gz")->sha256, whole->sha256);
    QVERIFY(writeFileAtomically(folder / "web_summary.html", "changed"));
    QCOMPARE(inputDigest(folder)->sha256, whole->sha256);
    QVERIFY(writeFileAtomically(folder / "barcodes.tsv.gz", "cb"));
    QVERIFY(inputDigest(folder)->sha256 != whole->sha256);
    // A member alone is a file like any other.
    QCOMPARE(inputDigest(folder / "features.tsv.gz")->sha256, sha256Hex(std::string_view("f")));
}

void TestCache::aMatrixTakesItsOwnCompanions()
{
    const QTemporaryDir temporary;
    const std::filesystem::path folder = temporary.path().toStdString();
    for (const char *name :
         {"A_matrix.mtx", "A_barcodes.tsv", "A_genes.tsv", "B_genes.tsv", "genes.tsv", "other.mtx"})
        QVERIFY(writeFileAtomically(folder / name, name));
    const std::vector<std::filesystem::path> own = {folder / "A_barcodes.tsv", folder / "A_genes.tsv",
                                                    folder / "A_matrix.mtx"};
    QVERIFY(mtxMembers(folder / "A_matrix.mtx") == own);
    QVERIFY((mtxMembers(folder / "other.mtx") ==
             std::vector<std::filesystem::path>{folder / "genes.tsv", folder / "other.mtx"}));
    QCOMPARE(mtxMembers(folder).size(), std::size_t(5));
    const std::string digest = inputDigest(folder / "A_matrix.mtx")->sha256;
    QVERIFY(writeFileAtomically(folder / "B_genes.tsv", "changed"));
    QCOMPARE(inputDigest(folder / "A_matrix.mtx")->sha256, digest);
    QVERIFY(writeFileAtomically(folder / "A_genes.tsv", "changed"));
    QVERIFY(inputDigest(folder / "A_matrix.mtx")->sha256 != digest);
}

void TestCache::otherFoldersAreNone()
{
    const QTemporaryDir temporary;
    const std::filesystem::path folder = temporary.path().toStdString();
    QVERIFY(writeFileAtomically(folder / "barcodes.tsv", "b"));
    QVERIFY(mtxMembers(folder).empty());
    const auto digest = inputDigest(folder);
    QVERIFY(!digest && digest.error().code == ErrorCode::InputMissing);
    QVERIFY(mtxMembers(folder / "none").empty());
}

QTEST_GUILESS_MAIN(TestCache)
#include "tst_cache.moc"
