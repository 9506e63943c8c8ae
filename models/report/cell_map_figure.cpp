// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/cell_map_figure.h"

#include "models/report/html.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ibidem::report {

namespace {

constexpr std::size_t kMostCells = 10'000;
constexpr std::int32_t kColours = 15;
constexpr double kSide = 5600.0; ///< height of the drawing; coordinates are whole tenths of its 560 units
constexpr double kWidest = 7600.0;
constexpr double kMargin = 120.0;

struct Frame
{
    double left = 0.0;
    double bottom = 0.0;
    double scale = 1.0; ///< the same for both axes: distances in a map are what it is about
    double width = kWidest;
    double height = kSide;
};

struct Group
{
    std::string path;
    double sumX = 0.0;
    double sumY = 0.0;
    std::uint64_t count = 0;
};

bool isPlaced(std::span<const float> map, std::size_t cell)
{
    return std::isfinite(map[2 * cell]) && std::isfinite(map[2 * cell + 1]);
}

Frame frameOf(std::span<const float> map)
{
    double low[2] = {1e300, 1e300};
    double high[2] = {-1e300, -1e300};
    for (std::size_t cell = 0; cell < map.size() / 2; ++cell)
        for (std::size_t axis = 0; axis < 2 && isPlaced(map, cell); ++axis) {
            low[axis] = std::min(low[axis], static_cast<double>(map[2 * cell + axis]));
            high[axis] = std::max(high[axis], static_cast<double>(map[2 * cell + axis]));
        }
    Frame frame;
    const double spanX = std::max(high[0] - low[0], 1e-30);
    const double spanY = std::max(high[1] - low[1], 1e-30);
    frame.scale = std::min((kWidest - 2 * kMargin) / spanX, (kSide - 2 * kMargin) / spanY);
    frame.height = std::min(kSide, spanY * frame.scale + 2 * kMargin);
    frame.left = low[0] - (kWidest / frame.scale - spanX) / 2.0;
    frame.bottom = low[1] - kMargin / frame.scale;
    return frame;
}

std::string whole(double value)
{
    return std::to_string(static_cast<std::int64_t>(std::lround(value)));
}

std::map<std::int32_t, Group> groupsOf(std::span<const float> map, const CellGroups &groups,
                                       const Frame &frame, std::size_t stride)
{
    std::map<std::int32_t, Group> drawn;
    for (std::size_t cell = 0; cell < map.size() / 2; cell += stride) {
        if (!isPlaced(map, cell))
            continue;
        const double x = (static_cast<double>(map[2 * cell]) - frame.left) * frame.scale;
        const double y = frame.height - (static_cast<double>(map[2 * cell + 1]) - frame.bottom) * frame.scale;
        Group &group = drawn[groups.groupOf[cell]];
        group.path += "M" + whole(x) + " " + whole(y) + "h0";
        group.sumX += x;
        group.sumY += y;
        ++group.count;
    }
    return drawn;
}

std::string nameOf(const CellGroups &groups, std::int32_t group)
{
    const auto index = static_cast<std::size_t>(group);
    return group >= 0 && index < groups.names.size() ? groups.names[index] : std::string();
}

} // namespace

std::string groupClass(std::int32_t group)
{
    return group < 0 ? "unlabelled" : "c" + std::to_string(group % kColours);
}

std::string cellMapFigure(std::span<const float> map, const CellGroups &groups, const std::string &caption)
{
    const std::size_t cells = map.size() / 2;
    if (cells == 0 || groups.groupOf.size() != cells)
        return {};
    const std::size_t stride = (cells + kMostCells - 1) / kMostCells;
    const Frame frame = frameOf(map);
    const std::map<std::int32_t, Group> drawn = groupsOf(map, groups, frame, stride);
    std::string marks;
    std::string names;
    for (const auto &[number, group] : drawn) {
        marks += "<path class=\"" + groupClass(number) + "\" d=\"" + group.path + "\"/>\n";
        const auto count = static_cast<double>(group.count);
        if (const std::string name = nameOf(groups, number); !name.empty())
            names += element("text", escaped(name),
                             "x=\"" + whole(group.sumX / count) + "\" y=\"" + whole(group.sumY / count) +
                                 "\" text-anchor=\"middle\"") +
                     "\n";
    }
    const std::string said =
        caption + (stride == 1 ? "" : " One cell in " + std::to_string(stride) + " is drawn.");
    const std::string svg = element("svg", element("title", escaped(said)) + "\n" + marks + names,
                                    "class=\"map\" viewBox=\"0 0 " + whole(frame.width) + " " +
                                        whole(frame.height) + "\" role=\"img\"");
    return element("figure", svg + "\n" + element("figcaption", escaped(said))) + "\n";
}

} // namespace ibidem::report
