// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/convert/matrices/hdf5_files.h"

#include <cmath>
#include <functional>

using namespace ibidem;
using data::CellColumn;
using Texts = std::vector<std::string>;
using Codes = std::vector<std::int32_t>;

namespace {

const Sample kSample;

/// A file of generation 2 with these columns in obs; `write` makes the members of /obs.
template <class Write>
Result<data::MatrixContainer> readWithColumns(const Hdf5Files &files, const Texts &columns, Write write)
{
    return files.read([&](const Hdf5Builder &file) {
        file.encoding("/", "anndata", "0.1.0");
        writeFrame(file, "/obs", kSample.cells, columns);
        writeFrame(file, "/var", kSample.genes);
        file.matrix("/X", kSample.dense, 5);
        write(file);
    });
}

void writeCategorical(const Hdf5Builder &file, const std::string &path, const std::vector<std::int8_t> &codes,
                      const Texts &categories)
{
    file.numbers(path + "/codes", codes);
    file.texts(path + "/categories", categories);
    file.encoding(path, "categorical", "0.2.0");
}

/// obs of generation 1: codes that refer to their categories.
void writeReferring(const Hdf5Builder &file, const std::string &name, const std::vector<std::int8_t> &codes,
                    const Texts &categories)
{
    file.numbers("/obs/" + name, codes);
    file.texts("/obs/__categories/" + name, categories);
    hobj_ref_t reference{};
    H5Rcreate(&reference, file.file(), ("/obs/__categories/" + name).c_str(), H5R_OBJECT, -1);
    file.attribute("/obs/" + name, "categories", H5T_STD_REF_OBJ, {}, &reference);
}

/// A row of obs as anndata before 0.7 wrote it.
struct OldRow
{
    char index[8];
    std::int8_t kind;
    std::int8_t loose;
    double score;
    char batch[4];
    const char *note; ///< of variable length
};

hid_t oldRowType()
{
    const hid_t row = H5Tcreate(H5T_COMPOUND, sizeof(OldRow));
    const auto text = [&](const char *name, std::size_t offset, std::size_t size) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, size);
        H5Tset_strpad(type, H5T_STR_NULLPAD);
        H5Tinsert(row, name, offset, type);
        H5Tclose(type);
    };
    text("index", offsetof(OldRow, index), 8);
    H5Tinsert(row, "kind", offsetof(OldRow, kind), H5T_NATIVE_INT8);
    H5Tinsert(row, "loose", offsetof(OldRow, loose), H5T_NATIVE_INT8);
    H5Tinsert(row, "score", offsetof(OldRow, score), H5T_NATIVE_DOUBLE);
    text("batch", offsetof(OldRow, batch), 4);
    const hid_t variable = H5Tcopy(H5T_C_S1);
    H5Tset_size(variable, H5T_VARIABLE);
    H5Tinsert(row, "note", offsetof(OldRow, note), variable);
    H5Tclose(variable);
    return row;
}

} // namespace

/// Annotations of every generation of AnnData, and what can be wrong with them.
class TestH5adFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryKindOfColumn();
    void leavesMissingValuesOut();
    void passesOverWhatItDoesNotKnow();
    void findsColumnsThatContradictThemselves();
    void followsReferencesToCategories();
    void findsReferencesToNothing();
    void readsCompoundFrames();
    void readsTextOfEveryKind();
    void takesOtherBytesForLatin1();
    void readsNamesThatAreNoText();
    void findsCellsOfTheSameName();
    void choosesTheMatrix();
    void readsAccessions();
    void readsMaps();
    void missesFrames();
    void annotationsChangeTheDigest();
};

void TestH5adFrame::readsEveryKindOfColumn()
{
    const Hdf5Files files;
    IBIDEM_READS(read,
                 readWithColumns(files, {"type", "flag", "text", "count", "share"}, [](const auto &file) {
                     writeCategorical(file, "/obs/type", {1, 0, -1, 1}, {"B", "T", "unused"});
                     file.booleans("/obs/flag", {1, 0, 0, 1});
                     file.texts("/obs/text", {"x", "y", "x", "z"});
                     file.numbers("/obs/count", std::vector<std::int64_t>{1, 2, 3, 4});
                     file.numbers("/obs/share", std::vector<float>{0.5F, NAN, 1.0F, 2.0F});
                 }));
    QCOMPARE(read->matrix.cellColumns.size(), std::size_t{5});
    const CellColumn *type = columnOf(*read, "type");
    QCOMPARE(type->kind, CellColumn::Kind::Category);
    QCOMPARE(type->categories, (Texts{"B", "T", "unused"}));
    QCOMPARE(type->codes, (Codes{1, 0, -1, 1}));
    const CellColumn *flag = columnOf(*read, "flag");
    QCOMPARE(flag->kind, CellColumn::Kind::Boolean);
    QCOMPARE(flag->counts(), (std::map<std::string, std::uint64_t>{{"False", 2}, {"True", 2}}));
    const CellColumn *text = columnOf(*read, "text");
    QCOMPARE(text->kind, CellColumn::Kind::Text);
    QCOMPARE(text->categories, (Texts{"x", "y", "z"}));
    QCOMPARE(text->codes, (Codes{0, 1, 0, 2}));
    QCOMPARE(columnOf(*read, "count")->numbers, (std::vector<double>{1, 2, 3, 4}));
    QVERIFY(std::isnan(columnOf(*read, "share")->numbers[1]));
    QVERIFY(checkOf(*read, "skipped-elements").name.empty());
}

void TestH5adFrame::leavesMissingValuesOut()
{
    const Hdf5Files files;
    IBIDEM_READS(read, readWithColumns(files, {"count", "flag", "text"}, [](const auto &file) {
                     file.numbers("/obs/count/values", std::vector<std::int64_t>{1, 1, 3, 4});
                     file.booleans("/obs/count/mask", {0, 1, 0, 0});
                     file.encoding("/obs/count", "nullable-integer", "0.1.0");
                     file.booleans("/obs/flag/values", {1, 0, 0, 1});
                     file.booleans("/obs/flag/mask", {1, 0, 0, 0});
                     file.encoding("/obs/flag", "nullable-boolean", "0.1.0");
                     file.texts("/obs/text/values", {"x", "", "x", "z"});
                     file.booleans("/obs/text/mask", {0, 1, 0, 0});
                     file.encoding("/obs/text", "nullable-string-array", "0.1.0");
                 }));
    QVERIFY(std::isnan(columnOf(*read, "count")->numbers[1]));
    QCOMPARE(columnOf(*read, "count")->numbers[3], 4.0);
    QCOMPARE(columnOf(*read, "flag")->codes, (Codes{-1, 0, 0, 1}));
    QCOMPARE(columnOf(*read, "text")->codes[1], -1);
    QCOMPARE(columnOf(*read, "text")->counts(), (std::map<std::string, std::uint64_t>{{"x", 2}, {"z", 1}}));
}

void TestH5adFrame::passesOverWhatItDoesNotKnow()
{
    const Hdf5Files files;
    IBIDEM_READS(read, readWithColumns(files, {"count", "odd", "wide"}, [](const auto &file) {
                     file.numbers("/obs/count", std::vector<std::int32_t>{1, 2, 3, 4});
                     file.group("/obs/odd");
                     file.encoding("/obs/odd", "awkward-array", "0.1.0");
                     file.matrix("/obs/wide", std::vector<float>(8), 2);
                     file.group("/uns/anything");
                     file.numbers("/varm/PCs", std::vector<float>(3));
                 }));
    QCOMPARE(read->matrix.cellColumns.size(), std::size_t{1});
    const data::Check skipped = checkOf(*read, "skipped-elements");
    QCOMPARE(skipped.state, data::CheckState::Warning);
    QVERIFY2(contains(skipped.message, "/obs/odd (awkward-array)"), skipped.message.c_str());
    QVERIFY2(contains(skipped.message, "/obs/wide"), skipped.message.c_str());
}

void TestH5adFrame::findsColumnsThatContradictThemselves()
{
    const Hdf5Files files;
    const auto categorical = [&](const std::vector<std::int8_t> &codes, const Texts &categories) {
        return readWithColumns(files, {"type"}, [&](const auto &file) {
            writeCategorical(file, "/obs/type", codes, categories);
        });
    };
    IBIDEM_READS(sound, categorical({0, 0, 1, 1}, {"a", "b"}));
    IBIDEM_REFUSES(categorical({0, 0, 1, 2}, {"a", "b"}), ErrorCode::BadData,
                   "/obs/type: row 3 (from 0) has the code 2, but the number of categories is 2");
    IBIDEM_REFUSES(categorical({0, 0, 1, -2}, {"a", "b"}), ErrorCode::BadData, "has the code -2");
    IBIDEM_REFUSES(categorical({0, 0, 1}, {"a", "b"}), ErrorCode::BadData,
                   "/obs/type/codes: has 3 values, but the index has 4");
    IBIDEM_REFUSES(categorical({0, 0, 1, 1}, {"a", "a"}), ErrorCode::BadData,
                   "/obs/type: has the category 'a' twice");
    IBIDEM_REFUSES(readWithColumns(files, {"gone"}, [](const auto &) {}), ErrorCode::BadData,
                   "/obs/gone: is named in column-order, but not there");
    IBIDEM_REFUSES(readWithColumns(files, {"count"},
                                   [](const auto &file) {
                                       file.numbers("/obs/count", std::vector<std::int32_t>{1, 2, 3, 4, 5});
                                   }),
                   ErrorCode::BadData, "/obs/count: has 5 values, but the index has 4");
    IBIDEM_REFUSES(
        readWithColumns(files, {"count"},
                        [](const auto &file) {
                            file.numbers("/obs/count/values", std::vector<std::int64_t>{1, 2, 3, 4});
                            file.booleans("/obs/count/mask", {1});
                            file.encoding("/obs/count", "nullable-integer", "0.1.0");
                        }),
        ErrorCode::BadData, "/obs/count/mask: has 1 value, but");
}

void TestH5adFrame::followsReferencesToCategories()
{
    const Hdf5Files files;
    IBIDEM_READS(read, files.read([](const Hdf5Builder &file) {
        file.texts("/obs/NAME", kSample.cells);
        file.encoding("/obs", "dataframe", "0.1.0");
        file.textAttribute("/obs", "_index", "NAME");
        file.textsAttribute("/obs", "column-order", {"type", "other"});
        writeReferring(file, "type", {0, 1, 1, -1}, {"B", "T"});
        writeReferring(file, "other", {0, 0, 0, 0}, {"only"});
        writeFrame(file, "/var", kSample.genes);
        file.matrix("/X", kSample.dense, 5);
    }));
    QCOMPARE(read->summary.format, std::string("h5ad-1"));
    QCOMPARE(read->matrix.cellIds, kSample.cells);
    QCOMPARE(columnOf(*read, "type")->kind, CellColumn::Kind::Category);
    QCOMPARE(columnOf(*read, "type")->counts(), (std::map<std::string, std::uint64_t>{{"B", 1}, {"T", 2}}));
    QCOMPARE(columnOf(*read, "other")->categories, Texts{"only"});
}

void TestH5adFrame::findsReferencesToNothing()
{
    const Hdf5Files files;
    const auto withReference = [&](hobj_ref_t reference, bool remove) {
        return readWithColumns(files, {"type"}, [=](const auto &file) {
            file.numbers("/obs/type", std::vector<std::int8_t>{0, 0, 0, 0});
            file.texts("/obs/__categories/type", {"a"});
            hobj_ref_t target = reference;
            if (remove) {
                H5Rcreate(&target, file.file(), "/obs/__categories/type", H5R_OBJECT, -1);
                file.remove("/obs/__categories/type");
            }
            file.attribute("/obs/type", "categories", H5T_STD_REF_OBJ, {}, &target);
        });
    };
    IBIDEM_REFUSES(withReference(0, false), ErrorCode::BadData, "/obs/type@categories: refers to");
    IBIDEM_REFUSES(withReference(987654321, false), ErrorCode::BadData, "/obs/type@categories: refers to");
    IBIDEM_REFUSES(withReference(0, true), ErrorCode::BadData, "/obs/type@categories");
}

void TestH5adFrame::readsCompoundFrames()
{
    const Hdf5Files files;
    const auto write = [](const Hdf5Builder &file) {
        std::vector<OldRow> rows(4);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            kSample.cells[i].copy(rows[i].index, 8);
            rows[i].kind = static_cast<std::int8_t>(i % 2);
            rows[i].loose = static_cast<std::int8_t>(i);
            rows[i].score = 0.5 * static_cast<double>(i);
            std::string(i < 2 ? "one" : "two").copy(rows[i].batch, 4);
            rows[i].note = i == 3 ? "a longer remark" : "none";
        }
        const hid_t row = oldRowType();
        file.dataset("/obs", row, row, {4}, rows.data());
        H5Tclose(row);
        const hid_t text = H5Tcopy(H5T_C_S1);
        H5Tset_size(text, 8);
        const hid_t name = H5Tcreate(H5T_COMPOUND, 8);
        H5Tinsert(name, "index", 0, text);
        std::string fields(5 * std::size_t{8}, '\0');
        for (std::size_t i = 0; i < 5; ++i)
            fields.replace(i * 8, kSample.genes[i].size(), kSample.genes[i]);
        file.dataset("/var", name, name, {5}, fields.data());
        H5Tclose(name);
        H5Tclose(text);
        file.texts("/uns/kind_categories", {"B", "T"}, TextKind::NulPadded);
        file.texts("/uns/loose_categories", {"too", "few"}, TextKind::NulPadded);
        file.matrix("/X", kSample.dense, 5, {{2, 2}, true});
        const hsize_t width = 2;
        const hid_t map = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &width);
        const hid_t maps = H5Tcreate(H5T_COMPOUND, 16);
        H5Tinsert(maps, "X_umap", 0, map);
        const std::vector<double> places = {0, 1, 2, 3, 4, 5, 6, 7};
        file.dataset("/obsm", maps, maps, {4}, places.data());
        H5Tclose(maps);
        H5Tclose(map);
    };
    IBIDEM_READS(read, files.read(write));
    QCOMPARE(read->summary.format, std::string("h5ad-0"));
    QCOMPARE(read->matrix.cellIds, kSample.cells);
    QCOMPARE(read->matrix.geneIds, kSample.genes);
    QCOMPARE(columnOf(*read, "kind")->counts(), (std::map<std::string, std::uint64_t>{{"B", 2}, {"T", 2}}));
    // Codes that the names of this column do not cover are plain numbers.
    QCOMPARE(columnOf(*read, "loose")->numbers, (std::vector<double>{0, 1, 2, 3}));
    QCOMPARE(columnOf(*read, "score")->numbers, (std::vector<double>{0, 0.5, 1, 1.5}));
    QCOMPARE(columnOf(*read, "batch")->categories, (Texts{"one", "two"}));
    QCOMPARE(columnOf(*read, "note")->categories, (Texts{"none", "a longer remark"}));
    QCOMPARE(read->matrix.embeddings.size(), std::size_t{1});
    QCOMPARE(read->matrix.embeddings[0].width, std::uint64_t{2});
    QCOMPARE(read->matrix.embeddings[0].values, (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}));
}

void TestH5adFrame::readsTextOfEveryKind()
{
    const Hdf5Files files;
    for (const TextKind kind :
         {TextKind::Variable, TextKind::NulTerminated, TextKind::NulPadded, TextKind::SpacePadded}) {
        IBIDEM_READS(read, readWithColumns(files, {"text"}, [&](const auto &file) {
                         file.remove("/obs/_index");
                         file.texts("/obs/_index", kSample.cells, kind);
                         file.texts("/obs/text", {"α-cell", "", "β cell", "β cell"}, kind);
                     }));
        QCOMPARE(read->matrix.cellIds, kSample.cells);
        QCOMPARE(columnOf(*read, "text")->categories, (Texts{"α-cell", "", "β cell"}));
    }
}

void TestH5adFrame::takesOtherBytesForLatin1()
{
    const Hdf5Files files;
    IBIDEM_READS(read, readWithColumns(files, {"text"}, [](const auto &file) {
                     file.texts("/obs/text", {"M\xFCller", "b", "b", "b"}, TextKind::NulPadded);
                 }));
    QCOMPARE(columnOf(*read, "text")->categories.front(), std::string("Müller"));
    QCOMPARE(checkOf(*read, "encoding").state, data::CheckState::Warning);
}

void TestH5adFrame::readsNamesThatAreNoText()
{
    const Hdf5Files files;
    IBIDEM_READS(read, readWithColumns(files, {}, [](const auto &file) {
                     file.remove("/obs/_index");
                     file.numbers("/obs/_index", std::vector<std::int64_t>{7, -1, 9007199254740993, 0});
                     file.remove("/var/_index");
                     file.texts("/var/_index/categories", kSample.genes);
                     file.numbers("/var/_index/codes", std::vector<std::int8_t>{0, 1, 2, 3, 4});
                     file.encoding("/var/_index", "categorical", "0.2.0");
                 }));
    QCOMPARE(read->matrix.cellIds, (Texts{"7", "-1", "9007199254740993", "0"}));
    QCOMPARE(read->matrix.geneIds, kSample.genes);
}

void TestH5adFrame::findsCellsOfTheSameName()
{
    const Hdf5Files files;
    const auto named = [&](const Texts &cells, const Texts &genes) {
        Sample sample;
        sample.cells = cells;
        sample.genes = genes;
        return files.read([&](const Hdf5Builder &file) { writeSampleFile(file, sample); });
    };
    IBIDEM_REFUSES(named({"a", "b", "a", "c"}, kSample.genes), ErrorCode::BadData, "'a'");
    IBIDEM_REFUSES(named({"a", "b", "", "c"}, kSample.genes), ErrorCode::BadData, "cell");
    IBIDEM_READS(genes, named(kSample.cells, {"A", "B", "A", "C", "A"}));
    QCOMPARE(genes->matrix.geneIds, (Texts{"A", "B", "A-1", "C", "A-2"}));
    IBIDEM_REFUSES(named({"a", "b", "c"}, kSample.genes), ErrorCode::BadData, "/X");
}

void TestH5adFrame::choosesTheMatrix()
{
    const Hdf5Files files;
    const auto read = [&](const std::string &matrix, bool withX, bool withRaw) {
        return files.read(
            [&](const Hdf5Builder &file) {
                writeFrames(file, kSample);
                if (withX)
                    file.matrix("/X", kSample.dense, 5);
                if (withRaw) {
                    writeFrame(file, "/raw/var", {"R1", "R2"});
                    file.matrix("/raw/X", std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}, 2);
                }
                file.matrix("/layers/counts", std::vector<float>(20, 1.0F), 5);
            },
            withMatrix(matrix));
    };
    IBIDEM_READS(first, read("auto", true, true));
    QCOMPARE(first->summary.matrix->source, std::string("X"));
    QCOMPARE(first->summary.matrix->sources, (Texts{"X", "raw", "layers/counts"}));
    IBIDEM_READS(raw, read("raw", true, true));
    QCOMPARE(raw->matrix.geneIds, (Texts{"R1", "R2"}));
    QCOMPARE(raw->matrix.rows.values.size(), std::size_t{8});
    IBIDEM_READS(layer, read("layers/counts", true, true));
    QCOMPARE(layer->summary.sum, 20.0);
    // Without X the only other one is meant; of two one must be named.
    IBIDEM_READS(only, read("auto", false, false));
    QCOMPARE(only->summary.matrix->source, std::string("layers/counts"));
    IBIDEM_REFUSES(read("auto", false, true), ErrorCode::Usage, "raw, layers/counts");
    IBIDEM_REFUSES(read("X", false, true), ErrorCode::Usage, "has no matrix 'X'");
}

void TestH5adFrame::readsAccessions()
{
    const Hdf5Files files;
    const Texts ids = {"ENSG1", "ENSG2", "ENSG3", "ENSG4", "ENSG5"};
    IBIDEM_READS(read,
                 readWithColumns(files, {}, [&](const auto &file) { file.texts("/var/gene_ids", ids); }));
    QCOMPARE(read->matrix.geneAccessions, ids);
    IBIDEM_READS(without, readWithColumns(files, {}, [](const auto &) {}));
    QVERIFY(without->matrix.geneAccessions.empty());
}

void TestH5adFrame::readsMaps()
{
    const Hdf5Files files;
    IBIDEM_READS(read, readWithColumns(files, {}, [](const auto &file) {
                     file.matrix("/obsm/X_umap", std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 2);
                     file.matrix("/obsm/X_pca", std::vector<float>(12, 1.0F), 3, {{2, 2}, true});
                     file.numbers("/obsm/flat", std::vector<float>(4));
                 }));
    QCOMPARE(read->matrix.embeddings.size(), std::size_t{2});
    QCOMPARE(read->matrix.embeddings[0].name, std::string("X_pca"));
    QCOMPARE(read->matrix.embeddings[1].values[7], 7.0F);
    QVERIFY(contains(checkOf(*read, "skipped-elements").message, "/obsm/flat"));
    IBIDEM_REFUSES(
        readWithColumns(files, {},
                        [](const auto &file) { file.matrix("/obsm/X_umap", std::vector<float>(6), 2); }),
        ErrorCode::BadData, "/obsm/X_umap: has 3 values, but the index has 4");
}

void TestH5adFrame::missesFrames()
{
    const Hdf5Files files;
    const auto without = [&](const std::string &object) {
        return files.read([&](const Hdf5Builder &file) {
            writeSampleFile(file);
            file.remove(object);
        });
    };
    IBIDEM_REFUSES(without("/obs"), ErrorCode::BadData, "/obs: is not there");
    IBIDEM_REFUSES(without("/var"), ErrorCode::BadData, "/var: is not there");
    IBIDEM_REFUSES(without("/obs/_index"), ErrorCode::BadData, "/obs/_index: is not there");
    IBIDEM_REFUSES(without("/X/indptr"), ErrorCode::BadData, "/X/indptr: is not there");
    IBIDEM_REFUSES(without("/X/data"), ErrorCode::BadData, "/X/data: is not there");
}

void TestH5adFrame::annotationsChangeTheDigest()
{
    const Hdf5Files files;
    const auto digest = [&](const std::vector<std::int8_t> &codes) {
        const auto read = readWithColumns(files, {"type"}, [&](const auto &file) {
            writeCategorical(file, "/obs/type", codes, {"a", "b"});
        });
        return read ? data::contentDigest(read->matrix) : describe(read.error());
    };
    const auto text = readWithColumns(files, {"type"}, [](const auto &file) {
        file.texts("/obs/type", {"a", "b", "b", "a"});
    });
    QVERIFY(text.has_value());
    QCOMPARE(digest({0, 1, 1, 0}), data::contentDigest(text->matrix));
    QVERIFY(digest({0, 1, 1, 1}) != data::contentDigest(text->matrix));
}

QTEST_GUILESS_MAIN(TestH5adFrame)
#include "tst_h5ad_frame.moc"
