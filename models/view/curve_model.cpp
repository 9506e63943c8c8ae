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
    m_train.clear();
    m_test.clear();
    m_rounds = 0;
    Q_EMIT changed();
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

QString CurveModel::description() const
{
    if (m_train.isEmpty() && m_test.isEmpty())
        return tr("No curve yet: it is drawn while a model is trained.");
    QString text = tr("Log loss after round %1").arg((m_train.isEmpty() ? m_test : m_train).last().x());
    if (!m_train.isEmpty())
        text += tr(", training %1").arg(m_train.last().y(), 0, 'g', 4);
    if (!m_test.isEmpty())
        text += tr(", test %1").arg(m_test.last().y(), 0, 'g', 4);
    return text;
}

} // namespace ibidem::view
