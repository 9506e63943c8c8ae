// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>
#include <QTimer>

namespace ibidem::view {

/// The points of a curve for training and test, over rounds. changed() comes at most 20 times a second.
class CurveModel final : public QObject
{
    Q_OBJECT

public:
    explicit CurveModel(QObject *parent = nullptr);
    void clear();
    void append(const QString &split, qint64 round, double value);
    void setRounds(qint64 rounds);

    [[nodiscard]] const QList<QPointF> &train() const { return m_train; }

    [[nodiscard]] const QList<QPointF> &test() const { return m_test; }

    [[nodiscard]] qint64 rounds() const { return m_rounds; } ///< in all; 0 if not known yet

    /// The curves in one sentence, for those who do not see them.
    [[nodiscard]] QString description() const;

Q_SIGNALS:
    void changed();

private:
    QList<QPointF> m_train;
    QList<QPointF> m_test;
    qint64 m_rounds = 0;
    QTimer m_throttle;
};

} // namespace ibidem::view
