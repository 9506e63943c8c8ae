// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/child_jobs.h"
#include "models/view/background.h"
#include "models/view/checks_model.h"
#include "models/view/matrix_content.h"
#include "models/view/open_choice.h"
#include "models/view/table_preview_model.h"
#include "models/view/text.h"

#include <QList>
#include <QObject>
#include <QPair>

#include <filesystem>
#include <optional>

namespace ibidem::view {

/// One file that a run reads: training table, test table or labels; or a matrix of cells and genes, which may
/// be a folder. Opening goes through a child process and never blocks.
class DataInput final : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Opening, Ready, Failed };

    DataInput(jobs::Programs programs, std::filesystem::path cacheFolder, QString title,
              QObject *parent = nullptr);
    ~DataInput() override;

    void open(const QString &file, const data::TableOptions &options = {});
    /// Gives up opening; there is no file then, as after clear().
    void cancel();
    void clear();

    /// The matrices that the open file offers; empty unless there are several.
    [[nodiscard]] QStringList sources() const;
    [[nodiscard]] QString source() const; ///< the one that was read
    /// Opens the file again and reads another of its matrices.
    void chooseSource(const QString &source);

    /// What the file that could not be opened wants to be told.
    [[nodiscard]] const OpenChoice &choice() const { return m_choice; }

    /// Opens the file again with one of choice().values.
    void choose(const QString &value);

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] QString title() const { return m_title; }

    [[nodiscard]] QString file() const { return m_file; }

    [[nodiscard]] QString fileName() const;

    [[nodiscard]] const data::TableOptions &options() const
    {
        return m_options;
    } ///< with which it was opened

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

    /// Whether a matrix of cells and genes is open: content() shows it then, preview() is empty.
    [[nodiscard]] bool isMatrix() const;

    [[nodiscard]] MatrixContent *content() { return &m_content; }

Q_SIGNALS:
    void changed();

private:
    void dropJob();
    void forget();
    void jobFinished();
    void openingFailed(const Error &error);
    void loadPreview(const std::filesystem::path &container);
    [[nodiscard]] QString shapeText() const;
    [[nodiscard]] QString labelText() const;
    [[nodiscard]] QList<QPair<QString, QString>> matrixFacts() const;

    jobs::Programs m_programs;
    std::filesystem::path m_cacheFolder;
    QString m_title;
    QString m_file;
    data::TableOptions m_options; ///< with which the file was opened
    OpenChoice m_choice;
    State m_state = State::None;
    int m_percent = 0;
    Problem m_problem;
    std::optional<data::TableSummary> m_summary;
    jobs::ConvertJob *m_job = nullptr;
    quint64 m_opened = 0; ///< counts open() and clear(): a late preview of an earlier file is not shown
    ChecksModel m_checks;
    TablePreviewModel m_preview;
    MatrixContent m_content;
    Background m_background;
};

} // namespace ibidem::view
