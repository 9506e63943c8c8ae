// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/manifest.h"

#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <bit>
#include <system_error>

namespace ibidem::runs {

namespace {

constexpr std::uint64_t kLargestManifest = 1ULL << 28U;

/// A manifest may come from somebody else: it must not make us read files outside its folder.
bool staysInside(const std::filesystem::path &file)
{
    return !file.empty() && file.is_relative() &&
           std::none_of(file.begin(), file.end(),
                        [](const std::filesystem::path &part) { return part == ".."; });
}

std::string problemOf(const std::filesystem::path &folder, const std::string &file,
                      const std::string &expected)
{
    if (!staysInside(file))
        return file + " does not lie in the run's folder";
    const Result<FileDigest> found = sha256File(folder / file);
    if (!found)
        return file + " cannot be read: " + found.error().message;
    if (found->sha256 != expected)
        return file + " does not match its manifest: its SHA-256 is " + found->sha256 + ", recorded is " +
               expected;
    return {};
}

} // namespace

Status writeManifest(const std::filesystem::path &folder, const Manifest &manifest)
{
    Result<std::string> text = canonicalJson(manifest.toJson());
    if (!text)
        return tl::unexpected<Error>(withContext(std::move(text).error(), std::string(kManifestFile)));
    return writeFileAtomically(folder / kManifestFile, *text);
}

Result<Manifest> readManifest(const std::filesystem::path &run)
{
    IBIDEM_TRY(const std::filesystem::path folder, locateRun(run));
    const std::filesystem::path file = folder / kManifestFile;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return fail(ErrorCode::InputMissing, "this run has no run.json: it is being written, or was killed",
                    folder.string(), "wait for its end, or resume it");
    IBIDEM_TRY(const std::string text, readFile(file, kLargestManifest));
    IBIDEM_TRY(const Json json, parseJson(text, file.string()));
    Result<Manifest> manifest = Manifest::fromJson(json);
    if (!manifest) {
        manifest.error().path = file.string();
        manifest.error().code = ErrorCode::BadData;
    }
    return manifest;
}

std::string nextLink(const std::string &previous, const std::string &treeDigest,
                     const std::vector<MetricPoint> &roundMetrics, const std::string &dataDigest)
{
    Sha256 hash;
    hash.updateFramed(previous);
    hash.updateFramed(treeDigest);
    hash.updateInteger(roundMetrics.size());
    for (const MetricPoint &point : roundMetrics) {
        hash.updateInteger(static_cast<std::uint64_t>(point.round));
        hash.updateFramed(point.split);
        hash.updateFramed(point.metric);
        hash.updateInteger(std::bit_cast<std::uint64_t>(point.value));
    }
    hash.updateFramed(dataDigest);
    return hash.finishHex();
}

std::string dataDigest(const std::vector<StageRecord> &stages)
{
    Sha256 hash;
    hash.updateInteger(stages.size());
    for (const StageRecord &stage : stages) {
        hash.updateFramed(stage.name);
        hash.updateFramed(stage.digest);
    }
    return hash.finishHex();
}

std::vector<FileProblem> verifyFiles(const std::filesystem::path &folder, const Manifest &manifest)
{
    std::vector<FileProblem> problems;
    for (const auto &[file, expected] : manifest.files) {
        std::string message = problemOf(folder, file, expected);
        if (!message.empty())
            problems.push_back({file, std::move(message)});
    }
    return problems;
}

} // namespace ibidem::runs
