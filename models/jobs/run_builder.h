// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/jobs/child_jobs.h"
#include "models/spec/run_spec.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::jobs {

/// What an order is for. How inputs are found and what an error advises depends on it.
enum class OrderPurpose {
    Train,
    Rerun,  ///< a new run of what another one recorded
    Resume, ///< the run beside the spec goes on: its inputs are opened again where they are not at hand
    Batch   ///< of a spec file that names its inputs itself
};

/// What a person asked for, before anything was looked at: the same for the command line and the window.
struct TrainOrder
{
    std::string recipeOrSpec;                   ///< a recipe's name, or the path of a JSON or TOML file
    std::optional<std::filesystem::path> train; ///< --data
    std::optional<std::filesystem::path> test;
    std::optional<std::filesystem::path> labels;
    std::optional<std::filesystem::path> genes;
    std::optional<std::filesystem::path> split;
    /// Rerun and resume: where recorded inputs lie now, by role ("train" …). They must have the recorded
    /// content.
    std::map<std::string, std::filesystem::path> moved;
    std::vector<std::string> overrides;     ///< --set key=value
    std::optional<std::uint64_t> rounds;    ///< --rounds, for trees
    std::optional<std::uint64_t> epochs;    ///< --epochs, for networks
    std::optional<std::string> matrix;      ///< --matrix, for networks: data.options.matrix
    std::optional<std::string> genome;      ///< --genome
    std::optional<std::string> featureType; ///< --feature-type
    OrderPurpose purpose = OrderPurpose::Train;
    std::optional<spec::Level> level;
    std::optional<std::uint64_t> seed;
    std::optional<std::string> device;
    std::optional<int> threads;
    std::optional<std::string> isa;
    std::optional<std::filesystem::path> out; ///< else a new name in the run store
    bool force = false;
    bool allowChanged = false; ///< rerun: go on though an input has other content than recorded
};

/// Turns an order into a prepared run folder "<run>.partial" with the resolved spec.json and local.json:
/// reads the spec, opens every input (ConvertJob), resolves device, level, threads and a drawn seed
/// ("random"), validates. Nothing is written before all inputs are known to be sound. An order to resume
/// makes no folder: its run's local.json is brought up to date. Emits finished() once.
class RunBuilder : public QObject
{
    Q_OBJECT

public:
    RunBuilder(Programs programs, TrainOrder order, std::filesystem::path cacheFolder,
               std::filesystem::path runStore, QObject *parent = nullptr);
    ~RunBuilder() override;
    void start();
    void cancel();
    /// The partial folder; of an order to resume the run's.
    [[nodiscard]] const Result<std::filesystem::path> &result() const;
    [[nodiscard]] const std::vector<OpenedFile> &inputs() const; ///< what was opened, in order of roles

Q_SIGNALS:
    void progressed(const QString &stage, double fraction);
    void finished();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// The order that repeats a run in a fresh folder: its spec as recorded (same device, threads, isa), inputs
/// from `moved`, the cache by digest, then from local.json's paths, else InputMissing (66) naming the file.
/// An input whose content changed is BadData (65) saying so before training starts, unless allowChanged.
[[nodiscard]] Result<TrainOrder> repeatOrder(const std::filesystem::path &run,
                                             const std::filesystem::path &cacheFolder,
                                             std::optional<std::filesystem::path> out, bool allowChanged,
                                             std::map<std::string, std::filesystem::path> moved = {});

/// The order that makes a stopped, failed or killed run ready to go on: a converted input that is not where
/// local.json says is looked for in `moved`, the cache, then read again from local.json's path. Errors of the
/// builder as of repeatOrder; the run stays as it is. InputMissing.
[[nodiscard]] Result<TrainOrder> resumeOrder(const std::filesystem::path &run,
                                             std::map<std::string, std::filesystem::path> moved = {});

} // namespace ibidem::jobs
