// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/runs/network_files.h"

#include <QString>

#include <vector>

namespace ibidem::view {

/// Cells that share one colour.
struct CellGroup
{
    QString name; ///< "cluster 3", "Mono", "0.012 to 0.034"
    qsizetype cells = 0;
    QString
        mostly; ///< the label that most of a cluster's cells have, or the cluster of a label's; may be empty
    bool operator==(const CellGroup &) const = default;
};

/// A division of all cells into groups.
struct CellGroups
{
    QString title;      ///< what divides them: "Clusters", "Labels: cell_type"
    bool scale = false; ///< from small to large values, not kinds
    std::vector<CellGroup> groups;
    int without = -1;        ///< the group of those that belong to none, the last one; -1: there is none
    std::vector<int> ofCell; ///< index into groups
    bool operator==(const CellGroups &) const = default;
};

/// By cluster, in the order of their numbers. Empty if the file has no clusters.
[[nodiscard]] CellGroups clusterGroups(const runs::EmbeddingFile &file);
/// By label, in the order in which the file names them. Empty if the file has no labels.
[[nodiscard]] CellGroups labelGroups(const runs::EmbeddingFile &file);

/// The borders between groups of about the same size, rising; values that are not finite do not count.
[[nodiscard]] std::vector<float> errorBorders(std::vector<float> errors);
/// By the error of the reconstruction: value v belongs to the group of the last border that is not above it.
[[nodiscard]] CellGroups errorGroups(const std::vector<float> &errors, const std::vector<float> &borders);

/// The names of a file's cells, for looking them up.
class CellIndex
{
public:
    explicit CellIndex(const std::vector<std::string> &names);   ///< which must outlive it
    [[nodiscard]] qsizetype find(const std::string &name) const; ///< -1: there is no such cell

private:
    const std::vector<std::string> *m_names;
    std::vector<std::uint32_t> m_sorted;
};

/// The groups of `from` on the cells of `to`: each cell has the group of the cell of the same name. Cells
/// that `from` does not have are in the group "not in the other run".
[[nodiscard]] CellGroups carriedOver(const CellGroups &groups, const CellIndex &from,
                                     const std::vector<std::string> &to);

} // namespace ibidem::view
