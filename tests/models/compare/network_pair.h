// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "tests/models/compare/network_fixture.h"
#include "tests/models/compare/run_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <string>
#include <string_view>

namespace ibidem::fixture {

#define VERIFY_SAYS(comparison, words)                                                                       \
    QVERIFY2((comparison).sentence.find(words) != std::string::npos, describe(comparison).c_str())

/// Two runs of a network, written and compared: what the tests of their comparison share.
class NetworkPair
{
protected:
    using Comparison = compare::Comparison;
    using Difference = compare::Difference;
    using Tolerance = compare::Tolerance;

    /// The plain run against one that was changed.
    template <class Change>
    Comparison changed(Change change, const Tolerance &tolerance = {})
    {
        NetworkRun run = makeNetworkRun();
        change(run);
        return written(makeNetworkRun(), run, tolerance);
    }

    Comparison written(const NetworkRun &a, const NetworkRun &b, const Tolerance &tolerance = {})
    {
        for (const char *name : {"a", "b"})
            std::filesystem::remove_all(m_folder / name);
        const Status doneA = writeNetworkRun(m_folder / "a", a);
        const Status doneB = writeNetworkRun(m_folder / "b", b);
        if (!doneA || !doneB)
            qWarning("%s", ibidem::describe(doneA ? doneB.error() : doneA.error()).c_str());
        return compared(tolerance);
    }

    [[nodiscard]] Comparison compared(const Tolerance &tolerance = {}) const
    {
        const Result<Comparison> result = compare::compareRuns(m_folder / "a", m_folder / "b", tolerance);
        if (!result)
            qWarning("%s", ibidem::describe(result.error()).c_str());
        return result.value_or(Comparison());
    }

    static const Difference *find(const Comparison &comparison, std::string_view what,
                                  std::string_view where = {})
    {
        for (const Difference &difference : comparison.differences)
            if (difference.what == what && difference.where.find(where) != std::string::npos)
                return &difference;
        return nullptr;
    }

    static std::string first(const Comparison &comparison)
    {
        return compactJson(comparison.toJson()["first"]).value_or(std::string());
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_folder = m_temporary.path().toStdString();
};

} // namespace ibidem::fixture
