// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Reads one foreign file under limits and writes it to the cache as our container: the only program that
// parses what others wrote.
#include "app/convert/arguments.h"
#include "app/convert/events.h"
#include "app/convert/limits.h"
#include "app/convert/stop_listener.h"
#include "models/base/files.h"
#include "models/base/version.h"
#include "models/convert/table_reader.h"

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
std::optional<Converted> findInCache(const data::Cache &cache, const convert::ForeignFile &file,
                                     const data::TableOptions &options, const std::string &key)
{
    const std::optional<std::filesystem::path> entry = cache.find(file.sha256(), options);
    if (!entry)
        return std::nullopt;
    auto summary = data::readTableSummary(*entry);
    if (!summary)
        return std::nullopt;
    return Converted{*entry, key, *std::move(summary)};
}

Result<Converted> convertFile(const ConvertRequest &request, const convert::ForeignFile &file,
                              const RunToken &token)
{
    if (const auto format = convert::foreignFormat(file.bytes(), file.path()); !format.empty())
        return convert::notSupported(format, file.path());
    const data::Cache cache(request.cacheFolder);
    const std::string key = data::Cache::key(file.sha256(), request.options);
    if (auto known = findInCache(cache, file, request.options, key))
        return *std::move(known);
    IBIDEM_TRY(data::TableContainer container, convert::readTable(file, request.options, token));
    if (token.stopRequested())
        return fail(ErrorCode::Stopped, "stopped on request", file.path().string());
    token.progress("write", 0.0);
    IBIDEM_CHECK(makeFolder(cache.folder()));
    const std::filesystem::path path = cache.pathOf(key);
    IBIDEM_CHECK(data::writeTableContainer(path, container));
    return Converted{path, key, std::move(container.summary)};
}

Error timeUp(const std::string &path, std::chrono::milliseconds longest)
{
    return Error{ErrorCode::BadData,
                 "reading took more than " + std::to_string(longest.count() / 1000) + " s and was given up",
                 path, "the file is damaged or hostile, or the machine is overloaded: try again"};
}

Result<Converted> convertUnderLimits(const ConvertRequest &request)
{
    IBIDEM_TRY(const convert::ForeignFile file, convert::ForeignFile::open(request.input));
    const std::string path = file.path().string();
    // Compressed tables grow about eightfold.
    const std::uint64_t size = file.bytes().size() * (convert::isGzip(file.bytes()) ? 8 : 1);
    const std::chrono::milliseconds longest = longestDuration(size);
    IBIDEM_CHECK(limitThisProcess(size));
    IBIDEM_TRY(const std::unique_ptr<StopListener> listener,
               StopListener::start(longest, timeUp(path, longest)));
    Events events;
    const RunToken token(listener->token(), [&events](std::string_view stage, double fraction) {
        events.progress(stage, fraction);
    });
    auto converted = convertFile(request, file, token);
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
