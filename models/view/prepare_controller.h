// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/prepare_job.h"
#include "models/view/checks_model.h"
#include "models/view/preparation_model.h"
#include "models/view/stages_model.h"
#include "models/view/text.h"

#include <QObject>

#include <filesystem>
#include <optional>

namespace ibidem::view {

/// Prepares one matrix in a process of its own, to see what each stage keeps: parameters, progress, result.
class PrepareController final : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Running, Stopping, Finished, Cancelled, Failed };

    explicit PrepareController(jobs::Programs programs, QObject *parent = nullptr);
    ~PrepareController() override;

    /// The container of the matrix to prepare; empty: there is none. Forgets the result, keeps the
    /// parameters.
    void setContainer(const std::filesystem::path &container);

    void run();
    void cancel();

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] bool busy() const { return m_state == State::Running || m_state == State::Stopping; }

    [[nodiscard]] QString whyNotRun() const; ///< empty if it can; likewise below
    [[nodiscard]] QString whyNotCancel() const;
    [[nodiscard]] QString whyNotReset() const;

    [[nodiscard]] int permille() const { return m_permille; }

    [[nodiscard]] QString statusText() const; ///< what goes on, or how it ended, in one sentence

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    [[nodiscard]] const std::optional<data::PreparedSummary> &summary() const { return m_summary; }

    /// Whether the parameters were changed since the stages were made.
    [[nodiscard]] bool isOutdated() const;

    [[nodiscard]] PreparationModel *parameters() { return &m_parameters; }

    [[nodiscard]] StagesModel *stages() { return &m_stages; }

    [[nodiscard]] ChecksModel *checks() { return &m_checks; }

Q_SIGNALS:
    void changed();    ///< state, problem, parameters or result
    void progressed(); ///< permille and statusText alone

private:
    void dropJob();
    void forgetResult();
    void jobFinished();
    void show(const data::PreparedSummary &summary);
    void setState(State state);

    jobs::Programs m_programs;
    std::filesystem::path m_container;
    State m_state = State::Idle;
    int m_permille = 0;
    QString m_stage;
    Problem m_problem;
    spec::CellPreparation m_prepared; ///< the parameters of the result, or of the run that goes on
    std::optional<data::PreparedSummary> m_summary;
    PreparationModel m_parameters;
    StagesModel m_stages;
    ChecksModel m_checks;
    jobs::PrepareJob *m_job = nullptr;
};

} // namespace ibidem::view
