// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/inputs.h"

#include "models/base/files.h"
#include "models/base/sha256.h"

namespace ibidem::app {

namespace {

constexpr std::uint64_t kLargestList = 1ULL << 28U;

bool isFile(const std::filesystem::path &path)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

class Loader
{
public:
    Loader(const spec::RunSpec &spec, const runs::LocalInfo &local, const std::filesystem::path &cacheFolder)
        : m_spec(spec)
        , m_local(local)
        , m_cacheFolder(cacheFolder)
    {}

    Result<data::TableContainer> table(const spec::Input &input, std::string_view role) const
    {
        IBIDEM_TRY(const std::filesystem::path file, converted(input, role));
        auto container = data::readTableContainer(file);
        if (!container)
            return tl::unexpected<Error>(
                withoutDamaged(withContext(std::move(container).error(), role), m_cacheFolder));
        if (container->summary.digest != input.content)
            return changed(input, role, file);
        return container;
    }

    Result<std::shared_ptr<const data::MatrixFile>> matrix(const spec::Input &input,
                                                           std::string_view role) const
    {
        IBIDEM_TRY(const std::filesystem::path file, converted(input, role));
        auto matrix = data::MatrixFile::open(file);
        if (!matrix)
            return tl::unexpected<Error>(
                withoutDamaged(withContext(std::move(matrix).error(), role), m_cacheFolder));
        if ((*matrix)->summary().digest != input.content)
            return changed(input, role, file);
        return matrix;
    }

    Result<std::string> list(const spec::Input &input, std::string_view role) const
    {
        IBIDEM_CHECK(checkResolved(input, role));
        const std::filesystem::path copy = m_cacheFolder / (input.sha256 + ".list");
        const auto cached = isFile(copy) ? std::optional(copy) : std::nullopt;
        IBIDEM_TRY(const std::filesystem::path file, locate(input, role, cached));
        IBIDEM_TRY(std::string text, readFile(file, kLargestList));
        if (sha256Hex(std::string_view(text)) != input.sha256)
            return changed(input, role, file);
        return text;
    }

private:
    /// The container that the converter made of the input.
    Result<std::filesystem::path> converted(const spec::Input &input, std::string_view role) const
    {
        IBIDEM_CHECK(checkResolved(input, role));
        return locate(input, role,
                      data::Cache(m_cacheFolder).find(input.sha256, spec::tableOptions(m_spec.data, role)));
    }

    static Status checkResolved(const spec::Input &input, std::string_view role)
    {
        if (input.path.empty() && !input.sha256.empty())
            return {};
        return fail(ErrorCode::BadSpec,
                    "the input '" + std::string(role) + "' is named by path, not by content", {},
                    "start the run with 'ibidem train', which resolves the specification");
    }

    Result<std::filesystem::path> locate(const spec::Input &input, std::string_view role,
                                         const std::optional<std::filesystem::path> &cached) const
    {
        if (const auto known = m_local.containerPath(role); known && isFile(*known))
            return std::filesystem::path(*known);
        if (cached)
            return *cached;
        return fail(
            ErrorCode::InputMissing,
            "the converted content of '" + input.name + "' (" + std::string(role) + ") is not in the cache",
            m_cacheFolder.string(),
            "go on with 'ibidem resume', which reads the file again, or repeat the run with 'ibidem rerun'");
    }

    static tl::unexpected<Error> changed(const spec::Input &input, std::string_view role,
                                         const std::filesystem::path &file)
    {
        return fail(ErrorCode::BadData,
                    "the content of '" + input.name + "' (" + std::string(role) +
                        ") is not the one that the run was specified for",
                    file.string(), "restore the file, or start a new run on it as it is now");
    }

    const spec::RunSpec &m_spec;
    const runs::LocalInfo &m_local;
    const std::filesystem::path &m_cacheFolder;
};

} // namespace

Result<prepare::PreparationInputs> loadInputs(const spec::RunSpec &spec, const runs::LocalInfo &local,
                                              const std::filesystem::path &cacheFolder)
{
    const Loader loader(spec, local, cacheFolder);
    prepare::PreparationInputs inputs;
    IBIDEM_TRY(data::TableContainer train, loader.table(spec.data.train, "train"));
    inputs.train = std::move(train.table);
    if (spec.data.test) {
        IBIDEM_TRY(data::TableContainer test, loader.table(*spec.data.test, "test"));
        inputs.test = std::move(test.table);
    }
    if (spec.data.labels) {
        IBIDEM_TRY(inputs.labels, loader.table(*spec.data.labels, "labels"));
    }
    if (spec.preparation.genes) {
        IBIDEM_TRY(const std::string text, loader.list(*spec.preparation.genes, "genes"));
        IBIDEM_TRY(inputs.geneList, prepare::parseGeneList(text, spec.preparation.genes->name));
    }
    if (spec.preparation.split) {
        IBIDEM_TRY(const std::string text, loader.list(*spec.preparation.split, "split"));
        IBIDEM_TRY(inputs.split, prepare::parseSplit(text, spec.preparation.split->name));
    }
    return inputs;
}

Result<std::shared_ptr<const data::MatrixFile>>
loadMatrix(const spec::RunSpec &spec, const runs::LocalInfo &local, const std::filesystem::path &cacheFolder)
{
    return Loader(spec, local, cacheFolder).matrix(spec.data.train, "train");
}

Error withoutDamaged(Error error, const std::filesystem::path &cacheFolder)
{
    const std::filesystem::path file = error.path;
    std::error_code ignored;
    const bool isEntry = file.extension() == ".safetensors" &&
                         std::filesystem::equivalent(file.parent_path(), cacheFolder, ignored);
    if (error.code != ErrorCode::BadData || !isEntry || !std::filesystem::remove(file, ignored))
        return error;
    error.message += "; it was removed from the cache";
    error.cure = "the same command again reads the original file anew";
    return error;
}

} // namespace ibidem::app
