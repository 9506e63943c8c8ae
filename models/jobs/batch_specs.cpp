// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/jobs/batch.h"
#include "models/runs/run_folder.h"

#include <map>
#include <system_error>

namespace ibidem::jobs {

namespace {

namespace fs = std::filesystem;

bool isSpecName(const fs::path &name)
{
    return name.extension() == ".json" || name.extension() == ".toml";
}

/// Without a slash a path could be taken for a recipe's name.
fs::path asPath(const fs::path &file)
{
    return file.has_parent_path() ? file : fs::path(".") / file;
}

bool isSame(const fs::path &one, const fs::path &other)
{
    std::error_code ignored;
    return fs::equivalent(one, other, ignored);
}

Status addFolder(std::vector<fs::path> &files, const fs::path &folder, const fs::path &out)
{
    if (isSame(folder, out))
        return fail(ErrorCode::Usage, "the folder of the specifications cannot hold the runs too",
                    folder.string(), "name another folder with --out");
    IBIDEM_TRY(const std::vector<std::string> names, listFolder(folder));
    const std::size_t before = files.size();
    for (const std::string &name : names) {
        std::error_code ignored;
        if (!name.starts_with('.') && isSpecName(name) && fs::is_regular_file(folder / name, ignored))
            files.push_back(folder / name);
    }
    if (files.size() == before)
        return fail(ErrorCode::InputMissing, "there is no specification (*.json, *.toml) in this folder",
                    folder.string());
    return {};
}

/// The batch's folder has files of its own, and a run has two names.
bool isReserved(const std::string &name)
{
    return name.empty() || name.starts_with('.') || name == "lock" || name == kBatchFile ||
           name.ends_with(runs::kPartialSuffix);
}

} // namespace

Result<std::vector<BatchSpec>> batchSpecs(const std::vector<std::string> &paths, const fs::path &out)
{
    std::vector<fs::path> files;
    for (const std::string &path : paths) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored))
            IBIDEM_CHECK(addFolder(files, path, out));
        else
            files.push_back(asPath(path));
    }
    std::vector<BatchSpec> specs;
    std::map<std::string, fs::path> known;
    for (const fs::path &file : files) {
        const std::string name = file.stem().string();
        if (isReserved(name) || isSame(file, out / kBatchFile))
            return fail(ErrorCode::Usage, "a run cannot be called \"" + name + "\"", file.string(),
                        "rename the specification");
        const auto [other, isNew] = known.emplace(name, file);
        if (!isNew)
            return fail(ErrorCode::Usage,
                        "the runs of " + other->second.string() + " and " + file.string() +
                            " would both be called \"" + name + "\"",
                        {}, "rename one of them, or make two batches with an --out each");
        specs.push_back({file, name});
    }
    return specs;
}

} // namespace ibidem::jobs
