// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/trace.h"

#include "models/base/files.h"
#include "models/base/text.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <concepts>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ibidem::runs {

namespace {

constexpr std::string_view kMagic = "ibidem/trace/1\n";
constexpr std::size_t kHeaderAlignment = 8;
constexpr std::size_t kFixedRecordSize = 32; ///< epoch, step, loss, batch, order
constexpr std::size_t kSizePerTensor = 16;   ///< weights and gradient
constexpr std::size_t kLargestBuffer = 1U << 20U;
constexpr std::uint64_t kLargestHeader = 1U << 26U;

template <std::unsigned_integral T>
void append(std::string &bytes, T value)
{
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i))));
}

/// The number in front of `bytes`, which it takes off them.
template <std::unsigned_integral T>
T taken(std::string_view &bytes)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(
            value | static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i)));
    bytes.remove_prefix(sizeof(T));
    return value;
}

std::size_t recordSize(std::size_t tensors)
{
    return kFixedRecordSize + kSizePerTensor * tensors;
}

std::size_t padded(std::size_t size)
{
    return (size + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment;
}

Result<std::string> headerBytes(const std::vector<std::string> &tensors)
{
    std::string bytes(kMagic);
    append(bytes, static_cast<std::uint32_t>(tensors.size()));
    for (const std::string &name : tensors) {
        if (name.empty() || name.find('\0') != std::string::npos)
            return fail(ErrorCode::Internal, "a tensor of a trace has the name " + ibidem::quoted(name));
        bytes += name;
        bytes += '\0';
    }
    bytes.resize(padded(bytes.size()), '\0');
    return bytes;
}

struct Header
{
    std::vector<std::string> tensors;
    std::size_t size = 0;
};

tl::unexpected<Error> noTrace(const std::string &why, const std::string &path)
{
    return fail(ErrorCode::BadData, "this is no trace of a run: " + why, path);
}

Result<Header> parseHeader(std::string_view bytes, const std::string &path)
{
    if (!bytes.starts_with(kMagic))
        return noTrace("it does not begin with 'ibidem/trace/1'", path);
    std::string_view rest = bytes.substr(kMagic.size());
    if (rest.size() < sizeof(std::uint32_t))
        return noTrace("it ends within its header", path);
    const auto count = taken<std::uint32_t>(rest);
    Header header;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t end = rest.find('\0');
        if (end == std::string_view::npos)
            return noTrace("it ends within the names of its tensors", path);
        const std::string_view name = rest.substr(0, end);
        if (name.empty() || !isValidUtf8(name))
            return noTrace("tensor " + std::to_string(i + 1) + " has the name " + ibidem::quoted(name), path);
        header.tensors.emplace_back(name);
        rest.remove_prefix(end + 1);
    }
    const std::size_t used = bytes.size() - rest.size();
    header.size = padded(used);
    const std::string_view padding = rest.substr(0, std::min(rest.size(), header.size - used));
    if (padding.size() != header.size - used || padding.find_first_not_of('\0') != std::string_view::npos)
        return noTrace("its header is not filled up with zeros", path);
    return header;
}

/// The steps of an epoch count from 1, the epochs too.
bool follows(const StepRecord *previous, const StepRecord &next)
{
    if (previous == nullptr)
        return next.epoch == 1 && next.step == 1;
    return (next.epoch == previous->epoch && next.step == previous->step + 1) ||
           (next.epoch == previous->epoch + 1 && next.step == 1);
}

std::string stepName(const StepRecord &step)
{
    return "epoch " + std::to_string(step.epoch) + ", step " + std::to_string(step.step);
}

tl::unexpected<Error> writeFailure(ErrorCode code, const std::string &what, const std::string &path)
{
    return fail(code, what + ": " + std::generic_category().message(errno), path,
                "check free space and permissions of the run's folder");
}

/// Cuts the trace of a run that goes on to the steps that count.
Status keepOnly(const std::filesystem::path &file, const std::string &header, std::uint64_t tensors,
                std::uint64_t keepSteps)
{
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(file, error);
    if (error)
        return fail(ErrorCode::BadData, "the trace of the run that goes on is missing", file.string());
    const std::uint64_t perStep = recordSize(tensors);
    if (size < header.size() || (size - header.size()) / perStep < keepSteps)
        return fail(ErrorCode::BadData,
                    "it has fewer than the " + std::to_string(keepSteps) + " steps that the run goes on from",
                    file.string());
    IBIDEM_TRY(const MappedFile mapped, MappedFile::open(file));
    if (!mapped.text().starts_with(header))
        return fail(ErrorCode::BadData, "it is the trace of other tensors, or its header is damaged",
                    file.string());
    std::filesystem::resize_file(file, header.size() + perStep * keepSteps, error);
    if (error)
        return fail(ErrorCode::CannotWrite, "cannot be cut: " + error.message(), file.string());
    return {};
}

} // namespace

Result<TraceView> TraceView::parse(std::string_view bytes, const std::string &path)
{
    IBIDEM_TRY(Header header, parseHeader(bytes, path));
    TraceView view;
    view.m_recordSize = recordSize(header.tensors.size());
    view.m_tensors = std::move(header.tensors);
    view.m_records = bytes.substr(header.size);
    const std::size_t torn = view.m_records.size() % view.m_recordSize;
    if (torn != 0)
        return fail(ErrorCode::BadData,
                    "the record of step " + std::to_string(view.stepCount() + 1) + " is torn: " +
                        std::to_string(torn) + " bytes of " + std::to_string(view.m_recordSize),
                    path);
    return view;
}

std::string_view TraceView::recordBytes(std::uint64_t index) const
{
    return m_records.substr(index * m_recordSize, m_recordSize);
}

StepRecord TraceView::step(std::uint64_t index) const
{
    std::string_view bytes = recordBytes(index);
    StepRecord record;
    record.epoch = taken<std::uint32_t>(bytes);
    record.step = taken<std::uint32_t>(bytes);
    record.lossBits = taken<std::uint64_t>(bytes);
    record.batchDigest = taken<std::uint64_t>(bytes);
    record.orderDigest = taken<std::uint64_t>(bytes);
    for (auto *digests : {&record.weights, &record.gradients}) {
        digests->reserve(m_tensors.size());
        for (std::size_t i = 0; i < m_tensors.size(); ++i)
            digests->push_back(taken<std::uint64_t>(bytes));
    }
    return record;
}

TraceWriter::TraceWriter(File file, std::string path, std::size_t tensorCount)
    : m_file(std::move(file))
    , m_path(std::move(path))
    , m_tensorCount(tensorCount)
{}

Result<TraceWriter> TraceWriter::open(const std::filesystem::path &folder,
                                      const std::vector<std::string> &tensors, std::uint64_t keepSteps)
{
    const std::filesystem::path path = folder / kTraceFile;
    IBIDEM_TRY(const std::string header, headerBytes(tensors));
    if (header.size() > kLargestHeader)
        return fail(ErrorCode::Internal, "the names of a trace's tensors are too long", path.string());
    if (keepSteps > 0)
        IBIDEM_CHECK(keepOnly(path, header, tensors.size(), keepSteps));
    File file(std::fopen(path.c_str(), keepSteps > 0 ? "abe" : "wbe"), &std::fclose);
    if (!file)
        return writeFailure(ErrorCode::CannotWrite, "cannot be opened", path.string());
    TraceWriter writer(std::move(file), path.string(), tensors.size());
    if (keepSteps == 0) {
        writer.m_buffer = header;
        IBIDEM_CHECK(writer.flush());
    }
    return writer;
}

Status TraceWriter::add(const StepRecord &record)
{
    if (record.weights.size() != m_tensorCount || record.gradients.size() != m_tensorCount)
        return fail(ErrorCode::Internal,
                    stepName(record) + ": the record has not one digest for each of " +
                        std::to_string(m_tensorCount) + " tensors",
                    m_path);
    append(m_buffer, record.epoch);
    append(m_buffer, record.step);
    append(m_buffer, record.lossBits);
    append(m_buffer, record.batchDigest);
    append(m_buffer, record.orderDigest);
    for (const auto *digests : {&record.weights, &record.gradients})
        for (const std::uint64_t digest : *digests)
            append(m_buffer, digest);
    if (m_buffer.size() < kLargestBuffer)
        return {};
    return write();
}

Status TraceWriter::write()
{
    const std::size_t written = std::fwrite(m_buffer.data(), 1, m_buffer.size(), m_file.get());
    if (written != m_buffer.size())
        return writeFailure(ErrorCode::Io, "cannot be written", m_path);
    m_buffer.clear();
    return {};
}

Status TraceWriter::flush()
{
    IBIDEM_CHECK(write());
    if (std::fflush(m_file.get()) != 0 || ::fsync(::fileno(m_file.get())) != 0)
        return writeFailure(ErrorCode::Io, "cannot be written", m_path);
    return {};
}

Result<Trace> parseTrace(std::string_view bytes, const std::string &path)
{
    IBIDEM_TRY(const TraceView view, TraceView::parse(bytes, path));
    Trace trace;
    trace.tensors = view.tensors();
    trace.steps.reserve(view.stepCount());
    for (std::uint64_t i = 0; i < view.stepCount(); ++i) {
        StepRecord record = view.step(i);
        const StepRecord *const previous = trace.steps.empty() ? nullptr : &trace.steps.back();
        if (!follows(previous, record))
            return fail(ErrorCode::BadData,
                        stepName(record) + " does not follow " +
                            (previous != nullptr ? stepName(*previous) : std::string("the start")),
                        path);
        trace.steps.push_back(std::move(record));
    }
    return trace;
}

Result<Trace> readTrace(const std::filesystem::path &file)
{
    IBIDEM_TRY(const MappedFile mapped, MappedFile::open(file));
    return parseTrace(mapped.text(), file.string());
}

} // namespace ibidem::runs
