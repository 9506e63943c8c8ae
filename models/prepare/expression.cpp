// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/expression.h"

#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/prepare/labels.h"
#include "models/prepare/stage_digest.h"
#include "models/prepare/values.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace ibidem::prepare {

namespace {

/// The part of a table that is still in use: rows and columns by index, so that nothing is copied before the
/// values are.
struct View
{
    std::string_view name;
    const data::ExpressionTable *table = nullptr;
    LabelledSamples samples;
    std::vector<std::size_t> columns;
    std::vector<std::string> geneIds; ///< of the columns
    mutable std::vector<double> buffer;

    [[nodiscard]] bool hasAllColumns() const
    {
        for (std::size_t j = 0; j < columns.size(); ++j) {
            if (columns[j] != j)
                return false;
        }
        return columns.size() == table->geneCount();
    }

    [[nodiscard]] std::span<const double> wholeRow(std::size_t i) const
    {
        return std::span(table->values).subspan(samples.rows[i] * table->geneCount(), table->geneCount());
    }

    [[nodiscard]] const std::string &sampleId(std::size_t i) const
    {
        return table->sampleIds[samples.rows[i]];
    }
};

View viewOf(std::string_view name, const data::ExpressionTable &table, LabelledSamples samples)
{
    View view{name,          &table, std::move(samples), std::vector<std::size_t>(table.geneCount()),
              table.geneIds, {}};
    std::iota(view.columns.begin(), view.columns.end(), std::size_t{0});
    return view;
}

StageSet stageSet(const View &view)
{
    StageSet set;
    set.name = view.name;
    set.geneIds = &view.geneIds;
    for (std::size_t i = 0; i < view.samples.rows.size(); ++i)
        set.sampleIds.emplace_back(view.sampleId(i));
    set.classes.assign(view.samples.labels.begin(), view.samples.labels.end());
    if (view.hasAllColumns()) {
        set.row = [&view](std::size_t i) { return std::as_bytes(view.wholeRow(i)); };
    } else {
        set.row = [&view](std::size_t i) {
            const auto row = view.wholeRow(i);
            view.buffer.resize(view.columns.size());
            std::transform(view.columns.begin(), view.columns.end(), view.buffer.begin(),
                           [row](std::size_t column) { return row[column]; });
            return std::as_bytes(std::span<const double>(view.buffer));
        };
    }
    return set;
}

StageSet stageSet(std::string_view name, const PreparedSet &prepared, const PreparedExpression &all)
{
    StageSet set;
    set.name = name;
    set.geneIds = &all.geneIds;
    set.sampleIds.assign(prepared.sampleIds.begin(), prepared.sampleIds.end());
    for (const std::int32_t index : prepared.classes)
        set.classes.emplace_back(all.classNames[static_cast<std::size_t>(index)]);
    const std::size_t genes = all.geneIds.size();
    set.row = [&prepared, genes](std::size_t i) {
        return std::as_bytes(std::span(prepared.values).subspan(i * genes, genes));
    };
    return set;
}

/// The stages before the values, on views; then on prepared sets.
class Preparation
{
public:
    Preparation(const PreparationInputs &inputs, const spec::RunSpec &spec)
        : m_inputs(inputs)
        , m_spec(spec)
    {}

    Status joinLabels();
    Status filterGenes();
    Status convertValues();
    Status split();
    PreparedExpression finish();

private:
    Status nameClasses();
    Status requireDisjoint() const;
    [[nodiscard]] std::vector<std::size_t> listedColumns();
    Status matchTestGenes();
    [[nodiscard]] Result<PreparedSet> convert(const View &view) const;
    [[nodiscard]] Result<std::vector<bool>> testSamples(const PreparedSet &all) const;
    [[nodiscard]] Status requireUsable() const;
    void addStage(std::string name, std::string digest);
    [[nodiscard]] std::string digestOfViews() const;

    const PreparationInputs &m_inputs;
    const spec::RunSpec &m_spec;
    std::vector<View> m_views; ///< one that is still to be split, or training and test
    PreparedExpression m_result;
};

std::string Preparation::digestOfViews() const
{
    std::vector<StageSet> sets;
    for (const View &view : m_views)
        sets.push_back(stageSet(view));
    return stageDigest(sets);
}

void Preparation::addStage(std::string name, std::string digest)
{
    std::uint64_t samples = 0;
    for (const View &view : m_views)
        samples += view.samples.rows.size();
    m_result.stages.push_back({std::move(name), std::move(digest), samples, m_views.front().columns.size()});
}

Status Preparation::requireDisjoint() const
{
    if (m_views.size() < 2)
        return {};
    std::unordered_set<std::string_view> train;
    for (std::size_t i = 0; i < m_views[0].samples.rows.size(); ++i)
        train.insert(m_views[0].sampleId(i));
    std::vector<std::string> both;
    for (std::size_t i = 0; i < m_views[1].samples.rows.size(); ++i) {
        if (train.count(m_views[1].sampleId(i)) != 0)
            both.push_back(m_views[1].sampleId(i));
    }
    if (both.empty())
        return {};
    return fail(ErrorCode::BadData,
                "sample " + firstOf(both) + " is in the training table and in the test table", {},
                "a test says nothing about samples that were trained on: remove them from one of the tables");
}

Status Preparation::nameClasses()
{
    std::set<std::string> names;
    for (const View &view : m_views)
        names.insert(view.samples.labels.begin(), view.samples.labels.end());
    if (names.size() < 2) {
        return fail(ErrorCode::BadData,
                    "a classifier needs samples of two classes or more, but there is " +
                        (names.empty() ? "none" : "only " + ibidem::quoted(*names.begin())));
    }
    m_result.classNames.assign(names.begin(), names.end());
    return {};
}

Status Preparation::joinLabels()
{
    IBIDEM_TRY(JoinedLabels joined, prepare::joinLabels(m_inputs, m_spec));
    m_result.notes = std::move(joined.notes);
    m_views.push_back(viewOf(joined.test ? "train" : "all", m_inputs.train, std::move(joined.train)));
    if (joined.test)
        m_views.push_back(viewOf("test", *m_inputs.test, *std::move(joined.test)));
    IBIDEM_CHECK(requireDisjoint());
    IBIDEM_CHECK(nameClasses());
    addStage("join-labels", digestOfViews());
    return {};
}

/// A second copy of a listed gene ("ENSG…-1", made unique when the table was read) stays with the first.
std::string_view listedId(std::string_view id, const std::unordered_set<std::string_view> &tableIds)
{
    const std::size_t dash = id.rfind('-');
    if (dash == std::string_view::npos || !parseUnsigned(id.substr(dash + 1)))
        return id;
    return tableIds.count(id.substr(0, dash)) != 0 ? id.substr(0, dash) : id;
}

std::vector<std::size_t> Preparation::listedColumns()
{
    const std::vector<std::string> &list = *m_inputs.geneList;
    const std::vector<std::string> &tableGenes = m_inputs.train.geneIds;
    const std::unordered_set<std::string_view> listed(list.begin(), list.end());
    const std::unordered_set<std::string_view> known(tableGenes.begin(), tableGenes.end());
    std::vector<std::size_t> columns;
    for (std::size_t j = 0; j < tableGenes.size(); ++j) {
        if (listed.count(tableGenes[j]) != 0 || listed.count(listedId(tableGenes[j], known)) != 0)
            columns.push_back(j);
    }
    std::vector<std::string> missing;
    std::copy_if(list.begin(), list.end(), std::back_inserter(missing),
                 [&known](const std::string &gene) { return known.count(gene) == 0; });
    if (!missing.empty() && !columns.empty()) {
        m_result.notes.push_back(std::to_string(missing.size()) + " of " + std::to_string(list.size()) +
                                 " listed genes are not in the table: " + firstOf(missing) + ".");
    }
    if (columns.size() < tableGenes.size() && !columns.empty()) {
        m_result.notes.push_back(std::to_string(tableGenes.size() - columns.size()) + " of " +
                                 std::to_string(tableGenes.size()) +
                                 " genes are not in the gene list and are left out.");
    }
    return columns;
}

void select(View &view, std::vector<std::size_t> columns)
{
    view.columns = std::move(columns);
    view.geneIds.clear();
    for (const std::size_t column : view.columns)
        view.geneIds.push_back(view.table->geneIds[column]);
}

Status Preparation::matchTestGenes()
{
    View &test = m_views[1];
    std::unordered_map<std::string_view, std::size_t> columnOf;
    for (std::size_t j = 0; j < test.table->geneCount(); ++j)
        columnOf.emplace(test.table->geneIds[j], j);
    std::vector<std::size_t> columns;
    std::vector<std::string> missing;
    for (const std::string &gene : m_views[0].geneIds) {
        const auto found = columnOf.find(gene);
        if (found == columnOf.end())
            missing.push_back(gene);
        else
            columns.push_back(found->second);
    }
    if (!missing.empty()) {
        return fail(ErrorCode::BadData,
                    "the test table lacks gene " + firstOf(missing) + " of the training table", {},
                    "use tables with the same genes, or list the common ones (preparation.genes)");
    }
    // With a gene list the genes that are left out of the training table are left out here for the same
    // reason.
    if (columns.size() < test.table->geneCount() && !m_inputs.geneList) {
        m_result.notes.push_back(std::to_string(test.table->geneCount() - columns.size()) +
                                 " genes of the test table are not in the training table and are left out.");
    }
    select(test, std::move(columns));
    return {};
}

Status Preparation::filterGenes()
{
    if (m_inputs.geneList)
        select(m_views[0], listedColumns());
    if (m_views[0].columns.empty()) {
        const std::string listed = m_inputs.geneList ? firstOf(*m_inputs.geneList) : std::string();
        return fail(ErrorCode::BadData,
                    m_inputs.geneList ? "no listed gene is in the table: the list has " + listed +
                                            ", the table " + firstOf(m_inputs.train.geneIds)
                                      : "the table has no genes",
                    {}, m_inputs.geneList ? "list the genes by the ids that the table has" : "");
    }
    if (m_views.size() == 2)
        IBIDEM_CHECK(matchTestGenes());
    const bool unchanged =
        std::all_of(m_views.begin(), m_views.end(), [](const View &view) { return view.hasAllColumns(); });
    addStage("filter-genes", unchanged ? m_result.stages.back().digest : digestOfViews());
    m_result.geneIds = m_views[0].geneIds;
    return {};
}

Result<PreparedSet> Preparation::convert(const View &view) const
{
    const bool isLog = m_spec.preparation.values == "log";
    PreparedSet set;
    set.values.reserve(view.samples.rows.size() * view.columns.size());
    for (std::size_t i = 0; i < view.samples.rows.size(); ++i) {
        const auto name =
            std::lower_bound(m_result.classNames.begin(), m_result.classNames.end(), view.samples.labels[i]);
        set.sampleIds.push_back(view.sampleId(i));
        set.classes.push_back(static_cast<std::int32_t>(name - m_result.classNames.begin()));
        const auto row = view.wholeRow(i);
        for (const std::size_t column : view.columns) {
            const double value = row[column];
            if (const auto result = preparedValue(value, m_spec.preparation.values)) {
                set.values.push_back(*result);
                continue;
            }
            const std::string place = "gene " + ibidem::quoted(view.table->geneIds[column]) + " in sample " +
                                      ibidem::quoted(view.sampleId(i)) + ": " + formatDouble(value);
            if (isLog && value < 0.0)
                return fail(ErrorCode::BadData, place + " is negative: it has no logarithm", {},
                            "set preparation.values to tpm: negative values are not counts or TPM");
            return fail(ErrorCode::BadData, place + " is too large for single precision");
        }
    }
    return set;
}

Status Preparation::convertValues()
{
    IBIDEM_TRY(m_result.train, convert(m_views[0]));
    std::vector<StageSet> sets = {stageSet(m_views[0].name, m_result.train, m_result)};
    if (m_views.size() == 2) {
        IBIDEM_TRY(m_result.test, convert(m_views[1]));
        sets.push_back(stageSet(m_views[1].name, m_result.test, m_result));
    }
    addStage("values", stageDigest(sets));
    return {};
}

Result<std::vector<bool>> Preparation::testSamples(const PreparedSet &all) const
{
    if (!m_inputs.split)
        return stratifiedSplit(all.sampleIds, all.classes, m_spec.preparation.testFraction,
                               m_spec.preparation.splitSeed);
    const std::unordered_set<std::string_view> known(m_inputs.train.sampleIds.begin(),
                                                     m_inputs.train.sampleIds.end());
    std::vector<std::string> unknown;
    for (const auto &entry : *m_inputs.split) {
        if (known.count(entry.first) == 0)
            unknown.push_back(entry.first);
    }
    const std::string file = m_spec.preparation.split ? m_spec.preparation.split->name : std::string();
    if (!unknown.empty())
        return fail(ErrorCode::BadData,
                    "the split names sample " + firstOf(unknown) + ", which the table does not have", file);
    std::vector<bool> isTest;
    std::vector<std::string> missing;
    for (const std::string &sample : all.sampleIds) {
        const auto part = m_inputs.split->find(sample);
        if (part == m_inputs.split->end())
            missing.push_back(sample);
        isTest.push_back(part != m_inputs.split->end() && part->second == "test");
    }
    if (!missing.empty())
        return fail(ErrorCode::BadData,
                    "the split does not say where sample " + firstOf(missing) + " belongs", file,
                    "write one line for each sample of the table");
    return isTest;
}

void appendSample(PreparedSet &to, const PreparedSet &from, std::size_t sample, std::size_t genes)
{
    to.sampleIds.push_back(from.sampleIds[sample]);
    to.classes.push_back(from.classes[sample]);
    const auto row = from.values.begin() + static_cast<std::ptrdiff_t>(sample * genes);
    to.values.insert(to.values.end(), row, row + static_cast<std::ptrdiff_t>(genes));
}

/// Every class of the tests must have been seen in training, and there must be something to train on and to
/// test.
Status Preparation::requireUsable() const
{
    if (m_result.train.sampleIds.empty() || m_result.test.sampleIds.empty())
        return fail(ErrorCode::BadData, std::string("no sample is left for ") +
                                            (m_result.train.sampleIds.empty() ? "training" : "testing"));
    const std::set<std::int32_t> trained(m_result.train.classes.begin(), m_result.train.classes.end());
    for (std::size_t k = 0; k < m_result.classNames.size(); ++k) {
        if (trained.count(static_cast<std::int32_t>(k)) == 0)
            return fail(ErrorCode::BadData,
                        "no training sample is of class " + ibidem::quoted(m_result.classNames[k]), {},
                        "leave that class out, or split so that each class is trained on");
    }
    return {};
}

Status Preparation::split()
{
    std::string digest = m_result.stages.back().digest;
    if (m_views.size() == 1) {
        const PreparedSet all = std::exchange(m_result.train, {});
        IBIDEM_TRY(const std::vector<bool> isTest, testSamples(all));
        for (std::size_t i = 0; i < isTest.size(); ++i)
            appendSample(isTest[i] ? m_result.test : m_result.train, all, i, m_result.geneIds.size());
        digest = stageDigest(
            {stageSet("train", m_result.train, m_result), stageSet("test", m_result.test, m_result)});
    }
    IBIDEM_CHECK(requireUsable());
    addStage("split", std::move(digest));
    return {};
}

PreparedExpression Preparation::finish()
{
    Sha256 sha;
    std::vector<std::string> ids;
    std::vector<std::string> labels;
    for (const PreparedSet *const set : {&m_result.train, &m_result.test}) {
        sha.updateInteger(set->sampleIds.size());
        for (const std::string &id : set->sampleIds)
            sha.updateFramed(id);
        ids.insert(ids.end(), set->sampleIds.begin(), set->sampleIds.end());
        for (const std::int32_t index : set->classes)
            labels.push_back(m_result.classNames[static_cast<std::size_t>(index)]);
    }
    m_result.splitDigest = sha.finishHex();
    if (auto note = confoundingNote(ids, labels))
        m_result.notes.push_back(*std::move(note));
    return std::move(m_result);
}

} // namespace

Result<PreparedExpression> prepareExpression(const PreparationInputs &inputs, const spec::RunSpec &spec,
                                             const RunToken &token)
{
    Preparation preparation(inputs, spec);
    const std::vector<std::pair<std::string_view, Status (Preparation::*)()>> stages = {
        {"join labels", &Preparation::joinLabels},
        {"filter genes", &Preparation::filterGenes},
        {"values", &Preparation::convertValues},
        {"split", &Preparation::split},
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (token.stopRequested())
            return fail(ErrorCode::Stopped, "stopped before the preparation was done");
        token.progress(stages[i].first, static_cast<double>(i) / static_cast<double>(stages.size()));
        IBIDEM_CHECK((preparation.*stages[i].second)());
    }
    return preparation.finish();
}

} // namespace ibidem::prepare
