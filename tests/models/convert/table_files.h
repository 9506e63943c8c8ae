// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/table_reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <string>
#include <string_view>

/// A temporary folder with files that a test writes.
class TableFiles
{
public:
    [[nodiscard]] std::filesystem::path path(std::string_view name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    [[nodiscard]] std::filesystem::path write(std::string_view name, std::string_view bytes) const
    {
        const std::filesystem::path file = path(name);
        std::ofstream(file, std::ios::binary) << bytes;
        return file;
    }

    [[nodiscard]] ibidem::Result<ibidem::data::TableContainer>
    read(std::string_view name, std::string_view bytes, const ibidem::data::TableOptions &options = {},
         const ibidem::convert::ReadLimits &limits = {}) const
    {
        return ibidem::convert::readTable(write(name, bytes), options, {}, limits);
    }

private:
    QTemporaryDir m_folder;
};

/// The check of this name; an empty one if the file did not get it.
inline ibidem::data::Check checkOf(const ibidem::data::TableContainer &container, std::string_view name)
{
    for (const ibidem::data::Check &check : container.summary.checks)
        if (check.name == name)
            return check;
    return {};
}

inline bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

#define IBIDEM_READS(variable, expression)                                                                   \
    const auto variable = (expression);                                                                      \
    QVERIFY2(variable.has_value(), variable ? "" : ibidem::describe(variable.error()).c_str())

/// The file is answer with this code, and the message has these words.
#define IBIDEM_REFUSES(expression, wantedCode, words)                                                        \
    do {                                                                                                     \
        const auto answer = (expression);                                                                    \
        QVERIFY2(!answer.has_value(), "the file was accepted");                                              \
        QVERIFY2(answer.error().code == (wantedCode), ibidem::describe(answer.error()).c_str());             \
        QVERIFY2(contains(answer.error().message, words), ibidem::describe(answer.error()).c_str());         \
    } while (false)
