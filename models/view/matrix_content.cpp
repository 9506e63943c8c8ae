// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/matrix_content.h"

namespace ibidem::view {

MatrixContent::MatrixContent(const jobs::Programs &programs, QObject *parent)
    : QObject(parent)
    , m_cancelled(std::make_shared<std::atomic_bool>(false))
    , m_preparation(programs)
    , m_background(this)
{}

MatrixContent::~MatrixContent()
{
    m_cancelled->store(true);
}

void MatrixContent::forget()
{
    ++m_loads;
    m_cancelled->store(true);
    m_cancelled = std::make_shared<std::atomic_bool>(false);
    m_state = State::None;
    m_problem = {};
    m_statistics.reset();
    m_values.setFile({});
    m_labels.clear();
    m_preparation.setContainer({});
}

void MatrixContent::clear()
{
    if (m_state == State::None)
        return;
    forget();
    Q_EMIT changed();
}

void MatrixContent::load(const std::filesystem::path &container, const data::TableSummary &summary)
{
    forget();
    m_state = State::Loading;
    m_labels.setSummary(summary);
    m_preparation.setContainer(container);
    m_background.run(
        [container, cancelled = m_cancelled]() -> Result<MatrixModel::File> {
            if (cancelled->load())
                return fail(ErrorCode::Stopped, "not wanted any more", container.string());
            return data::MatrixFile::open(container);
        },
        [this, load = m_loads](const Result<MatrixModel::File> &file) {
            if (load == m_loads)
                fileOpened(file);
        });
    Q_EMIT changed();
}

void MatrixContent::fileOpened(const Result<MatrixModel::File> &file)
{
    if (!file) {
        m_state = State::Failed;
        m_problem = problemOf(file.error());
    } else {
        m_state = State::Loaded;
        m_values.setFile(*file);
        countCells(*file);
    }
    Q_EMIT changed();
}

void MatrixContent::countCells(const MatrixModel::File &file)
{
    m_background.run([file, cancelled = m_cancelled] { return cellStatistics(file->rows(), *cancelled); },
                     [this, load = m_loads](const std::optional<CellStatistics> &statistics) {
                         if (load != m_loads || !statistics)
                             return;
                         m_statistics = statistics;
                         Q_EMIT changed();
                     });
}

} // namespace ibidem::view
