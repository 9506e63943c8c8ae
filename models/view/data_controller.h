// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/background.h"
#include "models/view/data_input.h"

#include <QObject>
#include <QStringList>

#include <array>
#include <filesystem>
#include <functional>

namespace ibidem::view {

enum class InputRole { Train, Test, Labels };

/// The files of the run to be, and the sample that the program can make itself.
class DataController final : public QObject
{
    Q_OBJECT

public:
    /// Makes the bytes of a small table; called in another thread.
    using SampleSource = std::function<Result<std::string>()>;

    DataController(const jobs::Programs &programs, const std::filesystem::path &cacheFolder,
                   std::filesystem::path sampleFile, SampleSource source, QObject *parent = nullptr);

    [[nodiscard]] DataInput *input(InputRole role) { return m_inputs[static_cast<std::size_t>(role)]; }

    [[nodiscard]] const DataInput *input(InputRole role) const
    {
        return m_inputs[static_cast<std::size_t>(role)];
    }

    void open(InputRole role, const QString &file);
    void clear(InputRole role);
    /// Of several files the one with "test" in its name is the test table; one file alone is the training
    /// table.
    void openAll(const QStringList &files);
    void makeSample();

    [[nodiscard]] InputRole selected() const { return m_selected; }

    void select(InputRole role);
    [[nodiscard]] bool isEmpty() const; ///< no file was given yet
    [[nodiscard]] bool isOpening() const;

    /// Whether a matrix of cells is open as training data: a network learns from it alone, test data and
    /// labels are not used.
    [[nodiscard]] bool showsMatrix() const;

    [[nodiscard]] bool makingSample() const { return m_makingSample; }

    [[nodiscard]] const Problem &sampleProblem() const { return m_sampleProblem; }

    /// Why no run can start with these files, of whatever recipe; empty if one can.
    [[nodiscard]] QString whyNotReady() const;

Q_SIGNALS:
    void changed();
    void opened(const QString &file); ///< a file turned out to be readable

private:
    [[nodiscard]] static QString whyNotReady(const DataInput &input);

    std::array<DataInput *, 3> m_inputs{};
    InputRole m_selected = InputRole::Train;
    std::filesystem::path m_sampleFile;
    SampleSource m_source;
    bool m_makingSample = false;
    Problem m_sampleProblem;
    Background m_background;
};

} // namespace ibidem::view
