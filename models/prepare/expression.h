// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/data/expression_table.h"
#include "models/spec/run_spec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::prepare {

/// One part of the samples, ready for a learner: samples × genes, row-major fp32 (each double rounded once).
struct PreparedSet
{
    std::vector<std::string> sampleIds;
    std::vector<std::int32_t> classes; ///< index into PreparedExpression::classNames
    std::vector<float> values;
};

/// One stage of preparation: SHA-256 over everything that leaves it, and its size.
struct Stage
{
    std::string name; ///< "join-labels", "filter-genes", "values", "split"
    std::string digest;
    std::uint64_t samples = 0;
    std::uint64_t genes = 0;
};

struct PreparedExpression
{
    std::vector<std::string> geneIds;
    std::vector<std::string> classNames; ///< sorted by bytes ("0", "1"); two or more
    PreparedSet train;
    PreparedSet test;
    std::vector<Stage> stages;
    std::vector<std::string>
        notes;               ///< warnings in words for the user and the manifest (confounding, dropped genes)
    std::string splitDigest; ///< SHA-256 over the ids of train and test
};

/// The tables that preparation needs, already read.
struct PreparationInputs
{
    data::ExpressionTable train;
    std::optional<data::ExpressionTable> test;
    std::optional<data::TableContainer> labels; ///< CLS or annotations
    std::optional<std::vector<std::string>> geneList;
    std::optional<std::map<std::string, std::string>> split; ///< sample -> "train" or "test"
};

/// Runs the stages in order: join labels, filter genes, values, split. Pure: the same inputs and spec give
/// the same digests on every machine. BadData (naming sample, gene or file) when labels are missing, fewer
/// than two classes are left, genes of test and training differ (genes are matched by id, in the training
/// table's order), sets are empty, a sample is in both, a value is negative under "log", or a split names
/// unknown samples. BadSpec if labelColumn is needed and not there.
[[nodiscard]] Result<PreparedExpression> prepareExpression(const PreparationInputs &inputs,
                                                           const spec::RunSpec &spec, const RunToken &token);

/// Gene list: one id a line, '#' comments; or any table whose cells are ids (mlf-core's KEGG file). Version
/// suffixes stay.
[[nodiscard]] Result<std::vector<std::string>> parseGeneList(std::string_view text, const std::string &path);
[[nodiscard]] Result<std::map<std::string, std::string>> parseSplit(std::string_view text,
                                                                    const std::string &path);

/// Stratified: in each class a share of testFraction (rounded half up, at least one and not all) drawn by
/// RandomStream(seed, Split), over samples sorted by id: file order does not matter. Returns true where a
/// sample is test.
[[nodiscard]] std::vector<bool> stratifiedSplit(const std::vector<std::string> &sampleIds,
                                                const std::vector<std::int32_t> &classes, double testFraction,
                                                std::uint64_t seed);

/// The sentence about confounding if the labels coincide (all or nearly all) with families of sample names
/// (the shape of the id: SRR…, TCGA-…, UUID), else nothing.
[[nodiscard]] std::optional<std::string> confoundingNote(const std::vector<std::string> &sampleIds,
                                                         const std::vector<std::string> &labels);

} // namespace ibidem::prepare
