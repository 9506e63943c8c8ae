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
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::jobs {

/// What a person asked for, before anything was looked at: the same for the command line and the window.
struct TrainOrder
{
    std::string recipeOrSpec;                   ///< a recipe's name, or the path of a JSON or TOML file
    std::optional<std::filesystem::path> train; ///< --data
    std::optional<std::filesystem::path> test;
    std::optional<std::filesystem::path> labels;
    std::optional<std::filesystem::path> genes;
    std::optional<std::filesystem::path> split;
    std::vector<std::string> overrides; ///< --set key=value
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
/// ("random"), validates. Nothing is written before all inputs are known to be sound. Emits finished() once.
class RunBuilder : public QObject
{
    Q_OBJECT

public:
    RunBuilder(Programs programs, TrainOrder order, std::filesystem::path cacheFolder,
               std::filesystem::path runStore, QObject *parent = nullptr);
    ~RunBuilder() override;
    void start();
    void cancel();
    [[nodiscard]] const Result<std::filesystem::path> &result() const; ///< the partial folder
    [[nodiscard]] const std::vector<OpenedFile> &inputs() const;       ///< what was opened, in order of roles

Q_SIGNALS:
    void progressed(const QString &stage, double fraction);
    void finished();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// The order that repeats a run in a fresh folder: its spec as recorded (same device, threads, isa), inputs
/// from the cache by digest, then from local.json's paths, else InputMissing (66) naming the file. An input
/// whose content changed is BadData (65) saying so before training starts, unless allowChanged.
[[nodiscard]] Result<TrainOrder> repeatOrder(const std::filesystem::path &run,
                                             const std::filesystem::path &cacheFolder,
                                             std::optional<std::filesystem::path> out, bool allowChanged);

} // namespace ibidem::jobs
