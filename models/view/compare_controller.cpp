// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/compare_controller.h"

namespace ibidem::view {

CompareController::CompareController(QObject *parent)
    : QObject(parent)
    , m_background(this)
{}

void CompareController::compare(const std::filesystem::path &a, const std::filesystem::path &b)
{
    m_a = a;
    m_b = b;
    m_state = State::Working;
    m_comparison.reset();
    m_problem = {};
    m_differences.setDifferences({});
    Q_EMIT changed();
    m_embeddings.load(a, b);
    m_curves.load(a, b);
    m_background.run([a, b] { return compare::compareRuns(a, b); },
                     [this, asked = ++m_asked](const Result<compare::Comparison> &result) {
                         if (asked != m_asked)
                             return;
                         if (result) {
                             m_comparison = *result;
                             m_differences.setDifferences(result->differences);
                             m_state = State::Done;
                         } else {
                             m_problem = problemOf(result.error());
                             m_state = State::Failed;
                         }
                         Q_EMIT changed();
                     });
}

CompareController::Verdict CompareController::verdict() const
{
    if (!m_comparison)
        return Verdict::None;
    switch (m_comparison->verdict) {
    case compare::Verdict::Identical:
        return Verdict::Identical;
    case compare::Verdict::Within:
        return Verdict::Within;
    case compare::Verdict::Different:
        break;
    }
    return Verdict::Different;
}

QString CompareController::sentence() const
{
    switch (m_state) {
    case State::Idle:
        return tr("Two runs are needed to compare.");
    case State::Working:
        return tr("Comparing…");
    case State::Failed:
        return tr("The runs cannot be compared: %1").arg(m_problem.cause);
    case State::Done:
        break;
    }
    return toQt(m_comparison->sentence);
}

QStringList CompareController::details() const
{
    if (!m_comparison)
        return {};
    const compare::Comparison &found = *m_comparison;
    QStringList lines;
    const auto equalOf = [](const QString &what, std::uint64_t equal, std::uint64_t total) {
        return tr("%1: %2 of %3 equal bit for bit").arg(what, count(equal), count(total));
    };
    const bool network = comparesNetworks();
    if (network)
        lines << equalOf(tr("Weights after each epoch"), found.epochsEqual, found.epochs)
              << equalOf(tr("Tensors of the network"), found.tensorsEqual, found.tensors)
              << equalOf(tr("Cells of the embedding"), found.cellsEqual, found.cells);
    if (!network || found.trees > 0)
        lines << equalOf(tr("Trees"), found.treesEqual, found.trees);
    lines << equalOf(tr("Metric values"), found.metricsEqual, found.metrics);
    if (!network || found.predictions > 0)
        lines << equalOf(tr("Predictions"), found.predictionsEqual, found.predictions);
    lines << tr("Settings: %1 of %2 equal").arg(count(found.settingsEqual), count(found.settings));
    if (found.topGenes > 0)
        lines << tr("Most important genes: %1 of the first %2 shared")
                     .arg(count(found.topGenesShared), count(found.topGenes));
    if (found.firstRound)
        lines << (network ? tr("First difference: epoch %1, %2") : tr("First difference: round %1, %2"))
                     .arg(QString::number(*found.firstRound), toQt(found.firstWhat));
    return lines;
}

} // namespace ibidem::view
