// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/data_input.h"

#include "models/base/text.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace ibidem::view {

namespace {

/// "25.3 %" of all places; "100.0 %" only if it is all of them.
QString shareText(std::uint64_t nonZero, const std::vector<std::uint64_t> &shape)
{
    constexpr double kMostOfAll = 99.95; // what would be rounded to all
    constexpr double kLeast = 0.05;      // what would be rounded to nothing
    const double places = static_cast<double>(shape[0]) * static_cast<double>(shape[1]);
    const double share = places > 0.0 ? 100.0 * static_cast<double>(nonZero) / places : 0.0;
    if (share >= kMostOfAll && share < 100.0)
        return DataInput::tr("over 99.9 %");
    if (share > 0.0 && share < kLeast)
        return DataInput::tr("under 0.1 %");
    return toQt(formatFixed(share, 1)) + QStringLiteral(" %");
}

} // namespace

DataInput::DataInput(jobs::Programs programs, std::filesystem::path cacheFolder, QString title,
                     QObject *parent)
    : QObject(parent)
    , m_programs(std::move(programs))
    , m_cacheFolder(std::move(cacheFolder))
    , m_title(std::move(title))
    , m_content(m_programs)
    , m_background(this)
{
    connect(&m_content, &MatrixContent::changed, this, [this] {
        if (m_state == State::Ready)
            Q_EMIT changed();
    });
}

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

void DataInput::open(const QString &file, const data::TableOptions &options)
{
    forget();
    m_file = QDir::cleanPath(QFileInfo(file).absoluteFilePath());
    m_options = options;
    m_state = State::Opening;
    m_job = new jobs::ConvertJob(m_programs, toPath(m_file), m_options, m_cacheFolder, this);
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

void DataInput::forget()
{
    dropJob();
    ++m_opened;
    m_file.clear();
    m_choice = {};
    m_state = State::None;
    m_percent = 0;
    m_problem = {};
    m_summary.reset();
    m_checks.setChecks({});
    m_preview.setContainer({});
    m_content.clear();
}

void DataInput::clear()
{
    forget();
    Q_EMIT changed();
}

void DataInput::cancel()
{
    if (m_state == State::Opening)
        clear();
}

bool DataInput::isMatrix() const
{
    return m_summary && m_summary->kind == data::kMatrixKind && m_summary->matrix;
}

QStringList DataInput::sources() const
{
    QStringList names;
    if (isMatrix() && m_summary->matrix->sources.size() > 1) {
        for (const std::string &name : m_summary->matrix->sources)
            names << toQt(name);
    }
    return names;
}

QString DataInput::source() const
{
    return isMatrix() ? toQt(m_summary->matrix->source) : QString();
}

void DataInput::chooseSource(const QString &source)
{
    if (!isMatrix() || source == this->source() || !sources().contains(source))
        return;
    data::TableOptions options = m_options;
    // The matrices of an old 10x file are those of its genomes.
    (m_summary->format == "10x-v2" ? options.genome : options.matrix) = toUtf8(source);
    open(QString(m_file), options);
}

void DataInput::choose(const QString &value)
{
    data::TableOptions options = m_options;
    switch (m_choice.option) {
    case OpenChoice::Option::None:
        return;
    case OpenChoice::Option::Genome:
        options.genome = toUtf8(value);
        break;
    case OpenChoice::Option::Matrix:
        options.matrix = toUtf8(value);
        break;
    case OpenChoice::Option::FeatureType:
        options.featureType = toUtf8(value);
        break;
    }
    open(QString(m_file), options);
}

void DataInput::jobFinished()
{
    if (!m_job)
        return;
    const Result<jobs::OpenedFile> result = m_job->result();
    m_job->deleteLater();
    m_job = nullptr;
    if (!result) {
        openingFailed(result.error());
        return;
    }
    m_state = State::Ready;
    m_summary = result->summary;
    m_checks.setChecks(result->summary.checks);
    if (isMatrix())
        m_content.load(result->container, result->summary);
    else
        loadPreview(result->container);
    Q_EMIT changed();
}

void DataInput::openingFailed(const Error &error)
{
    m_state = State::Failed;
    m_choice = choiceOf(error);
    m_problem = problemOf(error);
    if (m_problem.file.isEmpty())
        m_problem.file = m_file;
    m_checks.setChecks({{"readable", data::CheckState::Error, error.message}});
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
    if (isMatrix())
        return tr("%1 cells × %2 genes").arg(count(m_summary->shape[0]), count(m_summary->shape[1]));
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
    if (isMatrix() && m_summary->labels.empty())
        return tr("%1, no labels").arg(shapeText());
    if (isMatrix())
        return tr("%1, %2 labels").arg(shapeText()).arg(m_summary->labels.size());
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
    if (!isMatrix())
        facts.append({tr("Format"), toQt(m_summary->format)});
    facts.append({tr("Size"), shapeText()});
    if (isMatrix())
        return facts + matrixFacts() +
               QList<QPair<QString, QString>>{{tr("Fingerprint"), toQt(m_summary->digest)}};
    facts.append({tr("Class labels"), m_summary->labels.empty() ? tr("none in this file") : labelText()});
    if (m_summary->kind == "expression-table")
        facts.append({tr("Values"),
                      tr("%1 to %2").arg(m_summary->minimum, 0, 'g', 6).arg(m_summary->maximum, 0, 'g', 6)});
    facts.append({tr("Fingerprint"), toQt(m_summary->digest)});
    return facts;
}

QList<QPair<QString, QString>> DataInput::matrixFacts() const
{
    const data::MatrixFacts &matrix = *m_summary->matrix;
    QStringList annotations;
    for (const auto &[name, counts] : matrix.columns)
        annotations << toQt(name);
    QStringList embeddings;
    for (const std::string &name : matrix.embeddings)
        embeddings << toQt(name);
    const QString separator = QStringLiteral(", ");
    return {{tr("Values"), tr("%1 non-zero (%2), %3 to %4, %5")
                               .arg(shareText(matrix.nonZero, m_summary->shape), count(matrix.nonZero))
                               .arg(m_summary->minimum, 0, 'g', 6)
                               .arg(m_summary->maximum, 0, 'g', 6)
                               .arg(matrix.counts ? tr("whole numbers: counts") : tr("not counts"))},
            {tr("Format"), tr("%1, read from %2").arg(toQt(m_summary->format), source())},
            {tr("Annotations"), annotations.isEmpty() ? tr("none") : annotations.join(separator)},
            {tr("Embeddings"), embeddings.isEmpty() ? tr("none") : embeddings.join(separator)}};
}

} // namespace ibidem::view
