// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/checkpoints/checkpoint.h"

#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/data/safetensors.h"
#include "models/kernels/tensor_digest.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

namespace ibidem::train {

namespace {

constexpr std::string_view kSchema = "ibidem/checkpoint/3";
constexpr std::array<std::string_view, 2> kOlderSchemas = {"ibidem/checkpoint/1", "ibidem/checkpoint/2"};
/// Of the tensors that hold the metrics: no state may be called so.
constexpr std::string_view kMetrics = "metric";
constexpr std::string_view kSuffix = ".safetensors";
constexpr std::size_t kDigits = 6;
constexpr std::size_t kKept = 2;

using Metadata = std::map<std::string, std::string>;

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// safetensors has no checksum of its own. Of a state the fast digest is enough: it is against accidents, of
/// which it misses no changed word, and SHA-256 of a large network's would take longer than writing it.
std::string contentDigest(std::span<const data::TensorView> tensors, const Metadata &metadata)
{
    Sha256 sha;
    for (const auto &[key, value] : metadata) {
        if (key == "digest")
            continue;
        sha.updateFramed(key);
        sha.updateFramed(value);
    }
    for (const data::TensorView &tensor : tensors) {
        sha.updateFramed(tensor.name);
        sha.updateFramed(data::dtypeName(tensor.dtype));
        sha.updateInteger(tensor.bytes.size());
        sha.updateInteger(kernels::tensorDigest(tensor.bytes));
    }
    return sha.finishHex();
}

std::optional<std::int64_t> roundOfName(std::string_view unit, std::string_view name)
{
    const std::string prefix = std::string(unit) + "-";
    if (name.size() != prefix.size() + kDigits + kSuffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(kSuffix))
        return std::nullopt;
    const std::string_view digits = name.substr(prefix.size(), kDigits);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return parseInteger(digits.substr(std::min(digits.find_first_not_of('0'), kDigits - 1)));
}

std::vector<std::string> metricColumns(const Checkpoint &checkpoint)
{
    std::vector<std::string> columns;
    for (const runs::MetricPoint &point : checkpoint.metrics) {
        if (point.round != 1)
            break;
        columns.push_back(point.split + "/" + point.metric);
    }
    return columns;
}

Result<std::vector<runs::MetricPoint>> metricPoints(const data::Safetensors &file, std::int64_t round)
{
    IBIDEM_TRY(const auto columns, file.names("metric_columns"));
    IBIDEM_TRY(const auto values, file.values<double>("metrics"));
    if (values.size() != columns.size() * static_cast<std::size_t>(round))
        return fail(ErrorCode::BadData, "the metrics do not fit the round");
    std::vector<runs::MetricPoint> points;
    points.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string &column = columns[i % columns.size()];
        const std::size_t slash = column.find('/');
        if (slash == std::string::npos)
            return fail(ErrorCode::BadData, "a metric has no split");
        points.push_back({static_cast<std::int64_t>(i / columns.size()) + 1, column.substr(0, slash),
                          column.substr(slash + 1), values[i]});
    }
    return points;
}

Result<std::string> entry(const Metadata &metadata, const std::string &key)
{
    const auto found = metadata.find(key);
    if (found == metadata.end())
        return fail(ErrorCode::BadData, "'" + key + "' is missing");
    return found->second;
}

/// Sorted by name, so that the order in the file does not matter.
std::vector<data::TensorView> sortedTensors(std::vector<data::TensorView> tensors)
{
    std::sort(tensors.begin(), tensors.end(),
              [](const data::TensorView &a, const data::TensorView &b) { return a.name < b.name; });
    return tensors;
}

Result<Checkpoint> soundCheckpoint(const data::Safetensors &file)
{
    const Metadata &metadata = file.metadata();
    IBIDEM_TRY(const std::string schema, entry(metadata, "schema"));
    IBIDEM_TRY(const std::string digest, entry(metadata, "digest"));
    IBIDEM_TRY(const std::string round, entry(metadata, "round"));
    if (schema != kSchema || contentDigest(sortedTensors(file.tensors()), metadata) != digest)
        return fail(ErrorCode::BadData, "it is damaged");
    const auto number = parseInteger(round);
    if (!number || *number < 0)
        return fail(ErrorCode::BadData, "its round is no number");
    Checkpoint checkpoint;
    checkpoint.round = *number;
    for (const data::TensorView &tensor : file.tensors()) {
        if (tensor.name.starts_with(kMetrics))
            continue;
        checkpoint.state[tensor.name] = {
            tensor.dtype,
            tensor.shape,
            {reinterpret_cast<const char *>(tensor.bytes.data()), tensor.bytes.size()}};
    }
    IBIDEM_TRY(checkpoint.metrics, metricPoints(file, checkpoint.round));
    return checkpoint;
}

Status checkVersion(const Metadata &metadata, const std::string &path, bool *foreign)
{
    IBIDEM_TRY(const std::string schema, entry(metadata, "schema"));
    if (std::find(kOlderSchemas.begin(), kOlderSchemas.end(), schema) == kOlderSchemas.end())
        return {};
    *foreign = true;
    return fail(ErrorCode::Unavailable, "another version of the program wrote the checkpoint", path,
                "resume with that version, or start a new run");
}

Status checkOwner(const Metadata &metadata, const CheckpointOwner &owner, const std::string &path,
                  bool *foreign)
{
    IBIDEM_TRY(const std::string spec, entry(metadata, "spec"));
    IBIDEM_TRY(const std::string data, entry(metadata, "data"));
    IBIDEM_TRY(const std::string library, entry(metadata, "library"));
    if (spec != owner.chainStart) {
        *foreign = true;
        return fail(ErrorCode::BadSpec, "the checkpoint was written with another specification", path,
                    "resume with the run's own specification, or start a new run");
    }
    if (data != owner.dataDigest) {
        *foreign = true;
        return fail(ErrorCode::BadData, "the checkpoint was written with other data", path,
                    "restore the data that the run was started with, or start a new run");
    }
    if (library != owner.library) {
        *foreign = true;
        return fail(ErrorCode::Unavailable,
                    "the checkpoint was written by " + library + ", and this is " + owner.library, path,
                    "resume with the program and on the kind of machine that wrote it, or start a new run");
    }
    return {};
}

void keepNewest(const std::filesystem::path &folder, const std::string &unit)
{
    const std::vector<std::int64_t> rounds = checkpointRounds(folder, unit);
    std::error_code ignored;
    for (std::size_t i = kKept; i < rounds.size(); ++i)
        std::filesystem::remove(folder / checkpointName(unit, rounds[i]), ignored);
}

} // namespace

std::string checkpointName(std::string_view unit, std::int64_t round)
{
    std::string digits = std::to_string(round);
    if (digits.size() < kDigits)
        digits.insert(0, kDigits - digits.size(), '0');
    return std::string(unit) + "-" + digits + std::string(kSuffix);
}

Status writeCheckpoint(const std::filesystem::path &folder, const Checkpoint &checkpoint,
                       const CheckpointOwner &owner)
{
    const std::vector<std::string> columns = metricColumns(checkpoint);
    IBIDEM_TRY(const std::string packed, data::packNames(columns));
    std::vector<double> values;
    values.reserve(checkpoint.metrics.size());
    for (const runs::MetricPoint &point : checkpoint.metrics)
        values.push_back(point.value);
    if (values.size() != columns.size() * static_cast<std::size_t>(checkpoint.round))
        return fail(ErrorCode::Internal, "the metrics of a checkpoint do not fit its round");
    Metadata metadata{{"schema", std::string(kSchema)},
                      {"round", std::to_string(checkpoint.round)},
                      {"spec", owner.chainStart},
                      {"data", owner.dataDigest},
                      {"library", owner.library}};
    std::vector<data::TensorView> tensors = {
        {"metric_columns", data::DType::U8, {packed.size()}, bytesOf(packed)},
        {"metrics",
         data::DType::F64,
         {static_cast<std::uint64_t>(checkpoint.round), columns.size()},
         std::as_bytes(std::span(values))}};
    for (const auto &[name, tensor] : checkpoint.state)
        tensors.push_back({name, tensor.type, tensor.shape, bytesOf(tensor.bytes)});
    tensors = sortedTensors(std::move(tensors));
    metadata["digest"] = contentDigest(tensors, metadata);
    IBIDEM_CHECK(makeFolder(folder));
    IBIDEM_CHECK(
        data::writeSafetensors(folder / checkpointName(owner.unit, checkpoint.round), tensors, metadata));
    keepNewest(folder, owner.unit);
    return {};
}

Result<Checkpoint> readCheckpoint(const std::filesystem::path &file, const CheckpointOwner &owner,
                                  bool *foreign)
{
    *foreign = false;
    IBIDEM_TRY(const data::Safetensors tensors, data::Safetensors::open(file));
    IBIDEM_CHECK(checkVersion(tensors.metadata(), file.string(), foreign));
    auto checkpoint = soundCheckpoint(tensors);
    if (checkpoint)
        IBIDEM_CHECK(checkOwner(tensors.metadata(), owner, file.string(), foreign));
    return checkpoint;
}

std::vector<std::int64_t> checkpointRounds(const std::filesystem::path &folder, std::string_view unit)
{
    std::vector<std::int64_t> rounds;
    const auto names = listFolder(folder);
    if (!names)
        return rounds;
    for (const std::string &name : *names) {
        if (const auto round = roundOfName(unit, name))
            rounds.push_back(*round);
    }
    std::sort(rounds.rbegin(), rounds.rend());
    return rounds;
}

Result<std::optional<Checkpoint>> newestCheckpoint(const std::filesystem::path &folder,
                                                   const CheckpointOwner &owner,
                                                   const std::function<Status(const Checkpoint &)> &accept,
                                                   const std::function<void(const std::string &)> &warn)
{
    for (const std::int64_t round : checkpointRounds(folder, owner.unit)) {
        const std::string name = checkpointName(owner.unit, round);
        bool foreign = false;
        Result<Checkpoint> checkpoint = readCheckpoint(folder / name, owner, &foreign);
        if (!checkpoint && foreign)
            return tl::unexpected<Error>(std::move(checkpoint).error());
        if (checkpoint && checkpoint->round != round)
            checkpoint = fail(ErrorCode::BadData, "its name says another round");
        const Status accepted = checkpoint ? accept(*checkpoint) : Status();
        // Only what is wrong with the file itself makes it useless: a disk or a device that fails may work
        // tomorrow.
        if (!accepted && accepted.error().code != ErrorCode::BadData)
            return tl::unexpected<Error>(accepted.error());
        if (checkpoint && accepted)
            return std::optional<Checkpoint>(*std::move(checkpoint));
        const Error &error = checkpoint ? accepted.error() : checkpoint.error();
        warn("the checkpoint " + name + " is left out: " + error.message);
        std::error_code ignored;
        std::filesystem::rename(folder / name, folder / (name + ".damaged"), ignored);
    }
    return std::optional<Checkpoint>();
}

void clearCheckpoints(const std::filesystem::path &folder)
{
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

CheckpointWriter::CheckpointWriter(std::filesystem::path folder, const CheckpointOwner &owner,
                                   Written written)
    : m_folder(std::move(folder))
    , m_owner(owner)
    , m_written(std::move(written))
{}

CheckpointWriter::~CheckpointWriter()
{
    if (m_running.valid())
        m_running.wait();
}

Status CheckpointWriter::start(Checkpoint checkpoint)
{
    IBIDEM_CHECK(finish());
    m_round = checkpoint.round;
    m_running = std::async(std::launch::async, [this, one = std::move(checkpoint)] {
        return writeCheckpoint(m_folder, one, m_owner);
    });
    return {};
}

Status CheckpointWriter::poll()
{
    if (m_running.valid() && m_running.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
        return finish();
    return {};
}

Status CheckpointWriter::finish()
{
    if (!m_running.valid())
        return {};
    IBIDEM_CHECK(m_running.get());
    m_written(m_round, checkpointName(m_owner.unit, m_round));
    return {};
}

} // namespace ibidem::train
