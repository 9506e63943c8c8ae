// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/embedding_model.h"

#include <QPalette>
#include <QPixmap>
#include <QSet>
#include <qcustomplot.h>

#include <vector>

namespace ibidem::widgets {

/// The points of a map: each group's marker is drawn once, and then copied to its cells in the order of the
/// file, so that no group covers the others. Ten thousand cells take a few milliseconds.
class CellPoints final : public QCPAbstractPlottable
{
    Q_OBJECT

public:
    CellPoints(QCPAxis *keyAxis, QCPAxis *valueAxis);

    void setModel(const view::EmbeddingModel *model) { m_model = model; }

    void setChosenGroups(const QSet<int> &groups) { m_chosen = groups; }

    void adoptPalette(const QPalette &palette) { m_palette = palette; }

    double selectTest(const QPointF &position, bool onlySelectable, QVariant *details) const override;
    QCPRange getKeyRange(bool &found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool &found, QCP::SignDomain domain, const QCPRange &keys) const override;

private:
    void draw(QCPPainter *painter) override;
    void drawLegendIcon(QCPPainter *painter, const QRectF &rect) const override;
    void drawCells(QCPPainter *painter, const std::vector<QPixmap> &markers, bool chosen) const;
    [[nodiscard]] std::vector<QPixmap> markers(double ratio) const;
    [[nodiscard]] QCPRange range(bool &found, bool x) const;

    [[nodiscard]] bool isChosen(int group) const { return m_chosen.isEmpty() || m_chosen.contains(group); }

    const view::EmbeddingModel *m_model = nullptr;
    QSet<int> m_chosen;
    QPalette m_palette;
};

} // namespace ibidem::widgets
