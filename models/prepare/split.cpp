// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/text.h"
#include "models/prepare/expression.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

namespace ibidem::prepare {

namespace {

std::string lineName(std::size_t index)
{
    return "line " + std::to_string(index + 1);
}

std::string_view withoutQuotes(std::string_view cell)
{
    cell = trimmed(cell);
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"')
        cell = cell.substr(1, cell.size() - 2);
    return trimmed(cell);
}

Status requireText(std::string_view text, const std::string &path)
{
    if (text.find('\0') != std::string_view::npos)
        return fail(ErrorCode::BadData, "this is no text: it has NUL bytes", path);
    if (const std::size_t at = firstInvalidUtf8(text); at != std::string_view::npos)
        return fail(ErrorCode::BadData, "byte " + std::to_string(at) + " is not UTF-8", path,
                    "save the file as UTF-8");
    return {};
}

std::string_view withoutMark(std::string_view text)
{
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    return text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? text.substr(kByteOrderMark.size())
                                                                   : text;
}

/// Cells may stand apart by tabs, commas or semicolons; a blank can be part of one.
void addCells(std::string_view line, std::vector<std::string> &ids, std::set<std::string, std::less<>> &seen)
{
    while (true) {
        const std::size_t end = line.find_first_of("\t,;");
        const std::string_view cell = withoutQuotes(line.substr(0, end));
        if (!cell.empty() && seen.find(cell) == seen.end()) {
            seen.emplace(cell);
            ids.emplace_back(cell);
        }
        if (end == std::string_view::npos)
            return;
        line.remove_prefix(end + 1);
    }
}

std::size_t testCount(std::size_t samples, double fraction)
{
    if (samples < 2)
        return 0;
    const double share = std::floor(fraction * static_cast<double>(samples) + 0.5);
    return std::clamp<std::size_t>(static_cast<std::size_t>(share), 1, samples - 1);
}

} // namespace

Result<std::vector<std::string>> parseGeneList(std::string_view text, const std::string &path)
{
    IBIDEM_CHECK(requireText(text, path));
    std::vector<std::string> ids;
    std::set<std::string, std::less<>> seen;
    for (const std::string_view line : ibidem::split(withoutMark(text), '\n'))
        addCells(line.substr(0, line.find('#')), ids, seen);
    if (ids.empty())
        return fail(ErrorCode::BadData, "the list names no gene", path, "write one gene id a line");
    return ids;
}

Result<std::map<std::string, std::string>> parseSplit(std::string_view text, const std::string &path)
{
    IBIDEM_CHECK(requireText(text, path));
    std::map<std::string, std::string> parts;
    const auto lines = ibidem::split(withoutMark(text), '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = lines[i];
        if (trimmed(line).empty() || line.front() == '#')
            continue;
        const std::size_t tab = line.rfind('\t');
        const std::string_view part =
            tab == std::string_view::npos ? std::string_view() : trimmed(line.substr(tab + 1));
        if (part != "train" && part != "test") {
            return fail(ErrorCode::BadData,
                        lineName(i) + ": " + ibidem::quoted(line) + " is no sample, tab, train or test", path,
                        "write lines like S1<TAB>train");
        }
        const std::string sample(withoutQuotes(line.substr(0, tab)));
        if (sample.empty())
            return fail(ErrorCode::BadData, lineName(i) + ": the sample has no name", path);
        if (!parts.emplace(sample, part).second)
            return fail(ErrorCode::BadData,
                        lineName(i) + ": sample " + ibidem::quoted(sample) + " is named twice", path);
    }
    if (parts.empty())
        return fail(ErrorCode::BadData, "the split names no sample", path, "write lines like S1<TAB>train");
    return parts;
}

std::vector<bool> stratifiedSplit(const std::vector<std::string> &sampleIds,
                                  const std::vector<std::int32_t> &classes, double testFraction,
                                  std::uint64_t seed)
{
    std::map<std::int32_t, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < sampleIds.size(); ++i)
        members[classes[i]].push_back(i);
    RandomStream stream(seed, RandomPurpose::Split);
    std::vector<bool> isTest(sampleIds.size(), false);
    for (auto &entry : members) {
        std::vector<std::size_t> &samples = entry.second;
        std::sort(samples.begin(), samples.end(),
                  [&](std::size_t a, std::size_t b) { return sampleIds[a] < sampleIds[b]; });
        stream.shuffle(std::span(samples));
        const std::size_t count = testCount(samples.size(), testFraction);
        for (std::size_t i = 0; i < count; ++i)
            isTest[samples[i]] = true;
    }
    return isTest;
}

} // namespace ibidem::prepare
