// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/html_report.h"
#include "models/view/background.h"
#include "models/view/checks_model.h"
#include "models/view/compare_controller.h"
#include "models/view/text.h"
#include "models/view/train_controller.h"

#include <QObject>

#include <filesystem>
#include <vector>

namespace ibidem::view {

/// Writes the report on the compared runs, or on the last run if nothing was compared yet.
class ReportController final : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Working, Saved, Failed };

    ReportController(const TrainController &train, const CompareController &compare,
                     QObject *parent = nullptr);
    void save(const QString &file);

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] std::vector<std::filesystem::path> runs() const;
    [[nodiscard]] QString whyNotSave() const; ///< empty if it can
    [[nodiscard]] QString statusText() const;
    [[nodiscard]] QString suggestedName() const;

    [[nodiscard]] QString savedFile() const { return m_file; } ///< empty unless saved

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    /// What the report can claim, and what nobody has observed yet.
    [[nodiscard]] ChecksModel *claims() { return &m_claims; }

Q_SIGNALS:
    void changed();

private:
    void sourcesChanged();
    void updateClaims();
    void readProcessors();
    void saved(const QString &file, std::vector<report::ChangedFile> files);

    const TrainController &m_train;
    const CompareController &m_compare;
    State m_state = State::Idle;
    std::vector<std::filesystem::path> m_written; ///< the runs of the saved report
    std::vector<report::ChangedFile> m_changed;   ///< what it says of them
    std::vector<std::filesystem::path> m_equal;   ///< runs with the same bits, whose manifests were asked for
    std::size_t m_processors = 0;                 ///< kinds of processor that they name
    QString m_file;
    Problem m_problem;
    ChecksModel m_claims;
    Background m_background;
};

} // namespace ibidem::view
