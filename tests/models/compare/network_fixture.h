// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/spec/run_spec.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Runs as a trainer of networks leaves them, made in milliseconds: cells, a specification and a stand-in for
/// training in which every step depends on the samples of its batch, their order, their values and all
/// weights before.
namespace ibidem::fixture {

/// What somebody does to a training while it goes on.
struct Meddling
{
    using Weights = std::vector<std::vector<float>>; ///< per tensor

    std::function<void(int epoch, int step, std::vector<std::size_t> &batch)> order = {};
    std::function<void(int epoch, int step, std::vector<float> &values)> data = {};
    std::function<void(int epoch, int step, Weights &weights)> weights = {}; ///< at the start of the step
    std::function<void(int epoch, int step, double &loss)> loss = {};
    std::function<void(int epoch, int step, Weights &gradients)> gradients = {};
};

struct NetworkRun
{
    spec::RunSpec spec;
    std::vector<std::string> cellIds;
    std::vector<std::string> geneIds;
    std::vector<float> values; ///< cells × genes, prepared
    std::vector<std::string> labelNames;
    std::vector<std::int32_t> labels;
    Meddling meddling;
    std::function<void(std::vector<float> &map, std::vector<std::int32_t> &clusters)> mapping =
        {};                    ///< of another C library
    std::string graph = "one"; ///< what the neighbours' graph is
    bool hasTrace = true;
    bool hasFingerprints = true;
    Json state = Json::object();
    Json environment = Json::object();
};

struct NetworkSize
{
    std::size_t cells = 40;
    std::size_t genes = 12;
    int epochs = 5;
    int batchSize = 8;
};

/// A run that depends on nothing but the size.
[[nodiscard]] NetworkRun makeNetworkRun(const NetworkSize &size = {});
/// Trains, and writes the run's folder with everything that follows.
[[nodiscard]] Status writeNetworkRun(const std::filesystem::path &folder, const NetworkRun &run);

} // namespace ibidem::fixture
