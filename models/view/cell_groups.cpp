// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/cell_groups.h"

#include "models/view/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ibidem::view {

namespace {

constexpr std::size_t kErrorGroups = 8;

QString words(const char *text)
{
    return QCoreApplication::translate("CellGroups", text);
}

QString clusterName(std::int32_t number)
{
    return words("cluster %1").arg(number);
}

/// Counts the cells of each group, and puts those of none into a group of their own at the end.
void finish(CellGroups &groups, const QString &nameOfNone)
{
    const bool any =
        std::any_of(groups.ofCell.begin(), groups.ofCell.end(), [](int group) { return group < 0; });
    if (any) {
        groups.without = static_cast<int>(groups.groups.size());
        groups.groups.push_back({nameOfNone, 0, {}});
    }
    for (int &group : groups.ofCell) {
        if (group < 0)
            group = groups.without;
        ++groups.groups[static_cast<std::size_t>(group)].cells;
    }
}

/// For each group the most frequent of the other numbers, as a name and a share; ties: the smaller number.
void addMostly(CellGroups &groups, const std::vector<std::int32_t> &others, const std::vector<QString> &names)
{
    if (others.size() != groups.ofCell.size() || names.empty())
        return;
    std::vector<std::vector<qsizetype>> counts(groups.groups.size(), std::vector<qsizetype>(names.size()));
    for (std::size_t cell = 0; cell < others.size(); ++cell) {
        const auto other = static_cast<std::size_t>(others[cell]);
        if (others[cell] >= 0 && other < names.size())
            ++counts[static_cast<std::size_t>(groups.ofCell[cell])][other];
    }
    for (std::size_t group = 0; group < groups.groups.size(); ++group) {
        const auto most = std::max_element(counts[group].begin(), counts[group].end());
        if (*most == 0)
            continue;
        const auto percent =
            std::lround(100.0 * static_cast<double>(*most) / static_cast<double>(groups.groups[group].cells));
        groups.groups[group].mostly =
            words("%1 (%2 %)")
                .arg(names[static_cast<std::size_t>(most - counts[group].begin())], QString::number(percent));
    }
}

std::vector<QString> labelNames(const runs::EmbeddingFile &file)
{
    std::vector<QString> names;
    for (const std::string &name : file.labelNames)
        names.push_back(toQt(name));
    return names;
}

std::vector<QString> clusterNames(const runs::EmbeddingFile &file)
{
    std::int32_t highest = -1;
    for (const std::int32_t cluster : file.clusters)
        highest = std::max(highest, cluster);
    std::vector<QString> names;
    for (std::int32_t cluster = 0; cluster <= highest; ++cluster)
        names.push_back(clusterName(cluster));
    return names;
}

CellGroups groupsOf(const std::vector<std::int32_t> &numbers, const std::vector<QString> &names)
{
    CellGroups groups;
    for (const QString &name : names)
        groups.groups.push_back({name, 0, {}});
    groups.ofCell.reserve(numbers.size());
    for (const std::int32_t number : numbers)
        groups.ofCell.push_back(number < static_cast<std::int32_t>(names.size()) ? number : -1);
    finish(groups, words("no label"));
    return groups;
}

QString number(float value)
{
    return QString::number(static_cast<double>(value), 'g', 3);
}

} // namespace

CellGroups clusterGroups(const runs::EmbeddingFile &file)
{
    CellGroups groups = groupsOf(file.clusters, clusterNames(file));
    groups.title = words("Clusters");
    addMostly(groups, file.labels, labelNames(file));
    return groups;
}

CellGroups labelGroups(const runs::EmbeddingFile &file)
{
    CellGroups groups = groupsOf(file.labels, labelNames(file));
    groups.title = words("Labels: %1").arg(toQt(file.labelColumn));
    addMostly(groups, file.clusters, clusterNames(file));
    return groups;
}

std::vector<float> errorBorders(std::vector<float> errors)
{
    std::erase_if(errors, [](float error) { return !std::isfinite(error); });
    std::sort(errors.begin(), errors.end());
    std::vector<float> borders;
    for (std::size_t place = 1; place < kErrorGroups && !errors.empty(); ++place) {
        const float border = errors[errors.size() * place / kErrorGroups];
        if (border > (borders.empty() ? errors.front() : borders.back()))
            borders.push_back(border);
    }
    return borders;
}

CellGroups errorGroups(const std::vector<float> &errors, const std::vector<float> &borders)
{
    CellGroups groups;
    groups.title = words("Reconstruction error");
    groups.scale = true;
    for (std::size_t place = 0; place <= borders.size(); ++place) {
        QString name = words("all alike");
        if (!borders.empty() && place == 0)
            name = words("below %1").arg(number(borders.front()));
        else if (!borders.empty() && place == borders.size())
            name = words("%1 and more").arg(number(borders.back()));
        else if (!borders.empty())
            name = words("%1 to %2").arg(number(borders[place - 1]), number(borders[place]));
        groups.groups.push_back({name, 0, {}});
    }
    groups.ofCell.reserve(errors.size());
    for (const float error : errors) {
        const auto above = std::upper_bound(borders.begin(), borders.end(), error);
        groups.ofCell.push_back(std::isfinite(error) ? static_cast<int>(above - borders.begin()) : -1);
    }
    finish(groups, words("not a number"));
    return groups;
}

CellIndex::CellIndex(const std::vector<std::string> &names)
    : m_names(&names)
    , m_sorted(names.size())
{
    std::iota(m_sorted.begin(), m_sorted.end(), 0U);
    std::stable_sort(m_sorted.begin(), m_sorted.end(), [&names](std::uint32_t left, std::uint32_t right) {
        return names[left] < names[right];
    });
}

qsizetype CellIndex::find(const std::string &name) const
{
    const auto found = std::lower_bound(
        m_sorted.begin(), m_sorted.end(), name,
        [this](std::uint32_t cell, const std::string &wanted) { return (*m_names)[cell] < wanted; });
    return found != m_sorted.end() && (*m_names)[*found] == name ? static_cast<qsizetype>(*found) : -1;
}

CellGroups carriedOver(const CellGroups &groups, const CellIndex &from, const std::vector<std::string> &to)
{
    CellGroups carried;
    carried.title = groups.title;
    carried.scale = groups.scale;
    for (const CellGroup &group : groups.groups)
        carried.groups.push_back({group.name, 0, group.mostly});
    carried.without = groups.without;
    carried.ofCell.reserve(to.size());
    bool foreign = false;
    for (const std::string &name : to) {
        const qsizetype cell = from.find(name);
        carried.ofCell.push_back(cell < 0 ? -1 : groups.ofCell[static_cast<std::size_t>(cell)]);
        foreign = foreign || cell < 0;
    }
    if (foreign && carried.without >= 0)
        std::replace(carried.ofCell.begin(), carried.ofCell.end(), -1, carried.without);
    const int without = carried.without;
    finish(carried, words("not in the other run"));
    carried.without = std::max(without, carried.without);
    return carried;
}

} // namespace ibidem::view
