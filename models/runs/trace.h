// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::runs {

inline constexpr std::string_view kTraceFile = "trace.bin";

/// What is recorded of one step of training. Digests are kernels::tensorDigest.
struct StepRecord
{
    std::uint32_t epoch = 0;            ///< from 1
    std::uint32_t step = 0;             ///< within the epoch, from 1
    std::uint64_t lossBits = 0;         ///< of the batch's mean loss, a double
    std::uint64_t batchDigest = 0;      ///< of the batch's values as the network saw them
    std::uint64_t orderDigest = 0;      ///< of the indices of its samples (U32): what the random streams gave
    std::vector<std::uint64_t> weights; ///< per parameter tensor, at the start of the step
    std::vector<std::uint64_t> gradients; ///< per parameter tensor
    bool operator==(const StepRecord &) const = default;
};

/// trace.bin: the text "ibidem/trace/1\n", the number of tensors (U32, little endian) and their names
/// (NUL-terminated), padded with zeros to a multiple of 8 bytes; then one record a step, all of one size:
/// epoch U32, step U32, loss F64, batch U64, order U64, weights U64 × tensors, gradients U64 × tensors.
struct Trace
{
    std::vector<std::string> tensors; ///< names as in the model
    std::vector<StepRecord> steps;
};

/// The bytes of a trace, whose records are read one at a time: traces of many steps need not be in memory.
/// The bytes belong to somebody else.
class TraceView
{
public:
    /// BadData: another file, a damaged header, a torn record.
    [[nodiscard]] static Result<TraceView> parse(std::string_view bytes, const std::string &path);

    [[nodiscard]] const std::vector<std::string> &tensors() const noexcept { return m_tensors; }

    [[nodiscard]] std::uint64_t stepCount() const noexcept { return m_records.size() / m_recordSize; }

    [[nodiscard]] std::string_view recordBytes(std::uint64_t index) const; ///< index < stepCount()
    [[nodiscard]] StepRecord step(std::uint64_t index) const;

private:
    std::vector<std::string> m_tensors;
    std::size_t m_recordSize = 1;
    std::string_view m_records;
};

/// Appends records while a run goes on. A record counts once flush() has returned; what a kill left after
/// that is cut off when the run is taken up again.
class TraceWriter
{
public:
    /// Starts the file anew, or with `keepSteps` > 0 goes on behind that many records. CannotWrite; BadData
    /// if the file there is of other tensors or has fewer records.
    [[nodiscard]] static Result<TraceWriter> open(const std::filesystem::path &folder,
                                                  const std::vector<std::string> &tensors,
                                                  std::uint64_t keepSteps);
    [[nodiscard]] Status add(const StepRecord &record);
    [[nodiscard]] Status flush(); ///< to the disk

private:
    using File = std::unique_ptr<std::FILE, int (*)(std::FILE *)>;

    TraceWriter(File file, std::string path, std::size_t tensorCount);
    [[nodiscard]] Status write(); ///< what is buffered

    File m_file;
    std::string m_path;
    std::size_t m_tensorCount = 0;
    std::string m_buffer;
};

/// InputMissing, BadData naming what is wrong: another file, a torn record, steps that do not follow.
[[nodiscard]] Result<Trace> readTrace(const std::filesystem::path &file);
[[nodiscard]] Result<Trace> parseTrace(std::string_view bytes, const std::string &path);

} // namespace ibidem::runs
