// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/run_curves.h"

#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "models/view/text.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ibidem::view {

namespace {

struct Curves
{
    bool network = false;
    QList<QPointF> train;
    QList<QPointF> second;
};

constexpr std::uint64_t kLargestMetricsFile = 1ULL << 28U;

Result<Curves> readCurves(const std::filesystem::path &run)
{
    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(run));
    Curves curves;
    curves.network = manifest.isNetwork();
    if (!manifest.files.contains(std::string(runs::kMetricsFile)))
        return curves;
    const std::filesystem::path file = run / runs::kMetricsFile;
    IBIDEM_TRY(const std::string text, readFile(file, kLargestMetricsFile));
    IBIDEM_TRY(const std::vector<runs::MetricPoint> points, runs::parseMetricsCsv(text, file.string()));
    const std::string metric = toUtf8(CurveModel::metric(curves.network));
    const char *second = curves.network ? "validation" : "test";
    for (const runs::MetricPoint &point : points) {
        if (point.metric != metric)
            continue;
        const QPointF place(static_cast<double>(point.round), point.value);
        if (point.split == "train")
            curves.train.append(place);
        else if (point.split == second)
            curves.second.append(place);
    }
    return curves;
}

void show(const Curves &curves, CurveModel &model)
{
    model.setNetwork(curves.network);
    const double last = curves.train.isEmpty() ? 0.0 : curves.train.last().x();
    model.setPoints(curves.train, curves.second, static_cast<qint64>(last));
}

} // namespace

RunCurves::RunCurves(QObject *parent)
    : QObject(parent)
    , m_background(this)
{}

void RunCurves::clear()
{
    ++m_loads;
    m_a.clear();
    m_b.clear();
    m_difference.clear();
    m_problem.clear();
    Q_EMIT changed();
}

void RunCurves::load(const std::filesystem::path &a, const std::filesystem::path &b)
{
    clear();
    m_background.run([a, b] { return std::pair(readCurves(a), readCurves(b)); },
                     [this, load = m_loads](const std::pair<Result<Curves>, Result<Curves>> &read) {
                         if (load != m_loads)
                             return;
                         for (const auto &[curves, model] :
                              {std::pair(&read.first, &m_a), std::pair(&read.second, &m_b)}) {
                             if (*curves)
                                 show(**curves, *model);
                             else
                                 m_problem = problemOf(curves->error()).cause;
                         }
                         subtract();
                         Q_EMIT changed();
                     });
}

void RunCurves::subtract()
{
    m_difference.clear();
    if (!isComparable())
        return;
    auto other = m_b.train().begin();
    for (const QPointF &point : m_a.train()) {
        while (other != m_b.train().end() && other->x() < point.x())
            ++other;
        if (other != m_b.train().end() && other->x() == point.x())
            m_difference.append(QPointF(point.x(), point.y() - other->y()));
    }
}

QString RunCurves::description() const
{
    if (!m_problem.isEmpty())
        return tr("The curves cannot be read: %1").arg(m_problem);
    if (m_a.train().isEmpty() && m_b.train().isEmpty())
        return tr("No curves yet: compare two runs.");
    if (!isComparable())
        return tr("One run is of trees, the other of a network: their losses are not the same thing.");
    double largest = 0.0;
    qsizetype first = -1;
    for (qsizetype place = 0; place < m_difference.size(); ++place) {
        const double size = std::abs(m_difference[place].y());
        if (size != 0.0 && first < 0)
            first = place;
        largest = std::max(largest, size);
    }
    const bool network = m_a.isNetwork();
    if (m_difference.isEmpty())
        return network ? tr("The runs have no epoch in common.") : tr("The runs have no round in common.");
    if (first < 0 && m_a.train().size() != m_b.train().size())
        return (network ? tr("The same losses in the %1 epochs that both have (A %2, B %3).")
                        : tr("The same losses in the %1 rounds that both have (A %2, B %3)."))
            .arg(m_difference.size())
            .arg(m_a.train().size())
            .arg(m_b.train().size());
    if (first < 0)
        return (network ? tr("The same losses in all %1 epochs.") : tr("The same losses in all %1 rounds."))
            .arg(m_difference.size());
    return (network ? tr("Apart since epoch %1, at most by %2.") : tr("Apart since round %1, at most by %2."))
        .arg(m_difference[first].x())
        .arg(largest, 0, 'g', 3);
}

QString RunCurves::reading(qsizetype place) const
{
    const QPointF point = m_difference.at(place);
    const auto valueAt = [&point](const QList<QPointF> &points) {
        const auto found = std::find_if(points.begin(), points.end(),
                                        [&point](const QPointF &other) { return other.x() == point.x(); });
        return found == points.end() ? std::nan("") : found->y();
    };
    return (m_a.isNetwork() ? tr("Epoch %1: A %2, B %3, difference %4")
                            : tr("Round %1: A %2, B %3, difference %4"))
        .arg(point.x())
        .arg(valueAt(m_a.train()), 0, 'g', 6)
        .arg(valueAt(m_b.train()), 0, 'g', 6)
        .arg(point.y(), 0, 'g', 3);
}

} // namespace ibidem::view
