// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/background.h"
#include "models/view/curve_model.h"

#include <QObject>

#include <filesystem>

namespace ibidem::view {

/// The curves of two runs, one over the other, and what lies between them: identical curves hide each other.
/// Read from the runs' folders in another thread.
class RunCurves final : public QObject
{
    Q_OBJECT

public:
    explicit RunCurves(QObject *parent = nullptr);
    void load(const std::filesystem::path &a, const std::filesystem::path &b);
    void clear();

    [[nodiscard]] const CurveModel &a() const { return m_a; }

    [[nodiscard]] const CurveModel &b() const { return m_b; }

    /// Whether both are of one kind, so that their values can be compared.
    [[nodiscard]] bool isComparable() const { return m_a.isNetwork() == m_b.isNetwork(); }

    /// Training of A minus training of B, at the rounds or epochs that both have.
    [[nodiscard]] const QList<QPointF> &difference() const { return m_difference; }

    [[nodiscard]] QString description() const;
    [[nodiscard]] QString reading(qsizetype place) const; ///< at one point of difference()

Q_SIGNALS:
    void changed();

private:
    void subtract();

    CurveModel m_a;
    CurveModel m_b;
    QList<QPointF> m_difference;
    QString m_problem;
    quint64 m_loads = 0;
    Background m_background;
};

} // namespace ibidem::view
