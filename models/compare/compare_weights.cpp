// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The parameters of a trained network, number by number.
#include "models/base/text.h"
#include "models/compare/numbers.h"
#include "models/compare/parts.h"
#include "models/compare/tensor_difference.h"

#include <algorithm>

namespace ibidem::compare {

namespace {

/// Names of the tensors in the order of the layers, as the table of digests has them; then what it does not
/// know.
std::vector<std::string> orderedNames(const Findings &findings)
{
    std::vector<std::string> names;
    const auto add = [&names](const std::string &name) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    };
    for (const RunContent *run : {&findings.a, &findings.b}) {
        const data::Safetensors *const file = run->container(runs::kWeightsFile);
        if (file == nullptr)
            continue;
        for (const runs::TensorRecord &record : run->network.tensors) {
            if (record.epoch != run->network.tensors.front().epoch)
                break;
            if (file->find(record.tensor) != nullptr)
                add(record.tensor);
        }
        for (const data::TensorView &tensor : file->tensors())
            add(tensor.name);
    }
    return names;
}

std::string shapeText(const data::TensorView *tensor)
{
    if (tensor == nullptr)
        return "missing";
    std::vector<std::string> parts;
    for (const std::uint64_t size : tensor->shape)
        parts.push_back(std::to_string(size));
    return std::string(data::dtypeName(tensor->dtype)) + " [" + join(parts, ", ") + "]";
}

/// True if the two are equal; else tells how they differ.
bool compareOne(Findings &findings, const std::string &name, const data::TensorView *a,
                const data::TensorView *b)
{
    if (a == nullptr || b == nullptr || a->dtype != b->dtype || a->shape != b->shape) {
        findings.addResult({"tensor", name, shapeText(a), shapeText(b), {}, {}, 1, false}, false);
        findings.addMissing("tensors", a == nullptr ? 1 : 0, b == nullptr ? 1 : 0);
        return false;
    }
    const std::optional<TensorDifference> found = differenceOfTensors(*a, *b, findings.tolerance);
    if (!found)
        return true;
    Difference difference{"tensor",
                          name + indexText(*a, found->first),
                          elementText(*a, found->first),
                          elementText(*b, found->first),
                          {},
                          {},
                          found->count,
                          false};
    found->spread.fill(difference);
    findings.addResult(std::move(difference), found->isNumeric && found->spread.within());
    return false;
}

} // namespace

void compareWeights(Findings &findings)
{
    const data::Safetensors *const a = findings.a.container(runs::kWeightsFile);
    const data::Safetensors *const b = findings.b.container(runs::kWeightsFile);
    if (a == nullptr && b == nullptr)
        return;
    Comparison &comparison = findings.comparison;
    if (a == nullptr || b == nullptr) {
        const auto text = [](const RunContent &run, const data::Safetensors *file) {
            if (file != nullptr)
                return std::to_string(file->tensors().size()) + " tensors";
            return std::string(run.isDamaged(runs::kWeightsFile) ? "unreadable" : "none");
        };
        comparison.tensors = (a != nullptr ? a : b)->tensors().size();
        findings.addMissingFile("tensors", runs::kWeightsFile, a != nullptr, comparison.tensors);
        findings.addResult({"tensor",
                            std::string(runs::kWeightsFile),
                            text(findings.a, a),
                            text(findings.b, b),
                            {},
                            {},
                            comparison.tensors,
                            false},
                           false);
        return;
    }
    for (const std::string &name : orderedNames(findings)) {
        ++comparison.tensors;
        if (compareOne(findings, name, a->find(name), b->find(name)))
            ++comparison.tensorsEqual;
    }
}

} // namespace ibidem::compare
