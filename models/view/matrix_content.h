// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/child_jobs.h"
#include "models/view/background.h"
#include "models/view/cell_statistics.h"
#include "models/view/label_counts_model.h"
#include "models/view/matrix_model.h"
#include "models/view/prepare_controller.h"
#include "models/view/text.h"

#include <QObject>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

namespace ibidem::view {

/// What is in one matrix file: values, distributions, labels, and what a preparation keeps of it. The file is
/// mapped and counted in another thread.
class MatrixContent final : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Loading, Loaded, Failed };

    explicit MatrixContent(const jobs::Programs &programs, QObject *parent = nullptr);
    ~MatrixContent() override;

    void load(const std::filesystem::path &container, const data::TableSummary &summary);
    void clear();

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    [[nodiscard]] const std::optional<CellStatistics> &statistics() const { return m_statistics; }

    [[nodiscard]] MatrixModel *values() { return &m_values; }

    [[nodiscard]] LabelCountsModel *labels() { return &m_labels; }

    [[nodiscard]] PrepareController *preparation() { return &m_preparation; }

Q_SIGNALS:
    void changed(); ///< state, problem or statistics

private:
    void forget();
    void fileOpened(const Result<MatrixModel::File> &file);
    void countCells(const MatrixModel::File &file);

    State m_state = State::None;
    Problem m_problem;
    std::optional<CellStatistics> m_statistics;
    quint64 m_loads = 0; ///< counts load() and clear(): what comes late is not shown
    std::shared_ptr<std::atomic_bool> m_cancelled;
    MatrixModel m_values;
    LabelCountsModel m_labels;
    PrepareController m_preparation;
    Background m_background;
};

} // namespace ibidem::view
