// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/report_content.h"

#include "models/base/files.h"
#include "models/base/text.h"
#include "models/runs/run_folder.h"

#include <algorithm>

namespace ibidem::report {

namespace {

constexpr std::uint64_t kMostTableBytes = 1ULL << 30U;

/// "\"a \"\"b\"\"\"" -> "a \"b\"".
std::string unquoted(std::string_view field)
{
    if (field.size() < 2 || field.front() != '"' || field.back() != '"')
        return std::string(field);
    std::string plain;
    const std::string_view inner = field.substr(1, field.size() - 2);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        plain += inner[i];
        if (inner.substr(i, 2) == "\"\"")
            ++i;
    }
    return plain;
}

/// The three numbers are last, so a name may hold anything.
std::optional<GeneImportance> importanceLine(std::string_view line)
{
    std::vector<std::string_view> numbers;
    for (int field = 0; field < 3; ++field) {
        const std::size_t comma = line.rfind(',');
        if (comma == std::string_view::npos)
            return std::nullopt;
        numbers.push_back(line.substr(comma + 1));
        line = line.substr(0, comma);
    }
    const auto cover = parseDouble(numbers[0]);
    const auto gain = parseDouble(numbers[1]);
    const auto weight = parseUnsigned(numbers[2]);
    if (!cover || !gain || !weight)
        return std::nullopt;
    return GeneImportance{unquoted(line), *weight, *gain, *cover};
}

namespace fs = std::filesystem;

std::vector<runs::FileProblem> changedFiles(const fs::path &folder, const runs::Manifest &manifest)
{
    std::vector<runs::FileProblem> problems = runs::verifyFiles(folder, manifest);
    std::error_code ignored;
    for (runs::FileProblem &problem : problems)
        if (!fs::exists(folder / problem.file, ignored))
            problem.message = problem.file + " is missing";
    return problems;
}

/// A failed or imported run lists few files or none, and its manifest alone is enough for a report. A file
/// that was changed after the run, or that somebody else put there, shows nothing about it.
bool isSound(const ReportedRun &run, std::string_view file)
{
    return run.manifest.files.contains(std::string(file)) && run.problemOf(file) == nullptr;
}

Result<std::string> tableIfSound(const fs::path &folder, const ReportedRun &run, std::string_view file)
{
    if (!isSound(run, file))
        return std::string();
    return readFile(folder / file, kMostTableBytes);
}

Status readNetwork(const fs::path &folder, ReportedRun &run, bool isReference)
{
    IBIDEM_TRY(const std::string text, tableIfSound(folder, run, runs::kEpochsFile));
    if (!text.empty()) {
        IBIDEM_TRY(run.epochs, runs::parseEpochsCsv(text, (folder / runs::kEpochsFile).string()));
    }
    if (isReference && isSound(run, runs::kEmbeddingFile)) {
        IBIDEM_TRY(run.embedding, runs::readEmbeddingFile(folder / runs::kEmbeddingFile));
    }
    return {};
}

Result<ReportedRun> readRun(const fs::path &run, bool isReference)
{
    IBIDEM_TRY(const fs::path folder, runs::locateRun(run));
    ReportedRun reported;
    // "runs/one/" and "." have names too.
    std::error_code ignored;
    const fs::path whole = fs::weakly_canonical(runs::finalPath(folder), ignored);
    reported.name = (whole.has_filename() ? whole : whole.parent_path()).filename().string();
    IBIDEM_TRY(reported.manifest, runs::readManifest(folder));
    reported.changed = changedFiles(folder, reported.manifest);
    IBIDEM_TRY(const std::string metrics, tableIfSound(folder, reported, runs::kMetricsFile));
    if (!metrics.empty()) {
        IBIDEM_TRY(reported.metrics, runs::parseMetricsCsv(metrics, (folder / runs::kMetricsFile).string()));
    }
    IBIDEM_TRY(const std::string importance, tableIfSound(folder, reported, runs::kImportanceFile));
    if (!importance.empty()) {
        IBIDEM_TRY(reported.importance,
                   parseImportanceCsv(importance, (folder / runs::kImportanceFile).string()));
    }
    if (reported.isNetwork())
        IBIDEM_CHECK(readNetwork(folder, reported, isReference));
    return reported;
}

} // namespace

const runs::FileProblem *ReportedRun::problemOf(std::string_view file) const
{
    const auto found = std::find_if(changed.begin(), changed.end(),
                                    [&](const runs::FileProblem &problem) { return problem.file == file; });
    return found == changed.end() ? nullptr : &*found;
}

bool ReportContent::allIdentical() const
{
    return !comparisons.empty() &&
           std::all_of(comparisons.begin(), comparisons.end(), [](const auto &comparison) {
               return comparison.verdict == compare::Verdict::Identical;
           });
}

Result<std::vector<GeneImportance>> parseImportanceCsv(std::string_view text, const std::string &path)
{
    std::vector<GeneImportance> rows;
    const std::vector<std::string_view> lines = split(text, '\n');
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].empty())
            continue;
        const std::optional<GeneImportance> row = importanceLine(lines[i]);
        if (!row)
            return fail(ErrorCode::BadData,
                        "line " + std::to_string(i + 1) + ": " + ibidem::quoted(lines[i]) +
                            " is no gene with three numbers",
                        path);
        rows.push_back(*row);
    }
    return rows;
}

Result<ReportContent> readReportContent(const std::vector<std::filesystem::path> &runs)
{
    if (runs.empty())
        return fail(ErrorCode::Usage, "a report needs at least one run", {}, "name a run's folder");
    ReportContent content;
    for (const std::filesystem::path &run : runs) {
        IBIDEM_TRY(ReportedRun reported, readRun(run, content.runs.empty()));
        content.runs.push_back(std::move(reported));
    }
    for (std::size_t i = 1; i < runs.size(); ++i) {
        IBIDEM_TRY(compare::Comparison comparison, compare::compareRuns(runs.front(), runs[i]));
        content.comparisons.push_back(std::move(comparison));
    }
    return content;
}

} // namespace ibidem::report
