// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/curve_model.h"

namespace ibidem::view {

CurveModel::CurveModel(QObject *parent)
    : QObject(parent)
{
    m_throttle.setSingleShot(true);
    m_throttle.setInterval(50);
    connect(&m_throttle, &QTimer::timeout, this, &CurveModel::changed);
}

void CurveModel::clear()
{
    setPoints({}, {}, 0);
}

void CurveModel::setPoints(QList<QPointF> train, QList<QPointF> second, qint64 rounds)
{
    m_train = std::move(train);
    m_test = std::move(second);
    m_rounds = rounds;
    Q_EMIT changed();
}

void CurveModel::setNetwork(bool network)
{
    if (network == m_network)
        return;
    m_network = network;
    Q_EMIT changed();
}

QString CurveModel::metric(bool network)
{
    return network ? QStringLiteral("loss") : QStringLiteral("logloss");
}

void CurveModel::append(const QString &split, qint64 round, double value)
{
    QList<QPointF> &points = split == QLatin1String("train") ? m_train : m_test;
    // A resumed run repeats the rounds since its checkpoint.
    while (!points.isEmpty() && points.last().x() >= static_cast<double>(round))
        points.removeLast();
    points.append(QPointF(static_cast<double>(round), value));
    if (!m_throttle.isActive())
        m_throttle.start();
}

void CurveModel::setRounds(qint64 rounds)
{
    m_rounds = rounds;
    if (!m_throttle.isActive())
        m_throttle.start();
}

QString CurveModel::stepTitle() const
{
    return m_network ? tr("Epoch") : tr("Round");
}

QString CurveModel::valueTitle() const
{
    return m_network ? tr("Mean squared error") : tr("Log loss");
}

QString CurveModel::secondTitle() const
{
    return m_network ? tr("Validation") : tr("Test");
}

QString CurveModel::title() const
{
    return m_network ? tr("Mean squared error over epochs") : tr("Log loss over rounds");
}

QString CurveModel::description() const
{
    if (m_train.isEmpty() && m_test.isEmpty())
        return tr("No curve yet: it is drawn while a model is trained.");
    const double last = (m_train.isEmpty() ? m_test : m_train).last().x();
    QString text = m_network ? tr("Mean squared error after epoch %1").arg(last)
                             : tr("Log loss after round %1").arg(last);
    if (!m_train.isEmpty())
        text += tr(", training %1").arg(m_train.last().y(), 0, 'g', 4);
    if (!m_test.isEmpty())
        text += (m_network ? tr(", validation %1") : tr(", test %1")).arg(m_test.last().y(), 0, 'g', 4);
    return text;
}

QString CurveModel::reading(qsizetype place) const
{
    const QPointF point = m_train.at(place);
    QString text = (m_network ? tr("Epoch %1: training %2") : tr("Round %1: training %2"))
                       .arg(point.x())
                       .arg(point.y(), 0, 'g', 4);
    if (place < m_test.size())
        text += (m_network ? tr(", validation %1") : tr(", test %1")).arg(m_test.at(place).y(), 0, 'g', 4);
    return text;
}

} // namespace ibidem::view
