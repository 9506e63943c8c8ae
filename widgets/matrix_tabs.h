// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/data_input.h"
#include "models/view/distribution_text.h"

#include <QTabWidget>

#include <array>

class QComboBox;
class QLabel;

namespace ibidem::widgets {

class CheckTable;
class DistributionPlot;
class PreparationTab;
class ReadingTable;
class ValueTable;

/// A matrix of cells and genes in tabs: checks, distributions, labels, values, preparation. Ctrl+Tab goes
/// from one to the next.
class MatrixTabs final : public QTabWidget
{
    Q_OBJECT

public:
    explicit MatrixTabs(QWidget *parent = nullptr);
    /// Shows the matrix of another input.
    void setInput(view::DataInput *input);
    /// Takes over what changed of the input.
    void refresh();

private:
    QWidget *makeCells();
    QWidget *makeLabels();
    QWidget *makeValues();
    void updateCells();
    void updateLabels();
    void updateValues();

    view::DataInput *m_input = nullptr;
    CheckTable *m_checks;
    QLabel *m_cellsNote = nullptr;
    QWidget *m_plotArea = nullptr;
    std::array<DistributionPlot *, view::kQuantities.size()> m_plots{};
    QComboBox *m_annotation = nullptr;
    QLabel *m_labelsNote = nullptr;
    ReadingTable *m_labels = nullptr;
    QLabel *m_valuesNote = nullptr;
    ValueTable *m_values = nullptr;
    PreparationTab *m_preparation;
};

} // namespace ibidem::widgets
