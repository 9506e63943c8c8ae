// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"

/// Three cells, four genes, a column of each kind, one embedding and two columns of the genes: for tests.
inline ibidem::data::MatrixContainer sampleMatrix()
{
    using ibidem::data::CellColumn;
    ibidem::data::MatrixContainer container;
    ibidem::data::CountMatrix &matrix = container.matrix;
    matrix.cellIds = {"AAC-1", "AAG-1", "AAT-1"};
    matrix.geneIds = {"Actb", "Gapdh", "Sox17", "Sox17-1"};
    matrix.geneAccessions = {"E1", "E2", "E3", "E4"};
    matrix.rows = {{0, 2, 2, 5}, {0, 3, 0, 1, 2}, {1.0F, 2.0F, 5.0F, 1.0F, 7.0F}, 4};
    matrix.cellColumns = {{"batch", CellColumn::Kind::Category, {}, {"b", "a"}, {1, 0, -1}},
                          {"doublet", CellColumn::Kind::Boolean, {}, {"False", "True"}, {0, 0, 1}},
                          {"score", CellColumn::Kind::Number, {0.5, -1.0, 2.0}, {}, {}},
                          {"state", CellColumn::Kind::Text, {}, {"x"}, {0, 0, 0}}};
    matrix.embeddings = {{"X_pca", 2, {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F}}};
    matrix.geneColumns = {{"means", CellColumn::Kind::Number, {0.5, 1.5, 2.0, 0.0}, {}, {}},
                          {"variable", CellColumn::Kind::Boolean, {}, {"False", "True"}, {1, 0, 1, 1}}};
    container.summary.kind = ibidem::data::kMatrixKind;
    container.summary.format = "h5ad-2";
    container.summary.shape = {3, 4};
    container.summary.sum = 16.0;
    container.summary.maximum = 7.0;
    ibidem::data::MatrixFacts facts;
    facts.nonZero = 5;
    facts.counts = true;
    facts.source = "X";
    facts.sources = {"X", "raw"};
    facts.columns = {{"batch", {{"a", 1}, {"b", 1}}}, {"score", {}}};
    facts.embeddings = {"X_pca"};
    facts.geneColumns = {"means", "variable"};
    container.summary.matrix = facts;
    return container;
}
