// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/labels.h"

#include "models/base/text.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ibidem::prepare {

namespace {

using LabelOfSample = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kLabelsCure =
    "give a labels file (CLS or a table of annotations with --labels), or name the "
    "column with the classes (data.options.labelColumn)";

std::string nameOf(const spec::Input &input, std::string_view fallback)
{
    if (!input.name.empty())
        return input.name;
    return input.path.empty() ? std::string(fallback) : input.path;
}

std::string labelsName(const spec::RunSpec &spec)
{
    return spec.data.labels ? nameOf(*spec.data.labels, "labels") : std::string("labels");
}

/// Keeps the samples that have a label; the others are named in `missing`.
LabelledSamples withLabels(const std::vector<std::string> &sampleIds, std::vector<std::string> labels,
                           std::vector<std::string> &missing)
{
    LabelledSamples kept;
    for (std::size_t i = 0; i < sampleIds.size(); ++i) {
        if (labels[i].empty()) {
            missing.push_back(sampleIds[i]);
            continue;
        }
        kept.rows.push_back(i);
        kept.labels.push_back(std::move(labels[i]));
    }
    return kept;
}

Result<LabelledSamples> requireAll(const std::vector<std::string> &sampleIds, std::vector<std::string> labels,
                                   const std::string &file)
{
    std::vector<std::string> missing;
    LabelledSamples kept = withLabels(sampleIds, std::move(labels), missing);
    if (!missing.empty())
        return fail(ErrorCode::BadData, "no class for sample " + firstOf(missing), file,
                    std::string(kLabelsCure));
    return kept;
}

Result<LabelledSamples> ownLabels(const data::ExpressionTable &table, const std::string &file)
{
    if (table.sampleLabels.size() != table.sampleIds.size())
        return fail(ErrorCode::BadData, "the table does not say which classes its samples are of", file,
                    std::string(kLabelsCure));
    return requireAll(table.sampleIds, table.sampleLabels, file);
}

Result<JoinedLabels> labelsOfTables(const PreparationInputs &inputs, const spec::RunSpec &spec)
{
    JoinedLabels joined;
    IBIDEM_TRY(joined.train, ownLabels(inputs.train, nameOf(spec.data.train, "training table")));
    if (inputs.test) {
        const std::string file = spec.data.test ? nameOf(*spec.data.test, "test table") : "test table";
        IBIDEM_TRY(joined.test, ownLabels(*inputs.test, file));
    }
    return joined;
}

/// Class labels without names belong to the samples in order: of the training table, or of both tables one
/// after another.
Result<JoinedLabels> labelsByOrder(const PreparationInputs &inputs, const std::vector<std::string> &labels,
                                   const spec::RunSpec &spec)
{
    const std::string file = labelsName(spec);
    const std::size_t train = inputs.train.sampleCount();
    const std::size_t both = train + (inputs.test ? inputs.test->sampleCount() : 0);
    if (labels.size() != train && labels.size() != both) {
        return fail(ErrorCode::BadData,
                    std::to_string(labels.size()) + " labels for " + std::to_string(train) + " samples", file,
                    "class labels without names need one label a sample, in the table's order");
    }
    JoinedLabels joined;
    const auto middle = labels.begin() + static_cast<std::ptrdiff_t>(train);
    IBIDEM_TRY(joined.train, requireAll(inputs.train.sampleIds, {labels.begin(), middle}, file));
    if (!inputs.test)
        return joined;
    if (labels.size() == both) {
        IBIDEM_TRY(joined.test, requireAll(inputs.test->sampleIds, {middle, labels.end()}, file));
    } else {
        const std::string testFile = spec.data.test ? nameOf(*spec.data.test, "test table") : "test table";
        IBIDEM_TRY(joined.test, ownLabels(*inputs.test, testFile));
    }
    return joined;
}

/// The column that holds the classes: the named one; by "auto" the only one beside the ids, or one called so.
Result<std::size_t> labelColumn(const std::vector<std::string> &columns, const std::string &wanted,
                                const std::string &file)
{
    const std::vector<std::string> candidates(columns.begin() + (columns.empty() ? 0 : 1), columns.end());
    if (wanted != "auto") {
        const auto found = std::find(columns.begin(), columns.end(), wanted);
        if (found != columns.end())
            return static_cast<std::size_t>(found - columns.begin());
        return fail(ErrorCode::BadSpec,
                    "data.options.labelColumn: there is no column " + ibidem::quoted(wanted), file,
                    "the columns are " + firstOf(candidates));
    }
    if (columns.size() == 2)
        return std::size_t{1};
    for (std::size_t i = 1; i < columns.size(); ++i) {
        for (const std::string_view usual : {"label", "Label", "class", "Class"}) {
            if (columns[i] == usual)
                return i;
        }
    }
    return fail(ErrorCode::BadSpec, "which column holds the classes is not clear", file,
                "set data.options.labelColumn to one of " + firstOf(candidates));
}

Result<LabelOfSample> labelsOfAnnotations(const data::TableContainer &container, const spec::RunSpec &spec)
{
    const std::string file = labelsName(spec);
    if (container.columns.size() < 2 || container.columnValues.size() != container.columns.size())
        return fail(ErrorCode::BadData,
                    "a table of annotations needs sample ids and at least one more column", file);
    IBIDEM_TRY(const std::size_t column, labelColumn(container.columns, spec.data.options.labelColumn, file));
    const auto &ids = container.columnValues.front();
    const auto &labels = container.columnValues[column];
    LabelOfSample result;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto [place, isNew] = result.emplace(ids[i], labels[i]);
        if (!isNew && place->second != labels[i]) {
            return fail(ErrorCode::BadData,
                        "sample " + ibidem::quoted(ids[i]) + " has two classes, " +
                            ibidem::quoted(place->second) + " and " + ibidem::quoted(labels[i]),
                        file);
        }
    }
    return result;
}

LabelledSamples join(const data::ExpressionTable &table, const LabelOfSample &labels,
                     std::vector<std::string> &missing)
{
    std::vector<std::string> found(table.sampleCount());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto label = labels.find(table.sampleIds[i]);
        if (label != labels.end())
            found[i] = label->second;
    }
    return withLabels(table.sampleIds, std::move(found), missing);
}

Result<JoinedLabels> labelsByName(const PreparationInputs &inputs, const LabelOfSample &labels,
                                  const spec::RunSpec &spec)
{
    const std::string file = labelsName(spec);
    JoinedLabels joined;
    std::vector<std::string> missing;
    joined.train = join(inputs.train, labels, missing);
    if (joined.train.rows.empty()) {
        return fail(ErrorCode::BadData,
                    "no sample of the table is in it: the table has " + firstOf(inputs.train.sampleIds), file,
                    "the first column must hold the sample ids as the table has them");
    }
    std::size_t samples = inputs.train.sampleCount();
    if (inputs.test) {
        joined.test = join(*inputs.test, labels, missing);
        samples += inputs.test->sampleCount();
    }
    if (!missing.empty()) {
        joined.notes.push_back(std::to_string(missing.size()) + " of " + std::to_string(samples) +
                               " samples have no class in " + file +
                               " and are left out: " + firstOf(missing) + ".");
    }
    return joined;
}

Result<JoinedLabels> labelsOfFile(const PreparationInputs &inputs, const spec::RunSpec &spec)
{
    const data::TableContainer &container = *inputs.labels;
    const std::vector<std::string> &labels = container.table.sampleLabels;
    if (!container.columns.empty()) {
        IBIDEM_TRY(const LabelOfSample byName, labelsOfAnnotations(container, spec));
        return labelsByName(inputs, byName, spec);
    }
    if (labels.empty())
        return fail(ErrorCode::BadData, "the file has no class labels", labelsName(spec),
                    std::string(kLabelsCure));
    if (container.table.sampleIds.size() != labels.size())
        return labelsByOrder(inputs, labels, spec);
    LabelOfSample byName;
    for (std::size_t i = 0; i < labels.size(); ++i)
        byName.emplace(container.table.sampleIds[i], labels[i]);
    return labelsByName(inputs, byName, spec);
}

} // namespace

std::string firstOf(const std::vector<std::string> &names)
{
    constexpr std::size_t kShown = 3;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
        shown.push_back(ibidem::quoted(names[i]));
    const std::string text = ibidem::join(shown, ", ");
    return names.size() <= kShown ? text : text + " and " + std::to_string(names.size() - kShown) + " more";
}

Result<JoinedLabels> joinLabels(const PreparationInputs &inputs, const spec::RunSpec &spec)
{
    if (!inputs.labels)
        return labelsOfTables(inputs, spec);
    IBIDEM_TRY(JoinedLabels joined, labelsOfFile(inputs, spec));
    if (!inputs.train.sampleLabels.empty())
        joined.notes.push_back("The classes are those of " + labelsName(spec) +
                               ", not those that the table itself names.");
    return joined;
}

} // namespace ibidem::prepare
