// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/prepare_cells.h"

#include "models/base/json.h"
#include "models/base/text.h"
#include "models/data/count_matrix.h"
#include "models/data/prepared_cells.h"
#include "models/prepare/cells.h"
#include "models/spec/cell_preparation.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <future>
#include <new>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace ibidem::app {

namespace {

constexpr std::uint64_t kMostThreads = 4096;

struct Request
{
    std::filesystem::path container;
    spec::CellPreparation preparation;
    unsigned threads = 0;
    std::optional<std::filesystem::path> out;
};

/// The protocol on standard output.
class Lines
{
public:
    void progress(std::string_view stage, double fraction)
    {
        constexpr auto kBetween = std::chrono::milliseconds(50);
        const auto now = std::chrono::steady_clock::now();
        if (fraction < 1.0 && now - m_last < kBetween)
            return;
        m_last = now;
        write(Json{{"event", "progress"}, {"stage", std::string(stage)}, {"fraction", fraction}});
    }

    /// In one piece, or not at all if nobody reads any more.
    static void write(const Json &event)
    {
        const auto line = compactJson(event);
        if (!line)
            return;
        const std::string text = *line + "\n";
        std::string_view left = text;
        while (!left.empty()) {
            const ssize_t count = ::write(STDOUT_FILENO, left.data(), left.size());
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return;
            left.remove_prefix(static_cast<std::size_t>(count));
        }
    }

private:
    std::chrono::steady_clock::time_point m_last{};
};

tl::unexpected<Error> usage(const std::string &problem)
{
    return fail(ErrorCode::Usage, problem, {}, "see ibidem-train --help");
}

Result<unsigned> threadsOf(const std::string &text)
{
    const auto threads = parseUnsigned(text);
    if (!threads || *threads > kMostThreads)
        return usage("--threads: " + ibidem::quoted(text) + " is no number of threads");
    return static_cast<unsigned>(*threads);
}

Result<Request> requestOf(std::span<const std::string> arguments)
{
    if (arguments.empty() || arguments.front().starts_with('-'))
        return usage("--prepare needs a container");
    Request request;
    request.container = arguments.front();
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        const std::string &option = arguments[i];
        if (i + 1 == arguments.size())
            return usage(ibidem::quoted(option) + " is unknown or needs a value");
        const std::string &value = arguments[i + 1];
        if (option == "--options") {
            const auto json = parseJson(value);
            if (!json)
                return fail(ErrorCode::BadSpec, "--options: " + json.error().message);
            IBIDEM_TRY(request.preparation, spec::CellPreparation::fromJson(*json));
        } else if (option == "--threads") {
            IBIDEM_TRY(request.threads, threadsOf(value));
        } else if (option == "--out") {
            request.out = value;
        } else {
            return usage("unknown option " + ibidem::quoted(option));
        }
    }
    return request;
}

Result<data::PreparedSummary> prepare(const Request &request, const RunToken &token)
{
    IBIDEM_CHECK(spec::validate(request.preparation));
    IBIDEM_TRY(const auto matrix, data::MatrixFile::open(request.container));
    // A damaged container must not become a result. Nobody waits for this: it is done before the stages are.
    auto verified = std::async(std::launch::async, [matrix] { return matrix->verify(); });
    auto prepared = prepare::prepareCells(*matrix, request.preparation, request.threads, token);
    IBIDEM_CHECK(verified.get());
    if (!prepared) {
        Error error = std::move(prepared).error();
        if (error.path.empty())
            error.path = request.container.string();
        return tl::unexpected<Error>(std::move(error));
    }
    if (request.out) {
        if (token.stopRequested())
            return fail(ErrorCode::Stopped, "the preparation was stopped", request.container.string());
        token.progress("write", 1.0);
        IBIDEM_CHECK(data::writePreparedCells(*request.out, *prepared));
    }
    return std::move(prepared->summary);
}

Result<data::PreparedSummary> prepareWithoutExceptions(std::span<const std::string> arguments,
                                                       const std::stop_token &stop)
{
    try {
        IBIDEM_TRY(const Request request, requestOf(arguments));
        Lines lines;
        const RunToken token(
            stop, [&lines](std::string_view stage, double fraction) { lines.progress(stage, fraction); });
        return prepare(request, token);
    } catch (const std::bad_alloc &) {
        return fail(ErrorCode::BadData, "there is not enough memory to prepare this matrix",
                    arguments.front(), "select genes (selectGenes=true), or use a machine with more memory");
    } catch (const std::exception &error) {
        return fail(ErrorCode::Internal, error.what());
    }
}

} // namespace

int prepareContainer(std::span<const std::string> arguments, const std::stop_token &stop)
{
    std::signal(SIGPIPE, SIG_IGN); // the file is wanted even if nobody listens any more
    const Result<data::PreparedSummary> summary = prepareWithoutExceptions(arguments, stop);
    if (summary) {
        Lines::write(Json{{"event", "finished"}, {"summary", summary->toJson()}});
        return 0;
    }
    Lines::write(Json{{"event", "failed"}, {"error", errorJson(summary.error())}});
    const std::string text = "ibidem-train: " + describe(summary.error()) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
    return exitCode(summary.error().code);
}

} // namespace ibidem::app
