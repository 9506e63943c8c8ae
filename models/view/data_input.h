// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/child_jobs.h"
#include "models/view/background.h"
#include "models/view/checks_model.h"
#include "models/view/table_preview_model.h"
#include "models/view/text.h"

#include <QList>
#include <QObject>
#include <QPair>

#include <filesystem>
#include <optional>

namespace ibidem::view {

/// One file that a run reads: training table, test table or labels. Opening goes through a child process and
/// never blocks.
class DataInput final : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Opening, Ready, Failed };

    DataInput(jobs::Programs programs, std::filesystem::path cacheFolder, QString title,
              QObject *parent = nullptr);
    ~DataInput() override;

    void open(const QString &file);
    void clear();

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] QString title() const { return m_title; }

    [[nodiscard]] QString file() const { return m_file; }

    [[nodiscard]] QString fileName() const;

    [[nodiscard]] int percent() const { return m_percent; }

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    [[nodiscard]] const std::optional<data::TableSummary> &summary() const { return m_summary; }

    /// One line: "219 samples × 696 genes, 2 classes", or what is the matter.
    [[nodiscard]] QString headline() const;
    /// Title and value of what is known, for a form.
    [[nodiscard]] QList<QPair<QString, QString>> facts() const;

    [[nodiscard]] ChecksModel *checks() { return &m_checks; }

    [[nodiscard]] const ChecksModel *checks() const { return &m_checks; }

    [[nodiscard]] TablePreviewModel *preview() { return &m_preview; }

Q_SIGNALS:
    void changed();

private:
    void dropJob();
    void jobFinished();
    void loadPreview(const std::filesystem::path &container);
    [[nodiscard]] QString shapeText() const;
    [[nodiscard]] QString labelText() const;

    jobs::Programs m_programs;
    std::filesystem::path m_cacheFolder;
    QString m_title;
    QString m_file;
    State m_state = State::None;
    int m_percent = 0;
    Problem m_problem;
    std::optional<data::TableSummary> m_summary;
    jobs::ConvertJob *m_job = nullptr;
    quint64 m_opened = 0; ///< counts open() and clear(): a late preview of an earlier file is not shown
    ChecksModel m_checks;
    TablePreviewModel m_preview;
    Background m_background;
};

} // namespace ibidem::view
