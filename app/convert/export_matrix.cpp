// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/export_matrix.h"

#include "app/convert/embedded_matrix.h"
#include "app/convert/events.h"
#include "app/convert/limits.h"
#include "app/convert/stop_listener.h"
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/convert/matrices/matrix_writer.h"
#include "models/data/count_matrix.h"
#include "models/runs/network_files.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace ibidem::app {

namespace {

Status requireRunning(const StopListener &listener, const std::string &path)
{
    if (!listener.token().stop_requested())
        return {};
    return fail(ErrorCode::Stopped, "stopped on request", path);
}

Result<std::uint64_t> bytesOf(const std::filesystem::path &file)
{
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(file, error);
    if (error)
        return fail(ErrorCode::InputMissing, "cannot be looked at: " + error.message(), file.string());
    return bytes;
}

/// What is to be written, and what it says about itself.
struct Exported
{
    data::CountMatrix matrix;
    std::string digest;
    std::vector<std::string> replaced;
};

Result<Exported> loaded(const ConvertRequest &request)
{
    IBIDEM_TRY(const auto container, data::MatrixFile::open(request.input));
    IBIDEM_CHECK(container->verify());
    Exported exported;
    IBIDEM_TRY(exported.matrix, container->load());
    exported.digest = container->summary().digest;
    if (!request.embedding)
        return exported;
    IBIDEM_TRY(runs::EmbeddingFile embedding, runs::readEmbeddingFile(*request.embedding));
    auto joined = embeddedMatrix(std::move(exported.matrix), std::move(embedding));
    if (!joined) {
        Error error = joined.error();
        error.path = request.embedding->string();
        return tl::unexpected<Error>(std::move(error));
    }
    exported.matrix = std::move(joined->matrix);
    exported.replaced = std::move(joined->replaced);
    exported.digest = data::contentDigest(exported.matrix);
    return exported;
}

Result<Json> finishedEvent(const ConvertRequest &request, const Exported &exported)
{
    IBIDEM_TRY(const MappedFile file, MappedFile::open(request.output));
    return Json{{"event", "finished"},
                {"path", request.output.string()},
                {"format", request.format},
                {"bytes", file.bytes().size()},
                {"sha256", sha256Hex(file.text())},
                {"digest", exported.digest},
                {"cells", exported.matrix.cellIds.size()},
                {"genes", exported.matrix.geneIds.size()},
                {"replaced", exported.replaced}};
}

Result<Json> exportUnderLimits(const ConvertRequest &request)
{
    const auto format = convert::matrixFormatOfName(request.format);
    if (!format)
        return fail(ErrorCode::Usage, "there is no format " + request.format, {}, "choose h5ad or 10x");
    IBIDEM_TRY(std::uint64_t bytes, bytesOf(request.input));
    if (request.embedding) {
        IBIDEM_TRY(const std::uint64_t more, bytesOf(*request.embedding));
        bytes += more;
    }
    constexpr std::uint64_t kSlowness = 4; // deflating takes longer than reading
    const std::chrono::milliseconds longest = longestDuration(kSlowness * bytes);
    IBIDEM_CHECK(limitThisProcess(kSlowness * bytes));
    const std::string path = request.output.string();
    const Error timeUp{ErrorCode::Io, "writing took too long and was given up", path,
                       "the machine is overloaded: try again"};
    IBIDEM_TRY(const std::unique_ptr<StopListener> listener, StopListener::start(longest, timeUp));
    Events events;
    events.progress("read", 0.0);
    IBIDEM_TRY(const Exported exported, loaded(request));
    IBIDEM_CHECK(requireRunning(*listener, path));
    events.progress("write", 0.0);
    IBIDEM_CHECK(convert::writeMatrixFile(request.output, exported.matrix, *format));
    return finishedEvent(request, exported);
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
