// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/train/reproducibility/facts.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <map>

namespace ibidem::train {

namespace {

using LibraryFiles = std::map<std::string, std::filesystem::path>;

/// Libraries whose code computes, or decides how others do. A name ends at the first character that is no
/// part of it.
constexpr std::array kNumericLibraries{
    "libxgboost",  "libtorch",     "libc10",         "libgomp",     "libiomp5",    "libomp",    "libmkl",
    "libopenblas", "libblas",      "liblapack",      "libm",        "libmvec",     "libc",      "libstdc++",
    "libgcc_s",    "ld-linux",     "libcuda",        "libcudart",   "libcublas",   "libcudnn",  "libcufft",
    "libcupti",    "libnccl",      "libnvrtc",       "libcusparse", "libcusolver", "libcurand", "libjemalloc",
    "libigraph",   "ibidem-trees", "ibidem-library", "ibidem-maps",
};

bool isNumericLibrary(std::string_view name)
{
    return std::any_of(kNumericLibraries.begin(), kNumericLibraries.end(), [&](std::string_view stem) {
        if (!name.starts_with(stem) || name.find(".so") == std::string_view::npos)
            return false;
        const std::string_view rest = name.substr(stem.size());
        const bool family = stem == "libtorch" || stem == "libmkl" || stem.starts_with("libcu");
        return rest.starts_with('.') || rest.starts_with('-') || (family && rest.starts_with('_')) ||
               stem == "libcublas";
    });
}

/// "6.0.30" of libstdc++.so.6.0.30.
std::optional<std::string> versionInName(std::string_view name)
{
    const std::size_t at = name.find(".so.");
    if (at == std::string_view::npos)
        return std::nullopt;
    return std::string(name.substr(at + 4));
}

/// XGBoost tells its version itself; asked only where it is loaded already.
std::optional<std::string> loadedXgboostVersion(const std::filesystem::path &file)
{
    void *library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);
    void *address = library ? ::dlsym(library, "XGBoostVersion") : nullptr;
    std::optional<std::string> version;
    if (address) {
        void (*ask)(int *, int *, int *) = nullptr;
        std::memcpy(&ask, &address, sizeof ask);
        int major = 0;
        int minor = 0;
        int patch = 0;
        ask(&major, &minor, &patch);
        version = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
    }
    if (library)
        ::dlclose(library);
    return version;
}

/// What installer/setup noted beside the libraries: "2.11.0 cuda=no" -> "2.11.0".
std::optional<std::string> notedVersion(const std::filesystem::path &folder, const std::string &package)
{
    const std::optional<std::string> line = firstLine(folder / (package + ".version"));
    return line ? std::optional(line->substr(0, line->find(' '))) : std::nullopt;
}

/// The dependency folder is two or three levels above a library in it.
std::optional<std::string> notedAbove(const std::filesystem::path &file, const std::string &package)
{
    std::filesystem::path folder = file.parent_path();
    for (int level = 0; level < 4 && folder.has_relative_path(); ++level, folder = folder.parent_path())
        if (const auto version = notedVersion(folder, package))
            return version;
    return std::nullopt;
}

std::optional<std::string> versionOf(const std::string &name, const std::filesystem::path &file)
{
    if (name.starts_with("libxgboost.")) {
        const std::optional<std::string> told = loadedXgboostVersion(file);
        return told ? told : notedAbove(file, "xgboost");
    }
    if (name.starts_with("libtorch") || name.starts_with("libc10."))
        return notedAbove(file, "torch");
    for (const std::string_view part : {"libc.", "libm.", "libmvec.", "ld-linux"})
        if (name.starts_with(part))
            return std::string(::gnu_get_libc_version());
    return versionInName(name);
}

Json describeLibraries(const LibraryFiles &files)
{
    Json list = Json::array();
    for (const auto &[name, file] : files) {
        Facts facts;
        facts.set("name", Json(name));
        facts.set("version", versionOf(name, file), "the file does not tell");
        const Result<FileDigest> digest = sha256File(file);
        facts.set("bytes", digest ? std::optional(digest->bytes) : std::nullopt, "the file cannot be read");
        facts.set("sha256", digest ? std::optional(digest->sha256) : std::nullopt, "the file cannot be read");
        list.push_back(facts.take());
    }
    return list;
}

/// Symbolic links are left out: the file they name is listed itself.
void collect(LibraryFiles &files, const std::filesystem::path &folder)
{
    for (const std::string &name : listFolder(folder).value_or(std::vector<std::string>{})) {
        const std::filesystem::path file = folder / name;
        std::error_code ignored;
        if (isNumericLibrary(name) && !std::filesystem::is_symlink(file, ignored) &&
            std::filesystem::is_regular_file(file, ignored))
            files.emplace(name, file);
    }
}

} // namespace

Json dependencyLibraries(const std::filesystem::path &dependencies)
{
    LibraryFiles files;
    if (!dependencies.empty()) {
        for (const char *folder : {"xgboost/lib", "xgboost.libs", "torch/lib"})
            collect(files, dependencies / folder);
        const std::filesystem::path vendor = dependencies / "nvidia";
        for (const std::string &name : listFolder(vendor).value_or(std::vector<std::string>{}))
            collect(files, vendor / name / "lib");
    }
    return describeLibraries(files);
}

Json loadedLibraries()
{
    LibraryFiles files;
    const std::string maps = kernelText("/proc/self/maps");
    for (const std::string_view line : split(maps, '\n')) {
        const std::size_t at = line.find('/');
        if (at == std::string_view::npos)
            continue;
        const std::filesystem::path file(line.substr(at));
        const std::string name = file.filename().string();
        if (isValidUtf8(name) && isNumericLibrary(name))
            files.emplace(name, file);
    }
    return describeLibraries(files);
}

} // namespace ibidem::train
