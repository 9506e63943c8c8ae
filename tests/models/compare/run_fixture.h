// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/comparison.h"
#include "models/data/tree_ensemble.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Runs as a trainer leaves them, made in milliseconds: a table, a spec and a stand-in for training whose
/// trees depend on all of the training data, the labels and the spec.
namespace ibidem::fixture {

struct Part
{
    std::vector<std::string> ids;
    std::vector<std::int32_t> classes;
    std::vector<float> values; ///< ids.size() × genes
};

struct FixtureRun
{
    spec::RunSpec spec;
    std::vector<std::string> geneIds;
    Part train;
    Part test;
    data::TreeEnsemble ensemble; ///< by trainEnsemble; change it before write() to make other results
    std::string outcome = "finished";
    Json state = Json::object();
    Json environment = Json::object();
};

struct Size
{
    std::size_t train = 42;
    std::size_t test = 14;
    std::size_t genes = 20;
    int rounds = 30;
};

/// A trained run that depends on nothing but the size.
[[nodiscard]] FixtureRun makeRun(const Size &size = {});
/// Trains again after a change of data or spec.
void trainEnsemble(FixtureRun &run);
/// The run folder. Metrics, rounds, predictions, fingerprints and manifest are computed from the data and the
/// ensemble.
[[nodiscard]] Status writeRun(const std::filesystem::path &folder, const FixtureRun &run);

/// Flips one bit of a file, at a bit number counted from its start.
[[nodiscard]] Status flipBit(const std::filesystem::path &file, std::size_t bit);
/// All differences as lines "what | where | a | b | count | i", for messages of failing tests.
[[nodiscard]] std::string describe(const compare::Comparison &comparison);

} // namespace ibidem::fixture
