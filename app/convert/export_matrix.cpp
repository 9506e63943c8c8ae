// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/export_matrix.h"

#include "app/convert/events.h"
#include "app/convert/limits.h"
#include "app/convert/stop_listener.h"
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/convert/matrices/matrix_writer.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <system_error>

namespace ibidem::app {

namespace {

Status requireRunning(const StopListener &listener, const std::string &path)
{
    if (!listener.token().stop_requested())
        return {};
    return fail(ErrorCode::Stopped, "stopped on request", path);
}

Result<Json> finishedEvent(const ConvertRequest &request, const std::string &digest)
{
    IBIDEM_TRY(const MappedFile file, MappedFile::open(request.output));
    return Json{
        {"event", "finished"},          {"path", request.output.string()},  {"format", request.format},
        {"bytes", file.bytes().size()}, {"sha256", sha256Hex(file.text())}, {"digest", digest}};
}

Result<Json> exportUnderLimits(const ConvertRequest &request)
{
    const auto format = convert::matrixFormatOfName(request.format);
    if (!format)
        return fail(ErrorCode::Usage, "there is no format " + request.format, {}, "choose h5ad or 10x");
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(request.input, error);
    if (error)
        return fail(ErrorCode::InputMissing, "cannot be looked at: " + error.message(),
                    request.input.string());
    constexpr std::uint64_t kSlowness = 4; // deflating takes longer than reading
    const std::chrono::milliseconds longest = longestDuration(kSlowness * bytes);
    IBIDEM_CHECK(limitThisProcess(kSlowness * bytes));
    const std::string path = request.output.string();
    const Error timeUp{ErrorCode::Io, "writing took too long and was given up", path,
                       "the machine is overloaded: try again"};
    IBIDEM_TRY(const std::unique_ptr<StopListener> listener, StopListener::start(longest, timeUp));
    Events events;
    events.progress("read", 0.0);
    IBIDEM_TRY(const auto container, data::MatrixFile::open(request.input));
    IBIDEM_CHECK(container->verify());
    IBIDEM_TRY(const data::CountMatrix matrix, container->load());
    IBIDEM_CHECK(requireRunning(*listener, path));
    events.progress("write", 0.0);
    IBIDEM_CHECK(convert::writeMatrixFile(request.output, matrix, *format));
    return finishedEvent(request, container->summary().digest);
}

} // namespace

Result<Json> exportMatrix(const ConvertRequest &request)
{
    try {
        return exportUnderLimits(request);
    } catch (const std::bad_alloc &) {
        return fail(ErrorCode::BadData, "there is not enough memory to write this matrix",
                    request.input.string(), "use a machine with more memory, or a smaller matrix");
    } catch (const std::exception &error) {
        return fail(ErrorCode::Internal, error.what(), request.input.string());
    }
}

} // namespace ibidem::app
