// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/embedding_model.h"
#include "widgets/readable_plot.h"

#include <QSet>

class QCPItemTracer;

namespace ibidem::widgets {

class CellPoints;

/// The map of the cells of one run, each in the colour and shape of its group. The mouse over a point, or
/// Left and Right, say which cell it is; Up and Down go from group to group; the wheel, + and - zoom, a drag
/// moves, a double click and 0 show everything again.
class EmbeddingPlot final : public ReadablePlot
{
    Q_OBJECT

public:
    explicit EmbeddingPlot(const QString &name, QWidget *parent = nullptr);
    void setModel(view::EmbeddingModel *model);
    /// Groups that stand out, the others fade; none: all are alike.
    void setChosenGroups(const QSet<int> &groups);
    void showCell(const QString &id); ///< puts the cursor on it, or away if there is no such cell

Q_SIGNALS:
    void cellChanged(const QString &id); ///< under the mouse or the cursor; empty: none

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] qsizetype pointCount() const override;
    void paintContent(const QPalette &colors) override;
    [[nodiscard]] QString readAt(qsizetype place) override;
    void adoptModel();
    void sortCells();
    void showAll();
    void keepShape();
    void zoom(double factor, QPointF around);
    void nextGroup(int step);
    /// The place, in the order of Left and Right, of the point nearest to a position of this widget.
    [[nodiscard]] qsizetype placeNear(QPointF position) const;
    [[nodiscard]] bool hasMap() const;

    view::EmbeddingModel *m_model = nullptr;
    CellPoints *m_points;
    QCPItemTracer *m_cursor;
    std::vector<qsizetype> m_order;   ///< cells from left to right
    std::vector<qsizetype> m_placeOf; ///< where a cell is in that order
    int m_group = -1;                 ///< last read by Up or Down
    QPointF m_dragFrom;
    bool m_dragging = false;
    bool m_following = false; ///< showCell() must not be answered with cellChanged()
};

} // namespace ibidem::widgets
