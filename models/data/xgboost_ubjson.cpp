// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/data/tree_checks.h"
#include "models/data/tree_ensemble.h"
#include "models/data/ubjson.h"

#include <algorithm>
#include <limits>

namespace ibidem::data {

namespace {

/// XGBoost's mark of a pruned node: in split_indices for the node itself.
constexpr std::int64_t kDeletedMark = 0xFFFFFFFF;
/// The root's parent.
constexpr std::int32_t kNoParent = std::numeric_limits<std::int32_t>::max();

struct RawModel
{
    std::string objective;
    std::string booster;
    std::string baseScore;
    std::string classCount = "0";
    std::string featureCount;
    std::string targetCount = "1";
    std::string parallelTrees = "1";
    std::string treeCount;
    std::vector<std::string> featureNames;
    std::vector<std::int64_t> groups;
    std::vector<RawTree> trees;
};

class ModelReader
{
public:
    ModelReader(std::span<const std::byte> bytes, std::string path)
        : m_cursor(bytes, std::move(path))
    {}

    Result<RawModel> read()
    {
        bool found = false;
        IBIDEM_CHECK(m_cursor.members([&](std::string_view key) -> Status {
            if (key != "learner")
                return m_cursor.skip();
            found = true;
            return learner();
        }));
        if (!found)
            return m_cursor.bad("there is no 'learner'");
        if (!m_cursor.atEnd())
            return m_cursor.bad("something follows the model");
        return std::move(m_model);
    }

private:
    Status learner()
    {
        return m_cursor.members([this](std::string_view key) -> Status {
            if (key == "feature_names")
                return featureNames();
            if (key == "gradient_booster")
                return booster();
            if (key == "learner_model_param")
                return texts({{"base_score", &m_model.baseScore},
                              {"num_class", &m_model.classCount},
                              {"num_feature", &m_model.featureCount},
                              {"num_target", &m_model.targetCount}});
            if (key == "objective")
                return texts({{"name", &m_model.objective}});
            return m_cursor.skip();
        });
    }

    /// An object of which some texts are wanted.
    Status texts(const std::vector<std::pair<std::string_view, std::string *>> &wanted)
    {
        return m_cursor.members([&](std::string_view key) -> Status {
            for (const auto &[name, target] : wanted) {
                if (key != name)
                    continue;
                IBIDEM_TRY(*target, m_cursor.text());
                return {};
            }
            return m_cursor.skip();
        });
    }

    Status featureNames()
    {
        return m_cursor.elements([this](std::size_t) -> Status {
            IBIDEM_TRY(const std::string_view name, m_cursor.text());
            m_model.featureNames.emplace_back(name);
            return {};
        });
    }

    Status booster()
    {
        return m_cursor.members([this](std::string_view key) -> Status {
            if (key == "name") {
                IBIDEM_TRY(m_model.booster, m_cursor.text());
                return {};
            }
            if (key == "model" && m_cursor.peek() == '{')
                return model();
            return m_cursor.skip();
        });
    }

    Status model()
    {
        return m_cursor.members([this](std::string_view key) -> Status {
            if (key == "gbtree_model_param")
                return texts(
                    {{"num_parallel_tree", &m_model.parallelTrees}, {"num_trees", &m_model.treeCount}});
            if (key == "tree_info") {
                IBIDEM_TRY(m_model.groups, m_cursor.integers());
                return {};
            }
            if (key == "trees")
                return m_cursor.elements([this](std::size_t) { return tree(); });
            return m_cursor.skip();
        });
    }

    Status tree()
    {
        std::vector<std::int64_t> left;
        std::vector<std::int64_t> right;
        std::vector<std::int64_t> features;
        std::vector<std::int64_t> defaultLeft;
        std::vector<std::int64_t> types;
        std::vector<float> conditions;
        std::vector<float> gains;
        std::vector<float> covers;
        const auto take = [](auto &target, auto result) -> Status {
            IBIDEM_TRY(target, std::move(result));
            return {};
        };
        IBIDEM_CHECK(m_cursor.members([&](std::string_view key) -> Status {
            if (key == "left_children")
                return take(left, m_cursor.integers());
            if (key == "right_children")
                return take(right, m_cursor.integers());
            if (key == "split_indices")
                return take(features, m_cursor.integers());
            if (key == "default_left")
                return take(defaultLeft, m_cursor.integers());
            if (key == "split_type")
                return take(types, m_cursor.integers());
            if (key == "split_conditions")
                return take(conditions, m_cursor.floats());
            if (key == "loss_changes")
                return take(gains, m_cursor.floats());
            if (key == "sum_hessian")
                return take(covers, m_cursor.floats());
            return m_cursor.skip();
        }));
        const std::size_t count = left.size();
        const auto same = [count](const auto &array) { return array.size() == count; };
        if (!same(right) || !same(features) || !same(defaultLeft) || !same(conditions) || !same(gains) ||
            !same(covers) || (!types.empty() && !same(types)))
            return m_cursor.bad("the arrays of tree " + std::to_string(m_model.trees.size()) +
                                " have different lengths");
        RawTree raw;
        raw.nodes.resize(count);
        raw.deleted.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (!types.empty() && types[i] != 0)
                return m_cursor.bad("tree " + std::to_string(m_model.trees.size()) +
                                    " has a categorical split, which is not supported, before the value");
            raw.deleted[i] = (features[i] & kDeletedMark) == kDeletedMark;
            IBIDEM_TRY(raw.nodes[i], node(left[i], right[i], features[i], conditions[i]));
            raw.nodes[i].defaultLeft = raw.nodes[i].left != -1 && defaultLeft[i] != 0;
            raw.nodes[i].gain = gains[i];
            raw.nodes[i].cover = covers[i];
        }
        m_model.trees.push_back(std::move(raw));
        return {};
    }

    [[nodiscard]] Result<TreeNode> node(std::int64_t left, std::int64_t right, std::int64_t feature,
                                        float condition) const
    {
        constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
        if (left < -1 || left > most || right < -1 || right > most)
            return m_cursor.bad("a child of tree " + std::to_string(m_model.trees.size()) +
                                " is out of range, before the value");
        TreeNode result;
        result.left = static_cast<std::int32_t>(left);
        result.right = static_cast<std::int32_t>(right);
        if (left == -1 && right == -1) {
            result.value = condition;
        } else {
            result.feature = static_cast<std::uint32_t>(feature);
            result.threshold = condition;
            if (feature < 0 || feature > most)
                result.feature = std::numeric_limits<std::uint32_t>::max();
        }
        return result;
    }

    UbjsonCursor m_cursor;
    RawModel m_model;
};

/// "5E-1", or since 3.1 "[5E-1]" or "[5E-1,1E0]".
Result<std::vector<float>> baseScores(std::string_view text, const std::string &path)
{
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        text = text.substr(1, text.size() - 2);
    std::vector<float> scores;
    for (const std::string_view part : split(text, ',')) {
        const std::optional<double> score = parseDouble(trimmed(part));
        if (!score)
            return fail(ErrorCode::BadData, "the base score " + ibidem::quoted(text) + " is not a number",
                        path, "the model is damaged: take a sound copy");
        scores.push_back(static_cast<float>(*score));
    }
    return scores;
}

Result<std::uint32_t> countOf(const std::string &text, std::string_view what, std::uint64_t most,
                              const std::string &path)
{
    const std::optional<std::uint64_t> value = parseUnsigned(text);
    if (!value || *value > most)
        return fail(ErrorCode::BadData, std::string(what) + " is " + ibidem::quoted(text), path,
                    "the model is damaged or not supported: take a sound copy");
    return static_cast<std::uint32_t>(*value);
}

Status setShape(TreeEnsemble &ensemble, const RawModel &raw, const std::string &path)
{
    if (raw.booster != "gbtree")
        return fail(ErrorCode::BadData, "the booster is " + ibidem::quoted(raw.booster) + ", not 'gbtree'",
                    path, "only boosted trees are supported");
    IBIDEM_TRY(const std::uint32_t classes, countOf(raw.classCount, "num_class", kMaxGroups, path));
    IBIDEM_TRY(ensemble.featureCount, countOf(raw.featureCount, "num_feature", kMaxFeatures, path));
    IBIDEM_TRY(const std::uint32_t targets, countOf(raw.targetCount, "num_target", 1, path));
    IBIDEM_TRY(const std::uint32_t parallel, countOf(raw.parallelTrees, "num_parallel_tree", 1, path));
    static_cast<void>(targets + parallel);
    ensemble.groupCount = classes < 2 ? 1 : classes;
    ensemble.objective = raw.objective;
    IBIDEM_TRY(std::vector<float> scores, baseScores(raw.baseScore, path));
    if (scores.size() == 1)
        scores.resize(ensemble.groupCount, scores.front());
    if (scores.size() != ensemble.groupCount)
        return fail(ErrorCode::BadData,
                    "there are " + std::to_string(scores.size()) + " base scores for " +
                        std::to_string(ensemble.groupCount) + " groups",
                    path);
    for (const float score : scores) {
        IBIDEM_TRY(const float margin, marginOfBaseScore(raw.objective, score, path));
        ensemble.baseMargin.push_back(margin);
    }
    if (!raw.featureNames.empty() && raw.featureNames.size() != ensemble.featureCount)
        return fail(ErrorCode::BadData,
                    "there are " + std::to_string(raw.featureNames.size()) + " feature names for " +
                        std::to_string(ensemble.featureCount) + " features",
                    path);
    return {};
}

bool childrenInside(const Tree &tree)
{
    const auto inside = [&tree](std::int32_t child) {
        return child >= 0 && static_cast<std::size_t>(child) < tree.nodes.size();
    };
    return std::all_of(tree.nodes.begin(), tree.nodes.end(), [&inside](const TreeNode &node) {
        return node.left == -1 || (inside(node.left) && inside(node.right));
    });
}

void writeNodes(UbjsonWriter &out, const Tree &tree)
{
    const std::size_t count = tree.nodes.size();
    std::vector<std::int32_t> left(count);
    std::vector<std::int32_t> right(count);
    std::vector<std::int32_t> parents(count, kNoParent);
    std::vector<std::int32_t> features(count);
    std::vector<std::uint8_t> defaultLeft(count);
    std::vector<float> conditions(count);
    std::vector<float> weights(count);
    std::vector<float> gains(count);
    std::vector<float> covers(count);
    for (std::size_t i = 0; i < count; ++i) {
        const TreeNode &node = tree.nodes[i];
        const bool leaf = node.left == -1;
        left[i] = node.left;
        right[i] = node.right;
        features[i] = leaf ? 0 : static_cast<std::int32_t>(node.feature);
        defaultLeft[i] = node.defaultLeft ? 1 : 0;
        conditions[i] = leaf ? node.value : node.threshold;
        weights[i] = leaf ? node.value : 0.0F;
        gains[i] = node.gain;
        covers[i] = node.cover;
        if (!leaf) {
            parents[static_cast<std::size_t>(node.left)] = static_cast<std::int32_t>(i);
            parents[static_cast<std::size_t>(node.right)] = static_cast<std::int32_t>(i);
        }
    }
    out.key("base_weights");
    out.floats(weights);
    out.key("default_left");
    out.bytes(defaultLeft);
    out.key("left_children");
    out.integers(left);
    out.key("loss_changes");
    out.floats(gains);
    out.key("parents");
    out.integers(parents);
    out.key("right_children");
    out.integers(right);
    out.key("split_conditions");
    out.floats(conditions);
    out.key("split_indices");
    out.integers(features);
    out.key("split_type");
    out.bytes(std::vector<std::uint8_t>(count, 0));
    out.key("sum_hessian");
    out.floats(covers);
}

void writeTexts(UbjsonWriter &out, std::string_view key,
                const std::vector<std::pair<std::string_view, std::string>> &members)
{
    out.key(key);
    out.open('{');
    for (const auto &[name, value] : members) {
        out.key(name);
        out.text(value);
    }
    out.close('}');
}

void writeTree(UbjsonWriter &out, const TreeEnsemble &ensemble, std::size_t index)
{
    const Tree &tree = ensemble.trees[index];
    out.open('{');
    for (const std::string_view name : {"categories", "categories_nodes"}) {
        out.key(name);
        out.integers({});
    }
    for (const std::string_view name : {"categories_segments", "categories_sizes"}) {
        out.key(name);
        out.longs({});
    }
    out.key("id");
    out.integer(static_cast<std::int32_t>(index));
    writeNodes(out, tree);
    writeTexts(out, "tree_param",
               {{"num_deleted", "0"},
                {"num_feature", std::to_string(ensemble.featureCount)},
                {"num_nodes", std::to_string(tree.nodes.size())},
                {"size_leaf_vector", "1"}});
    out.close('}');
}

void writeModel(UbjsonWriter &out, const TreeEnsemble &ensemble)
{
    out.key("gradient_booster");
    out.open('{');
    out.key("model");
    out.open('{');
    out.key("cats");
    out.open('{');
    out.key("enc");
    out.beginArray(0);
    out.key("feature_segments");
    out.integers({});
    out.key("sorted_idx");
    out.integers({});
    out.close('}');
    writeTexts(out, "gbtree_model_param",
               {{"num_parallel_tree", "1"}, {"num_trees", std::to_string(ensemble.trees.size())}});
    out.key("iteration_indptr");
    out.beginArray(ensemble.roundCount() + 1);
    for (std::size_t round = 0; round <= ensemble.roundCount(); ++round)
        out.integer(static_cast<std::int32_t>(round * ensemble.groupCount));
    out.key("tree_info");
    out.beginArray(ensemble.trees.size());
    for (const Tree &tree : ensemble.trees)
        out.integer(static_cast<std::int32_t>(tree.group));
    out.key("trees");
    out.beginArray(ensemble.trees.size());
    for (std::size_t i = 0; i < ensemble.trees.size(); ++i)
        writeTree(out, ensemble, i);
    out.close('}');
    out.key("name");
    out.text("gbtree");
    out.close('}');
}

Result<std::string> baseScoreText(const TreeEnsemble &ensemble)
{
    std::vector<std::string> scores;
    for (const float margin : ensemble.baseMargin) {
        IBIDEM_TRY(const float score, baseScoreOfMargin(ensemble.objective, margin));
        scores.push_back(formatFloat(score));
    }
    return "[" + join(scores, ",") + "]";
}

} // namespace

Result<TreeEnsemble> parseXgboostUbjson(std::span<const std::byte> bytes, const std::string &path)
{
    IBIDEM_TRY(RawModel raw, ModelReader(bytes, path).read());
    TreeEnsemble ensemble;
    IBIDEM_CHECK(setShape(ensemble, raw, path));
    const std::optional<std::uint64_t> told = parseUnsigned(raw.treeCount);
    if (!told || *told != raw.trees.size() || raw.groups.size() != raw.trees.size() ||
        raw.trees.size() % ensemble.groupCount != 0)
        return fail(ErrorCode::BadData,
                    "num_trees says " + ibidem::quoted(raw.treeCount) + ", but " +
                        std::to_string(raw.trees.size()) + " trees and " + std::to_string(raw.groups.size()) +
                        " tree_info entries are there",
                    path, "the model is damaged: take a sound copy");
    ensemble.trees.reserve(raw.trees.size());
    for (std::size_t i = 0; i < raw.trees.size(); ++i) {
        raw.trees[i].group = raw.groups[i];
        IBIDEM_TRY(Tree tree, soundTree(std::move(raw.trees[i]), ensemble, i, path));
        ensemble.trees.push_back(std::move(tree));
    }
    ensemble.featureNames = std::move(raw.featureNames);
    return ensemble;
}

Result<std::string> xgboostUbjson(const TreeEnsemble &ensemble)
{
    if (ensemble.groupCount == 0 || ensemble.baseMargin.size() != ensemble.groupCount)
        return fail(ErrorCode::Internal, "the ensemble has no base margin for each group");
    for (const Tree &tree : ensemble.trees) {
        if (!childrenInside(tree))
            return fail(ErrorCode::Internal, "a child is out of range");
    }
    IBIDEM_TRY(std::string baseScore, baseScoreText(ensemble));
    UbjsonWriter out;
    out.open('{');
    out.key("learner");
    out.open('{');
    out.key("attributes");
    out.open('{');
    out.close('}');
    out.key("feature_names");
    out.beginArray(ensemble.featureNames.size());
    for (const std::string &name : ensemble.featureNames)
        out.text(name);
    out.key("feature_types");
    out.beginArray(0);
    writeModel(out, ensemble);
    writeTexts(out, "learner_model_param",
               {{"base_score", std::move(baseScore)},
                {"boost_from_average", "0"},
                {"num_class", std::to_string(ensemble.groupCount < 2 ? 0 : ensemble.groupCount)},
                {"num_feature", std::to_string(ensemble.featureCount)},
                {"num_target", "1"}});
    out.key("objective");
    out.open('{');
    out.key("name");
    out.text(ensemble.objective);
    if (ensemble.groupCount > 1)
        writeTexts(out, "softmax_multiclass_param", {{"num_class", std::to_string(ensemble.groupCount)}});
    else
        writeTexts(out, "reg_loss_param", {{"scale_pos_weight", "1"}});
    out.close('}');
    out.close('}');
    out.key("version");
    out.beginArray(3);
    for (const std::int32_t part : {3, 4, 1})
        out.integer(part);
    out.close('}');
    return out.take();
}

} // namespace ibidem::data
