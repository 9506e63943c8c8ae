// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/matrices/matrix_reader.h"

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

/// The files of a 10x folder by name.
using MtxContent = std::map<std::string, std::string>;

/// Three genes × two cells, one gene name twice.
inline MtxContent smallMtx()
{
    return {{"matrix.mtx", "%%MatrixMarket matrix coordinate integer general\n%metadata_json: {}\n3 2 4\n"
                           "1 1 5\n3 1 7\n1 2 1\n2 2 200000\n"},
            {"barcodes.tsv", "AAAC-1\nCCCA-1\n"},
            {"features.tsv",
             "ENSG1\tA\tGene Expression\nENSG2\tB\tGene Expression\nENSG3\tA\tGene Expression\n"}};
}

/// A temporary folder that holds these files.
class MtxFolder
{
public:
    explicit MtxFolder(const MtxContent &content) { write(content); }

    void write(const MtxContent &content) const
    {
        for (const auto &[name, bytes] : content)
            std::ofstream(path() / name, std::ios::binary | std::ios::trunc) << bytes;
    }

    [[nodiscard]] std::filesystem::path path() const { return m_folder.path().toStdString(); }

    [[nodiscard]] ibidem::Result<ibidem::data::MatrixContainer>
    read(const ibidem::data::TableOptions &options = {}, std::uint64_t memoryBytes = 1ULL << 30U) const
    {
        return ibidem::convert::readMtxMatrix(path(), options, {}, {memoryBytes});
    }

private:
    QTemporaryDir m_folder;
};
