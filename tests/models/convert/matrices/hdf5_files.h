// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/matrices/matrix_reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

/// How a dataset lies in the file.
struct Storage
{
    std::vector<hsize_t> chunk; ///< empty: contiguous
    bool gzip = false;
    bool shuffle = false;
};

enum class TextKind { Variable, NulTerminated, NulPadded, SpacePadded };

template <class T>
hid_t nativeType()
{
    if constexpr (std::is_same_v<T, float>)
        return H5T_NATIVE_FLOAT;
    else if constexpr (std::is_same_v<T, double>)
        return H5T_NATIVE_DOUBLE;
    else if constexpr (std::is_same_v<T, std::int8_t>)
        return H5T_NATIVE_INT8;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return H5T_NATIVE_UINT8;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return H5T_NATIVE_INT32;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return H5T_NATIVE_UINT32;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return H5T_NATIVE_INT64;
    else
        return H5T_NATIVE_UINT64;
}

/// Writes an HDF5 file, object by object; groups on the way are made.
class Hdf5Builder
{
public:
    explicit Hdf5Builder(const std::filesystem::path &path, hsize_t userBlock = 0)
    {
        const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
        H5Pset_userblock(creation, userBlock);
        m_file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, H5P_DEFAULT);
        H5Pclose(creation);
        m_links = H5Pcreate(H5P_LINK_CREATE);
        H5Pset_create_intermediate_group(m_links, 1);
    }

    ~Hdf5Builder()
    {
        H5Pclose(m_links);
        H5Fclose(m_file);
    }

    Hdf5Builder(const Hdf5Builder &) = delete;
    Hdf5Builder &operator=(const Hdf5Builder &) = delete;

    [[nodiscard]] hid_t file() const { return m_file; }

    [[nodiscard]] hid_t links() const { return m_links; }

    void group(const std::string &path) const
    {
        H5Gclose(H5Gcreate2(m_file, path.c_str(), m_links, H5P_DEFAULT, H5P_DEFAULT));
    }

    void remove(const std::string &path) const { H5Ldelete(m_file, path.c_str(), H5P_DEFAULT); }

    /// A dataset of any type; `data` may be null, and nothing is written then.
    void dataset(const std::string &path, hid_t fileType, hid_t memoryType,
                 const std::vector<hsize_t> &extents, const void *data, const Storage &storage = {}) const
    {
        const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        std::vector<hsize_t> chunk = storage.chunk;
        for (std::size_t i = 0; i < chunk.size(); ++i)
            chunk[i] = std::min(chunk[i], extents[i]);
        if (!chunk.empty())
            H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
        if (storage.shuffle)
            H5Pset_shuffle(creation);
        if (storage.gzip)
            H5Pset_deflate(creation, 6);
        const hid_t id = H5Dcreate2(m_file, path.c_str(), fileType, space, m_links, creation, H5P_DEFAULT);
        if (data)
            H5Dwrite(id, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
        H5Dclose(id);
        H5Pclose(creation);
        H5Sclose(space);
    }

    template <class T>
    void numbers(const std::string &path, const std::vector<T> &values, const Storage &storage = {}) const
    {
        dataset(path, nativeType<T>(), nativeType<T>(), {values.size()}, values.data(), storage);
    }

    template <class T>
    void matrix(const std::string &path, const std::vector<T> &values, hsize_t columns,
                const Storage &storage = {}) const
    {
        dataset(path, nativeType<T>(), nativeType<T>(), {values.size() / columns, columns}, values.data(),
                storage);
    }

    void texts(const std::string &path, const std::vector<std::string> &texts,
               TextKind kind = TextKind::Variable) const
    {
        const hid_t type = H5Tcopy(H5T_C_S1);
        if (kind == TextKind::Variable) {
            H5Tset_size(type, H5T_VARIABLE);
            H5Tset_cset(type, H5T_CSET_UTF8);
            std::vector<const char *> pointers;
            for (const std::string &text : texts)
                pointers.push_back(text.c_str());
            dataset(path, type, type, {texts.size()}, pointers.data());
        } else {
            constexpr std::size_t size = 24;
            H5Tset_size(type, size);
            H5Tset_strpad(type, kind == TextKind::NulPadded     ? H5T_STR_NULLPAD
                                : kind == TextKind::SpacePadded ? H5T_STR_SPACEPAD
                                                                : H5T_STR_NULLTERM);
            std::string fields(size * texts.size(), kind == TextKind::SpacePadded ? ' ' : '\0');
            for (std::size_t i = 0; i < texts.size(); ++i)
                fields.replace(i * size, texts[i].size(), texts[i]);
            dataset(path, type, type, {texts.size()}, fields.data());
        }
        H5Tclose(type);
    }

    /// As h5py writes them: an enumeration.
    void booleans(const std::string &path, const std::vector<std::int8_t> &values) const
    {
        const hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
        const std::int8_t no = 0;
        const std::int8_t yes = 1;
        H5Tenum_insert(type, "FALSE", &no);
        H5Tenum_insert(type, "TRUE", &yes);
        dataset(path, type, type, {values.size()}, values.data());
        H5Tclose(type);
    }

    void attribute(const std::string &object, const std::string &name, hid_t type,
                   const std::vector<hsize_t> &extents, const void *data) const
    {
        const hid_t space = extents.empty()
                                ? H5Screate(H5S_SCALAR)
                                : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
        const hid_t id = H5Acreate_by_name(m_file, object.c_str(), name.c_str(), type, space, H5P_DEFAULT,
                                           H5P_DEFAULT, H5P_DEFAULT);
        if (data)
            H5Awrite(id, type, data);
        H5Aclose(id);
        H5Sclose(space);
    }

    void textAttribute(const std::string &object, const std::string &name, const std::string &value) const
    {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        const char *pointer = value.c_str();
        attribute(object, name, type, {}, &pointer);
        H5Tclose(type);
    }

    void textsAttribute(const std::string &object, const std::string &name,
                        const std::vector<std::string> &values) const
    {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        std::vector<const char *> pointers;
        for (const std::string &value : values)
            pointers.push_back(value.c_str());
        attribute(object, name, type, {values.size()}, pointers.data());
        H5Tclose(type);
    }

    template <class T>
    void numbersAttribute(const std::string &object, const std::string &name,
                          const std::vector<T> &values) const
    {
        attribute(object, name, nativeType<T>(), {values.size()}, values.data());
    }

    void encoding(const std::string &object, const std::string &type, const std::string &version) const
    {
        textAttribute(object, "encoding-type", type);
        textAttribute(object, "encoding-version", version);
    }

private:
    hid_t m_file = -1;
    hid_t m_links = -1;
};

/// A matrix of four cells and five genes that tests write in every layout.
struct Sample
{
    std::vector<std::string> cells = {"AAAC-1", "AAAG-1", "AACT-1", "AAGG-1"};
    std::vector<std::string> genes = {"CD3E", "MS4A1", "NKG7", "LYZ", "PPBP"};
    std::vector<float> dense = {0, 2, 0, 1, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1, 1, 1, 1, 70000};

    template <class T>
    [[nodiscard]] std::vector<T> values() const
    {
        return {dense.begin(), dense.end()};
    }

    /// Genes × cells.
    template <class T>
    [[nodiscard]] std::vector<T> turned() const
    {
        std::vector<T> result;
        for (std::size_t gene = 0; gene < genes.size(); ++gene)
            for (std::size_t cell = 0; cell < cells.size(); ++cell)
                result.push_back(static_cast<T>(dense[cell * genes.size() + gene]));
        return result;
    }
};

/// Compressed rows of a dense matrix.
template <class Value, class Index>
struct Compressed
{
    std::vector<Value> data;
    std::vector<Index> indices;
    std::vector<Index> indptr = {0};

    Compressed(const std::vector<Value> &dense, std::size_t columns)
    {
        for (std::size_t i = 0; i < dense.size(); ++i) {
            if (dense[i] != Value()) {
                data.push_back(dense[i]);
                indices.push_back(static_cast<Index>(i % columns));
            }
            if ((i + 1) % columns == 0)
                indptr.push_back(static_cast<Index>(data.size()));
        }
    }

    void write(const Hdf5Builder &file, const std::string &group, const Storage &storage = {}) const
    {
        file.numbers(group + "/data", data, storage);
        file.numbers(group + "/indices", indices, storage);
        file.numbers(group + "/indptr", indptr, storage);
    }
};

/// obs or var of generation 2 with an index alone.
inline void writeFrame(const Hdf5Builder &file, const std::string &frame,
                       const std::vector<std::string> &names, const std::vector<std::string> &columns = {})
{
    file.texts(frame + "/_index", names);
    file.encoding(frame, "dataframe", "0.2.0");
    file.textAttribute(frame, "_index", "_index");
    if (columns.empty())
        file.numbersAttribute(frame, "column-order", std::vector<double>{});
    else
        file.textsAttribute(frame, "column-order", columns);
}

inline void writeFrames(const Hdf5Builder &file, const Sample &sample)
{
    file.encoding("/", "anndata", "0.1.0");
    writeFrame(file, "/obs", sample.cells);
    writeFrame(file, "/var", sample.genes);
}

/// A csr_matrix as X of generation 2.
template <class Value, class Index>
void writeSparse(const Hdf5Builder &file, const std::string &group, const Compressed<Value, Index> &matrix,
                 std::int64_t cells, std::int64_t genes, const std::string &type = "csr_matrix",
                 const Storage &storage = {})
{
    matrix.write(file, group, storage);
    file.encoding(group, type, "0.1.0");
    file.numbersAttribute(group, "shape", std::vector<std::int64_t>{cells, genes});
}

/// A whole small file of generation 2: X by rows.
inline void writeSampleFile(const Hdf5Builder &file, const Sample &sample = {})
{
    writeFrames(file, sample);
    writeSparse(file, "/X", Compressed<float, std::int32_t>(sample.dense, sample.genes.size()),
                static_cast<std::int64_t>(sample.cells.size()),
                static_cast<std::int64_t>(sample.genes.size()));
}

/// A temporary folder with files that a test writes.
class Hdf5Files
{
public:
    [[nodiscard]] std::filesystem::path path(const std::string &name = "matrix.h5") const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    /// What is read of a file that `write(builder)` makes.
    template <class Write>
    [[nodiscard]] ibidem::Result<ibidem::data::MatrixContainer>
    read(Write write, const ibidem::data::TableOptions &options = {},
         const ibidem::convert::ReadLimits &limits = {}) const
    {
        {
            const Hdf5Builder file(path());
            write(file);
        }
        return ibidem::convert::readMatrix(path(), options, {}, limits);
    }

private:
    QTemporaryDir m_folder;
};

inline ibidem::data::TableOptions withMatrix(const std::string &matrix)
{
    ibidem::data::TableOptions options;
    options.matrix = matrix;
    return options;
}

/// The check of this name; an empty one if the file did not get it.
inline ibidem::data::Check checkOf(const ibidem::data::MatrixContainer &container, std::string_view name)
{
    for (const ibidem::data::Check &check : container.summary.checks)
        if (check.name == name)
            return check;
    return {};
}

inline const ibidem::data::CellColumn *columnOf(const ibidem::data::MatrixContainer &container,
                                                std::string_view name)
{
    for (const ibidem::data::CellColumn &column : container.matrix.cellColumns)
        if (column.name == name)
            return &column;
    return nullptr;
}

inline bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

#define IBIDEM_READS(variable, expression)                                                                   \
    const auto variable = (expression);                                                                      \
    QVERIFY2(variable.has_value(), variable ? "" : ibidem::describe(variable.error()).c_str())

/// The file is answered with this code, and message or cure have these words.
#define IBIDEM_REFUSES(expression, wantedCode, words)                                                        \
    do {                                                                                                     \
        const auto answer = (expression);                                                                    \
        QVERIFY2(!answer.has_value(), "the file was accepted");                                              \
        QVERIFY2(answer.error().code == (wantedCode), ibidem::describe(answer.error()).c_str());             \
        QVERIFY2(contains(ibidem::describe(answer.error()), words),                                          \
                 ibidem::describe(answer.error()).c_str());                                                  \
    } while (false)
