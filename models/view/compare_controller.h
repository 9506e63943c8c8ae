// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/comparison.h"
#include "models/view/background.h"
#include "models/view/differences_model.h"
#include "models/view/embedding_pair.h"
#include "models/view/run_curves.h"
#include "models/view/text.h"

#include <QObject>
#include <QStringList>

#include <filesystem>
#include <optional>

namespace ibidem::view {

/// Compares two runs in a thread of its own and says the verdict in words.
class CompareController final : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Working, Done, Failed };
    enum class Verdict { None, Identical, Within, Different };

    explicit CompareController(QObject *parent = nullptr);
    void compare(const std::filesystem::path &a, const std::filesystem::path &b);

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] Verdict verdict() const;
    [[nodiscard]] QString sentence() const;    ///< the verdict, or what is missing for one
    [[nodiscard]] QStringList details() const; ///< counts and the first difference, a line each

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    [[nodiscard]] std::filesystem::path a() const { return m_a; }

    [[nodiscard]] std::filesystem::path b() const { return m_b; }

    [[nodiscard]] DifferencesModel *differences() { return &m_differences; }

    /// Whether the compared runs are networks', which have maps.
    [[nodiscard]] bool comparesNetworks() const { return m_comparison && m_comparison->epochs > 0; }

    [[nodiscard]] EmbeddingPair *embeddings() { return &m_embeddings; }

    [[nodiscard]] RunCurves *curves() { return &m_curves; }

Q_SIGNALS:
    void changed();

private:
    State m_state = State::Idle;
    std::filesystem::path m_a;
    std::filesystem::path m_b;
    quint64 m_asked = 0; ///< only the last question's answer is shown
    std::optional<compare::Comparison> m_comparison;
    Problem m_problem;
    DifferencesModel m_differences;
    EmbeddingPair m_embeddings;
    RunCurves m_curves;
    Background m_background;
};

} // namespace ibidem::view
