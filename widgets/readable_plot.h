// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPalette>
#include <QString>
#include <QWidget>

class QCustomPlot;
class QLabel;

namespace ibidem::widgets {

/// A plot that can be read without seeing it: Left, Right, Home and End move a cursor over its points, and a
/// line of text says what is there (it is the accessible description too). Follows the palette.
class ReadablePlot : public QWidget
{
    Q_OBJECT

protected:
    /// `reading` becomes this widget's.
    ReadablePlot(QLabel *reading, const QString &name, QWidget *parent);

    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void showEvent(QShowEvent *event) override;

    [[nodiscard]] virtual qsizetype pointCount() const = 0;
    /// Colours of what is drawn; the axes have theirs already.
    virtual void paintContent(const QPalette &colors) = 0;
    /// Shows the cursor at m_place, hides it for -1, and gives the words for it.
    [[nodiscard]] virtual QString readAt(qsizetype place) = 0;

    void adoptPalette();
    void replot();
    void moveCursor(qsizetype place); ///< -1: nowhere; other places are kept within the points

    QCustomPlot *m_plot;
    QLabel *m_reading;
    qsizetype m_place = -1;
};

/// The colour of grids and legends' borders: the text's, faint.
[[nodiscard]] QColor faded(QColor color, int alpha);

} // namespace ibidem::widgets
