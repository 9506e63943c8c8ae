// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/batch.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace ibidem::jobs {

namespace {

namespace fs = std::filesystem;

int count(const std::vector<BatchRun> &runs, RunOutcome outcome)
{
    return static_cast<int>(std::count_if(runs.begin(), runs.end(),
                                          [outcome](const BatchRun &run) { return run.outcome == outcome; }));
}

bool succeeded(const BatchRun &run)
{
    return run.outcome == RunOutcome::Finished || run.outcome == RunOutcome::Kept;
}

Json runJson(const BatchRun &run)
{
    return {{"spec", run.spec.file.string()},
            {"run", run.run.string()},
            {"outcome", outcomeName(run.outcome)},
            {"chain", run.chain},
            {"metrics", run.metrics},
            {"error", run.error ? errorJson(*run.error) : Json(nullptr)}};
}

Json documentOf(const std::vector<BatchRun> &runs, Json entries)
{
    const int kept = count(runs, RunOutcome::Kept);
    return {{"schema", kBatchSchema},
            {"runs", std::move(entries)},
            {"total", runs.size()},
            {"succeeded", count(runs, RunOutcome::Finished) + kept},
            {"kept", kept},
            {"failed", count(runs, RunOutcome::Failed)},
            {"killed", count(runs, RunOutcome::Killed)},
            {"stopped", count(runs, RunOutcome::Stopped)},
            {"pending", count(runs, RunOutcome::Pending)}};
}

void replaceAll(std::string &text, const std::string &what)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at))
        text.erase(at, what.size());
}

/// Cuts every absolute path in a text down to its file name. Known folders first: their names may hold
/// blanks.
std::string withoutFolders(std::string text, const std::vector<std::string> &folders)
{
    for (const std::string &folder : folders)
        replaceAll(text, folder + "/");
    constexpr std::string_view ends = " \t\n\"'(),;:";
    std::string result;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find_first_of(ends, start), text.size());
        const std::string_view word = std::string_view(text).substr(start, end - start);
        const bool isPath = word.starts_with('/') && word.size() > 1;
        result += isPath ? word.substr(word.find_last_of('/') + 1) : word;
        if (end < text.size())
            result += text[end];
        start = end + 1;
    }
    return result;
}

std::vector<std::string> knownFolders(const BatchRun &run, const fs::path &out)
{
    std::error_code ignored;
    std::vector<std::string> folders;
    for (const fs::path &folder : {out, run.spec.file.parent_path(), fs::current_path(ignored)})
        for (const fs::path &form : {fs::absolute(folder, ignored).lexically_normal(), folder})
            if (form.string().size() > 1)
                folders.push_back(form.string());
    return folders;
}

BatchRun asRecorded(BatchRun run, const fs::path &out)
{
    const std::vector<std::string> folders = knownFolders(run, out);
    run.run = run.spec.name;
    run.spec.file = run.spec.file.filename();
    if (run.outcome == RunOutcome::Kept)
        run.outcome = RunOutcome::Finished;
    if (run.error) {
        run.error->message = withoutFolders(std::move(run.error->message), folders);
        run.error->cure = withoutFolders(std::move(run.error->cure), folders);
        run.error->path = fs::path(run.error->path).filename().string();
    }
    return run;
}

} // namespace

std::string_view outcomeName(RunOutcome outcome) noexcept
{
    switch (outcome) {
    case RunOutcome::Pending:
        return "pending";
    case RunOutcome::Finished:
        return "finished";
    case RunOutcome::Kept:
        return "kept";
    case RunOutcome::Stopped:
        return "stopped";
    case RunOutcome::Killed:
        return "killed";
    case RunOutcome::Failed:
        break;
    }
    return "failed";
}

Json batchDocument(const std::vector<BatchRun> &runs)
{
    Json entries = Json::array();
    for (const BatchRun &run : runs) {
        Json entry = runJson(run);
        entry["seconds"] = run.seconds;
        entries.push_back(std::move(entry));
    }
    return documentOf(runs, std::move(entries));
}

Json batchRecord(const std::vector<BatchRun> &runs, const fs::path &out)
{
    std::vector<BatchRun> recorded;
    Json entries = Json::array();
    for (const BatchRun &run : runs) {
        recorded.push_back(asRecorded(run, out));
        entries.push_back(runJson(recorded.back()));
    }
    Json document = documentOf(recorded, std::move(entries));
    document.erase("kept");
    return document;
}

int batchExitCode(const std::vector<BatchRun> &runs, bool stopped)
{
    const auto first =
        std::find_if(runs.begin(), runs.end(), [](const BatchRun &run) { return !succeeded(run); });
    if (first == runs.end())
        return 0;
    if (first->outcome == RunOutcome::Stopped || first->outcome == RunOutcome::Pending)
        return exitCode(ErrorCode::Stopped);
    const bool unfinished = std::any_of(runs.begin(), runs.end(), [](const BatchRun &run) {
        return run.outcome == RunOutcome::Stopped || run.outcome == RunOutcome::Pending;
    });
    if (stopped && unfinished)
        return exitCode(ErrorCode::Stopped);
    return exitCode(first->error ? first->error->code : ErrorCode::Internal);
}

} // namespace ibidem::jobs
