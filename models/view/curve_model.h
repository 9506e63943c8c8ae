// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>
#include <QTimer>

namespace ibidem::view {

/// The points of a curve: of trees the log loss of training and test over rounds, of a network the loss of
/// training and validation over epochs. changed() comes at most 20 times a second.
class CurveModel final : public QObject
{
    Q_OBJECT

public:
    explicit CurveModel(QObject *parent = nullptr);
    void clear();
    void append(const QString &split, qint64 round, double value);
    void setRounds(qint64 rounds);
    void setNetwork(bool network);
    void setPoints(QList<QPointF> train, QList<QPointF> second, qint64 rounds);

    [[nodiscard]] bool isNetwork() const { return m_network; }

    /// The metric whose values are drawn, as events and files name it.
    [[nodiscard]] static QString metric(bool network);

    [[nodiscard]] const QList<QPointF> &train() const { return m_train; }

    [[nodiscard]] const QList<QPointF> &test() const { return m_test; } ///< of a network: validation

    [[nodiscard]] qint64 rounds() const { return m_rounds; } ///< in all; 0 if not known yet

    [[nodiscard]] QString stepTitle() const;   ///< "Round", "Epoch"
    [[nodiscard]] QString valueTitle() const;  ///< "Log loss", "Mean squared error"
    [[nodiscard]] QString secondTitle() const; ///< "Test", "Validation"
    [[nodiscard]] QString title() const;       ///< of the whole: "Log loss over rounds"

    /// The curves in one sentence, for those who do not see them.
    [[nodiscard]] QString description() const;
    [[nodiscard]] QString reading(qsizetype place) const; ///< the values at one point of the training's curve

Q_SIGNALS:
    void changed();

private:
    QList<QPointF> m_train;
    QList<QPointF> m_test;
    qint64 m_rounds = 0;
    bool m_network = false;
    QTimer m_throttle;
};

} // namespace ibidem::view
