// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Reads one foreign file under limits and writes it to the cache as our container: the only program that
// parses what others wrote.
#include "app/convert/arguments.h"
#include "app/convert/events.h"
#include "app/convert/export_matrix.h"
#include "app/convert/limits.h"
#include "app/convert/stop_listener.h"
#include "models/base/files.h"
#include "models/base/version.h"
#include "models/convert/matrices/matrix_reader.h"
#include "models/convert/table_reader.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <span>

namespace {

using namespace ibidem;
using namespace ibidem::app;

struct Converted
{
    std::filesystem::path container;
    std::string key;
    data::TableSummary summary;
};

/// The cache's entry, if it is there and sound.
std::optional<Converted> findInCache(const data::Cache &cache, const std::string &sha256,
                                     const data::TableOptions &options, const std::string &key)
{
    const std::optional<std::filesystem::path> entry = cache.find(sha256, options);
    if (!entry)
        return std::nullopt;
    auto summary = data::readTableSummary(*entry);
    if (!summary)
        return std::nullopt;
    return Converted{*entry, key, *std::move(summary)};
}

Status readyToWrite(const data::Cache &cache, const ConvertRequest &request, const RunToken &token)
{
    if (token.stopRequested())
        return fail(ErrorCode::Stopped, "stopped on request", request.input.string());
    token.progress("write", 0.0);
    return makeFolder(cache.folder());
}

Result<data::TableSummary> convertMatrix(const ConvertRequest &request, const data::Cache &cache,
                                         const FileDigest &digest, const std::filesystem::path &container,
                                         const RunToken &token)
{
    IBIDEM_TRY(data::MatrixContainer matrix, convert::readMatrix(request.input, request.options, token));
    matrix.summary.fileBytes = digest.bytes;
    matrix.summary.fileSha256 = digest.sha256;
    matrix.summary.digest = data::contentDigest(matrix.matrix);
    IBIDEM_CHECK(readyToWrite(cache, request, token));
    IBIDEM_CHECK(data::writeMatrixContainer(container, matrix));
    return std::move(matrix.summary);
}

Result<data::TableSummary> convertTable(const ConvertRequest &request, const data::Cache &cache,
                                        const convert::ForeignFile &file,
                                        const std::filesystem::path &container, const RunToken &token)
{
    IBIDEM_TRY(data::TableContainer table, convert::readTable(file, request.options, token));
    IBIDEM_CHECK(readyToWrite(cache, request, token));
    IBIDEM_CHECK(data::writeTableContainer(container, table));
    return std::move(table.summary);
}

/// What is to be read: a table that is mapped, or a matrix by its path.
struct Source
{
    std::optional<convert::ForeignFile> table;
    FileDigest digest;
    std::uint64_t size = 0; ///< about, when unpacked: for the limits
};

Result<Source> openSource(const std::filesystem::path &path)
{
    constexpr std::uint64_t usualGrowth = 8; // of compressed tables and matrices
    Source source;
    if (convert::isMatrixFile(path)) {
        IBIDEM_TRY(source.digest, data::inputDigest(path));
        source.size = source.digest.bytes * usualGrowth;
        return source;
    }
    IBIDEM_TRY(source.table, convert::ForeignFile::open(path));
    source.size = source.table->bytes().size() * (convert::isGzip(source.table->bytes()) ? usualGrowth : 1);
    return source;
}

Result<Converted> convertSource(const ConvertRequest &request, const Source &source, const RunToken &token)
{
    if (source.table) {
        const auto format = convert::foreignFormat(source.table->bytes(), request.input);
        if (format == "HDF5") // whose content would have told
            return fail(ErrorCode::BadData, "the file's name says HDF5, but its content is none",
                        request.input.string(),
                        "fetch or write it again, or give it the ending of what it is");
        if (!format.empty())
            return convert::notSupported(format, request.input);
    }
    const std::string sha256 = source.table ? source.table->sha256() : source.digest.sha256;
    const data::Cache cache(request.cacheFolder);
    const std::string key =
        data::Cache::key(sha256, request.options, source.table ? data::kTableVersion : data::kMatrixVersion);
    if (auto known = findInCache(cache, sha256, request.options, key))
        return *std::move(known);
    const std::filesystem::path container = cache.pathOf(key);
    auto summary = source.table ? convertTable(request, cache, *source.table, container, token)
                                : convertMatrix(request, cache, source.digest, container, token);
    if (!summary)
        return tl::unexpected<Error>(std::move(summary).error());
    return Converted{container, key, *std::move(summary)};
}

Error timeUp(const std::string &path, std::chrono::milliseconds longest)
{
    return Error{ErrorCode::BadData,
                 "reading took more than " + std::to_string(longest.count() / 1000) + " s and was given up",
                 path, "the file is damaged or hostile, or the machine is overloaded: try again"};
}

Result<Converted> convertUnderLimits(const ConvertRequest &request)
{
    IBIDEM_TRY(const Source source, openSource(request.input));
    const std::string path = request.input.string();
    const std::chrono::milliseconds longest = longestDuration(source.size);
    IBIDEM_CHECK(limitThisProcess(source.size));
    IBIDEM_TRY(const std::unique_ptr<StopListener> listener,
               StopListener::start(longest, timeUp(path, longest)));
    Events events;
    const RunToken token(listener->token(), [&events](std::string_view stage, double fraction) {
        events.progress(stage, fraction);
    });
    auto converted = convertSource(request, source, token);
    if (!converted && converted.error().code == ErrorCode::Stopped &&
        listener->reason() == StopListener::Reason::Deadline)
        return tl::unexpected<Error>(timeUp(path, longest));
    return converted;
}

Result<Converted> convertWithoutExceptions(const ConvertRequest &request)
{
    try {
        return convertUnderLimits(request);
    } catch (const std::bad_alloc &) {
        return fail(ErrorCode::BadData, "there is not enough memory to read this file",
                    request.input.string(), "use a machine with more memory, or a smaller table");
    } catch (const std::exception &error) {
        return fail(ErrorCode::Internal, error.what(), request.input.string());
    }
}

int report(const Error &error)
{
    Events::failed(error);
    std::fputs(("ibidem-convert: " + describe(error) + "\n").c_str(), stderr);
    return exitCode(error.code);
}

int run(std::span<char *const> arguments)
{
    const Result<ConvertRequest> request = parseArguments(arguments);
    if (!request)
        return report(request.error());
    if (request->action == ConvertRequest::Action::Help)
        return std::fputs(helpText().c_str(), stdout) < 0 ? exitCode(ErrorCode::Io) : 0;
    if (request->action == ConvertRequest::Action::Version)
        return std::printf("ibidem-convert %s\n", kVersion) < 0 ? exitCode(ErrorCode::Io) : 0;
    if (request->action == ConvertRequest::Action::Export) {
        const Result<Json> event = exportMatrix(*request);
        if (!event)
            return report(event.error());
        Events::write(*event);
        return 0;
    }
    const Result<Converted> converted = convertWithoutExceptions(*request);
    if (!converted)
        return report(converted.error());
    Events::write(Json{{"event", "finished"},
                       {"container", converted->container.string()},
                       {"key", converted->key},
                       {"summary", converted->summary.toJson()}});
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    return run(std::span<char *const>(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0));
}
