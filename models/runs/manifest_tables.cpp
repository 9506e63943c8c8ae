// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// metrics.csv and rounds.csv.
#include "models/base/text.h"
#include "models/runs/manifest.h"

#include <bit>
#include <cmath>
#include <functional>

namespace ibidem::runs {

namespace {

constexpr std::string_view kMetricsHeader = "round,split,metric,value,hex";
constexpr std::string_view kRoundsHeader = "round,tree,chain";
constexpr std::size_t kDigestDigits = 64;

using Fields = std::vector<std::string_view>;

tl::unexpected<Error> badLine(std::size_t line, const std::string &message, const std::string &path)
{
    return fail(ErrorCode::BadData, "line " + std::to_string(line) + ": " + message, path);
}

/// Calls `take` with the fields of each line after the header. Every line must end with LF: a last one
/// without is torn.
Status forEachLine(std::string_view text, std::string_view header, std::size_t fieldCount,
                   const std::string &path, const std::function<Status(std::size_t, const Fields &)> &take)
{
    std::size_t number = 1;
    for (; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos)
            return badLine(number, "the file ends in the middle of a line", path);
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (number == 1) {
            if (line != header)
                return badLine(1, "the header is not '" + std::string(header) + "'", path);
            continue;
        }
        const Fields fields = split(line, ',');
        if (fields.size() != fieldCount)
            return badLine(number,
                           std::to_string(fields.size()) + " fields instead of " + std::to_string(fieldCount),
                           path);
        IBIDEM_CHECK(take(number, fields));
    }
    if (number == 1)
        return badLine(1, "the file is empty", path);
    return {};
}

bool isSameNumber(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

bool isDigest(std::string_view text)
{
    return text.size() == kDigestDigits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<MetricPoint> metricPoint(std::size_t line, const Fields &fields, const std::string &path)
{
    const auto round = parseInteger(fields[0]);
    if (!round || *round < 1)
        return badLine(line, std::string("'") + ibidem::quoted(fields[0]) + "' is no round", path);
    const auto value = parseDouble(fields[3]);
    const auto bits = parseHexDouble(fields[4]);
    if (!value || !bits)
        return badLine(line,
                       std::string("'") + ibidem::quoted(value ? fields[4] : fields[3]) + "' is not a number",
                       path);
    if (!isSameNumber(*value, *bits))
        return badLine(line,
                       std::string(fields[3]) + " and " + std::string(fields[4]) + " are not the same number",
                       path);
    return MetricPoint{*round, std::string(fields[1]), std::string(fields[2]), *bits};
}

Result<RoundRecord> roundRecord(std::size_t line, const Fields &fields, const std::string &path)
{
    const auto round = parseInteger(fields[0]);
    if (!round || *round < 1)
        return badLine(line, std::string("'") + ibidem::quoted(fields[0]) + "' is no round", path);
    for (const std::size_t field : {std::size_t{1}, std::size_t{2}})
        if (!isDigest(fields[field]))
            return badLine(line, std::string("'") + ibidem::quoted(fields[field]) + "' is no digest", path);
    return RoundRecord{*round, std::string(fields[1]), std::string(fields[2])};
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
    std::vector<MetricPoint> points;
    IBIDEM_CHECK(
        forEachLine(text, kMetricsHeader, 5, path, [&](std::size_t line, const Fields &fields) -> Status {
            IBIDEM_TRY(MetricPoint point, metricPoint(line, fields, path));
            points.push_back(std::move(point));
            return {};
        }));
    return points;
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
    std::vector<RoundRecord> records;
    IBIDEM_CHECK(
        forEachLine(text, kRoundsHeader, 3, path, [&](std::size_t line, const Fields &fields) -> Status {
            IBIDEM_TRY(RoundRecord record, roundRecord(line, fields, path));
            records.push_back(std::move(record));
            return {};
        }));
    return records;
}

} // namespace ibidem::runs
