// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// metrics.csv and rounds.csv.
#include "models/base/text.h"
#include "models/runs/manifest.h"
#include "models/runs/table_lines.h"

#include <bit>
#include <cmath>

namespace ibidem::runs {

namespace {

constexpr std::string_view kMetricsHeader = "round,split,metric,value,hex";
constexpr std::string_view kRoundsHeader = "round,tree,chain";

bool isSameNumber(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

Result<MetricPoint> metricPoint(std::size_t line, const Fields &fields, const std::string &path)
{
    IBIDEM_TRY(const std::int64_t round, ordinal(fields[0], "round", line, path));
    const auto value = parseDouble(fields[3]);
    const auto bits = parseHexDouble(fields[4]);
    if (!value || !bits)
        return badLine(line, ibidem::quoted(value ? fields[4] : fields[3]) + " is not a number", path);
    if (!isSameNumber(*value, *bits))
        return badLine(line,
                       std::string(fields[3]) + " and " + std::string(fields[4]) + " are not the same number",
                       path);
    return MetricPoint{round, std::string(fields[1]), std::string(fields[2]), *bits};
}

Result<RoundRecord> roundRecord(std::size_t line, const Fields &fields, const std::string &path)
{
    RoundRecord record;
    IBIDEM_TRY(record.round, ordinal(fields[0], "round", line, path));
    IBIDEM_TRY(record.tree, digestField(fields[1], line, path));
    IBIDEM_TRY(record.chain, digestField(fields[2], line, path));
    return record;
}

} // namespace

std::string metricsCsv(const std::vector<MetricPoint> &points)
{
    std::string text = std::string(kMetricsHeader) + "\n";
    for (const MetricPoint &point : points)
        text += std::to_string(point.round) + "," + point.split + "," + point.metric + "," +
                formatDouble(point.value) + "," + formatHexDouble(point.value) + "\n";
    return text;
}

Result<std::vector<MetricPoint>> parseMetricsCsv(std::string_view text, const std::string &path)
{
    return parseRecords(text, kMetricsHeader, 5, path, &metricPoint);
}

std::string roundsCsv(const std::vector<RoundRecord> &records)
{
    std::string text = std::string(kRoundsHeader) + "\n";
    for (const RoundRecord &record : records)
        text += std::to_string(record.round) + "," + record.tree + "," + record.chain + "\n";
    return text;
}

Result<std::vector<RoundRecord>> parseRoundsCsv(std::string_view text, const std::string &path)
{
    return parseRecords(text, kRoundsHeader, 3, path, &roundRecord);
}

} // namespace ibidem::runs
