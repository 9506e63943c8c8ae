// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/philox.h"
#include "models/base/sha256.h"
#include "models/prepare/expression.h"

#include <cstddef>
#include <string>

/// A small prepared data set with `classes` classes that the first genes tell apart, with noise.
inline ibidem::prepare::PreparedExpression syntheticExpression(std::size_t classes,
                                                               std::size_t trainSamples = 90,
                                                               std::size_t testSamples = 30,
                                                               std::size_t genes = 25)
{
    ibidem::prepare::PreparedExpression data;
    for (std::size_t gene = 0; gene < genes; ++gene)
        data.geneIds.push_back("GENE" + std::to_string(gene));
    for (std::size_t one = 0; one < classes; ++one)
        data.classNames.push_back(std::to_string(one));
    ibidem::RandomStream random(7, ibidem::RandomPurpose::Test);
    const auto fill = [&](ibidem::prepare::PreparedSet &set, const std::string &name, std::size_t samples) {
        for (std::size_t i = 0; i < samples; ++i) {
            const std::size_t truth = i % classes;
            set.sampleIds.push_back(name + std::to_string(i));
            set.classes.push_back(static_cast<std::int32_t>(truth));
            for (std::size_t gene = 0; gene < genes; ++gene)
                set.values.push_back(
                    static_cast<float>(random.normal() + (gene % classes == truth ? 0.6 : 0.0)));
        }
    };
    fill(data.train, "train", trainSamples);
    fill(data.test, "test", testSamples);
    data.stages.push_back(
        {"values", ibidem::sha256Hex(std::as_bytes(std::span(data.train.values))), trainSamples, genes});
    return data;
}

inline ibidem::spec::RunSpec syntheticSpec()
{
    ibidem::spec::RunSpec spec;
    spec.trees.rounds = 30;
    spec.checkpointEvery = 10;
    spec.device = "cpu";
    spec.threads = 1;
    spec.isa = "scalar";
    return spec;
}
