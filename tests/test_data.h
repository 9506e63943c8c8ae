// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTest>

#include <cstdlib>
#include <filesystem>
#include <string>

/// Where the real data lies: $IBIDEM_TEST_DATA, by default ../shared/data beside the project; empty if it is
/// not there.
inline std::filesystem::path testDataFolder()
{
    const char *given = std::getenv("IBIDEM_TEST_DATA");
    const char *source = std::getenv("IBIDEM_SOURCE");
    const std::filesystem::path folder =
        given ? std::filesystem::path(given)
              : std::filesystem::path(source ? source : ".") / "../shared/data";
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? folder : std::filesystem::path();
}

/// In a test function: skips, saying so, without the real data; with IBIDEM_REQUIRE_DATA=1 that is a failure.
#define IBIDEM_REAL_DATA(variable)                                                                           \
    const std::filesystem::path variable = testDataFolder();                                                 \
    if (variable.empty()) {                                                                                  \
        if (qEnvironmentVariableIntValue("IBIDEM_REQUIRE_DATA") == 1)                                        \
            QFAIL("the real data is required but not there: set IBIDEM_TEST_DATA");                          \
        QSKIP("the real data is not there (IBIDEM_TEST_DATA)");                                              \
    }
