// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/data_controller.h"

#include "models/base/files.h"

#include <QFileInfo>

#include <algorithm>

namespace ibidem::view {

DataController::DataController(const jobs::Programs &programs, const std::filesystem::path &cacheFolder,
                               std::filesystem::path sampleFile, SampleSource source, QObject *parent)
    : QObject(parent)
    , m_sampleFile(std::move(sampleFile))
    , m_source(std::move(source))
    , m_background(this)
{
    m_inputs[0] = new DataInput(programs, cacheFolder, tr("Training data"), this);
    m_inputs[1] = new DataInput(programs, cacheFolder, tr("Test data"), this);
    m_inputs[2] = new DataInput(programs, cacheFolder, tr("Class labels"), this);
    for (DataInput *input : m_inputs) {
        connect(input, &DataInput::changed, this, [this, input] {
            Q_EMIT changed();
            if (input->state() == DataInput::State::Ready)
                Q_EMIT opened(input->file());
        });
    }
}

void DataController::open(InputRole role, const QString &file)
{
    m_selected = role;
    m_sampleProblem = {};
    input(role)->open(file);
}

void DataController::clear(InputRole role)
{
    input(role)->clear();
}

void DataController::openAll(const QStringList &files)
{
    QStringList tables = files;
    const auto test = std::find_if(tables.begin(), tables.end(), [](const QString &file) {
        return QFileInfo(file).fileName().contains(QLatin1String("test"), Qt::CaseInsensitive);
    });
    if (tables.size() > 1 && test != tables.end()) {
        open(InputRole::Test, *test);
        tables.erase(test);
    }
    if (!tables.isEmpty())
        open(InputRole::Train, tables.first());
}

void DataController::makeSample()
{
    if (m_makingSample)
        return;
    m_makingSample = true;
    Q_EMIT changed();
    m_background.run(
        [source = m_source, file = m_sampleFile]() -> Status {
            IBIDEM_TRY(const std::string bytes, source());
            IBIDEM_CHECK(makeFolder(file.parent_path()));
            return writeFileAtomically(file, bytes);
        },
        [this](const Status &status) {
            m_makingSample = false;
            if (status) {
                clear(InputRole::Test);
                clear(InputRole::Labels);
                open(InputRole::Train, fromPath(m_sampleFile));
                return;
            }
            m_sampleProblem = problemOf(status.error());
            Q_EMIT changed();
        });
}

void DataController::select(InputRole role)
{
    if (m_selected == role)
        return;
    m_selected = role;
    Q_EMIT changed();
}

bool DataController::isEmpty() const
{
    return std::all_of(m_inputs.begin(), m_inputs.end(),
                       [](const DataInput *input) { return input->state() == DataInput::State::None; });
}

bool DataController::isOpening() const
{
    return std::any_of(m_inputs.begin(), m_inputs.end(),
                       [](const DataInput *input) { return input->state() == DataInput::State::Opening; });
}

bool DataController::showsMatrix() const
{
    return input(InputRole::Train)->isMatrix();
}

QString DataController::whyNotReady(const DataInput &input)
{
    if (input.state() == DataInput::State::Opening)
        return tr("%1 is still being read.").arg(input.fileName());
    if (input.state() == DataInput::State::Failed)
        return tr("%1 cannot be used: see the Data screen.").arg(input.fileName());
    if (input.state() == DataInput::State::Ready && input.checks()->worst() == data::CheckState::Error)
        return tr("%1 has an error: see the checks on the Data screen.").arg(input.fileName());
    return {};
}

QString DataController::whyNotReady() const
{
    const DataInput *train = input(InputRole::Train);
    if (train->state() == DataInput::State::None)
        return tr("No training data is open: open a table or a matrix on the Data screen.");
    if (showsMatrix())
        return whyNotReady(*train);
    for (const DataInput *input : m_inputs) {
        if (const QString why = whyNotReady(*input); !why.isEmpty())
            return why;
        if (input->isMatrix())
            return tr("%1 is a matrix of cells and genes: open it as training data, or choose a table here.")
                .arg(input->fileName());
    }
    if (train->summary()->labels.empty() && input(InputRole::Labels)->state() == DataInput::State::None)
        return tr("The training table has no class labels: add a file with labels on the Data screen.");
    return {};
}

} // namespace ibidem::view
