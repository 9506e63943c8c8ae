// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/prepared_cells.h"
#include "models/jobs/child_jobs.h"
#include "models/spec/cell_preparation.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <optional>

namespace ibidem::jobs {

struct PrepareOrder
{
    std::filesystem::path container; ///< of the matrix, in the cache
    spec::CellPreparation preparation;
    int threads = 0;                          ///< 0: as many as there are cores
    std::optional<std::filesystem::path> out; ///< the prepared container; none: only the summary is wanted
};

/// Prepares a matrix in a process of its own: `ibidem-train --prepare`. A process that dies becomes an error
/// that names the signal. Emits finished() once, also after cancel(): Stopped, and no file is left, unless it
/// was done before it heard of it.
class PrepareJob : public QObject
{
    Q_OBJECT

public:
    PrepareJob(Programs programs, PrepareOrder order, QObject *parent = nullptr);
    ~PrepareJob() override;
    void start();
    void cancel();
    /// Valid after finished().
    [[nodiscard]] const Result<data::PreparedSummary> &result() const;

Q_SIGNALS:
    void progressed(const QString &stage, double fraction);
    void finished();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace ibidem::jobs
