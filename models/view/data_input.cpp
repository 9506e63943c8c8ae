// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/data_input.h"

#include "models/base/text.h"

#include <QFileInfo>

#include <algorithm>

namespace ibidem::view {

DataInput::DataInput(jobs::Programs programs, std::filesystem::path cacheFolder, QString title,
                     QObject *parent)
    : QObject(parent)
    , m_programs(std::move(programs))
    , m_cacheFolder(std::move(cacheFolder))
    , m_title(std::move(title))
    , m_background(this)
{}

DataInput::~DataInput()
{
    dropJob();
}

void DataInput::dropJob()
{
    if (!m_job)
        return;
    m_job->disconnect(this);
    m_job->cancel();
    m_job->deleteLater();
    m_job = nullptr;
}

void DataInput::open(const QString &file)
{
    clear();
    m_file = QFileInfo(file).absoluteFilePath();
    m_state = State::Opening;
    m_job = new jobs::ConvertJob(m_programs, toPath(m_file), {}, m_cacheFolder, this);
    connect(m_job, &jobs::ConvertJob::progressed, this, [this](double fraction) {
        const int percent = std::clamp(static_cast<int>(fraction * 100.0), 0, 100);
        if (percent == m_percent)
            return;
        m_percent = percent;
        Q_EMIT changed();
    });
    connect(m_job, &jobs::ConvertJob::finished, this, &DataInput::jobFinished, Qt::QueuedConnection);
    Q_EMIT changed();
    m_job->start();
}

void DataInput::clear()
{
    dropJob();
    ++m_opened;
    m_file.clear();
    m_state = State::None;
    m_percent = 0;
    m_problem = {};
    m_summary.reset();
    m_checks.setChecks({});
    m_preview.setContainer({});
    Q_EMIT changed();
}

void DataInput::jobFinished()
{
    if (!m_job)
        return;
    const Result<jobs::OpenedFile> result = m_job->result();
    m_job->deleteLater();
    m_job = nullptr;
    if (!result) {
        m_state = State::Failed;
        m_problem = problemOf(result.error());
        if (m_problem.file.isEmpty())
            m_problem.file = m_file;
        m_checks.setChecks({{"readable", data::CheckState::Error, result.error().message}});
        Q_EMIT changed();
        return;
    }
    m_state = State::Ready;
    m_summary = result->summary;
    m_checks.setChecks(result->summary.checks);
    loadPreview(result->container);
    Q_EMIT changed();
}

void DataInput::loadPreview(const std::filesystem::path &container)
{
    m_background.run(
        [container] {
            auto read = data::readTableContainer(container);
            return read ? std::make_shared<const data::TableContainer>(*std::move(read))
                        : TablePreviewModel::Container();
        },
        [this, opened = m_opened](TablePreviewModel::Container table) {
            if (opened == m_opened)
                m_preview.setContainer(std::move(table));
        });
}

QString DataInput::fileName() const
{
    return QFileInfo(m_file).fileName();
}

QString DataInput::shapeText() const
{
    if (m_summary->shape.size() != 2)
        return m_summary->shape.empty() ? QString() : tr("%1 samples").arg(count(m_summary->shape[0]));
    if (m_summary->kind == "expression-table")
        return tr("%1 samples × %2 genes").arg(count(m_summary->shape[0]), count(m_summary->shape[1]));
    return tr("%1 rows × %2 columns").arg(count(m_summary->shape[0]), count(m_summary->shape[1]));
}

QString DataInput::labelText() const
{
    QStringList parts;
    for (const auto &[label, number] : m_summary->labels)
        parts << tr("%1: %2").arg(toQt(label), count(number));
    return parts.join(QStringLiteral(",  "));
}

QString DataInput::headline() const
{
    switch (m_state) {
    case State::None:
        return tr("no file");
    case State::Opening:
        return tr("Reading and checking %1… %2 %").arg(fileName()).arg(m_percent);
    case State::Failed:
        return tr("%1 cannot be used: %2").arg(fileName(), m_problem.cause);
    case State::Ready:
        break;
    }
    if (m_summary->labels.empty())
        return tr("%1, no class labels").arg(shapeText());
    return tr("%1, %2 classes").arg(shapeText()).arg(m_summary->labels.size());
}

QList<QPair<QString, QString>> DataInput::facts() const
{
    QList<QPair<QString, QString>> facts;
    if (!m_summary)
        return facts;
    facts.append({tr("File"), tr("%1 (%2)").arg(fileName(), toQt(formatBytes(m_summary->fileBytes)))});
    facts.append({tr("Format"), toQt(m_summary->format)});
    facts.append({tr("Size"), shapeText()});
    facts.append({tr("Class labels"), m_summary->labels.empty() ? tr("none in this file") : labelText()});
    if (m_summary->kind == "expression-table")
        facts.append({tr("Values"),
                      tr("%1 to %2").arg(m_summary->minimum, 0, 'g', 6).arg(m_summary->maximum, 0, 'g', 6)});
    facts.append({tr("Fingerprint"), toQt(m_summary->digest)});
    return facts;
}

} // namespace ibidem::view
