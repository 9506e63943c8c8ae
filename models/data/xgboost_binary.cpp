// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/data/tree_checks.h"
#include "models/data/tree_ensemble.h"

#include <algorithm>
#include <bit>

namespace ibidem::data {

namespace {

constexpr std::size_t kLearnerParamBytes = 136;
constexpr std::size_t kModelParamBytes = 160;
constexpr std::size_t kTreeParamBytes = 148;
constexpr std::size_t kNodeBytes = 20;
constexpr std::size_t kStatBytes = 16;
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::uint32_t kDefaultLeftBit = 0x80000000U;
constexpr std::uint32_t kDeletedMark = 0xFFFFFFFFU;

/// Little-endian values one after the other; never past the end.
class BinaryCursor
{
public:
    BinaryCursor(std::span<const std::byte> bytes, const std::string &path)
        : m_bytes(bytes)
        , m_path(path)
    {}

    [[nodiscard]] tl::unexpected<Error> bad(std::string_view message) const
    {
        return fail(ErrorCode::BadData, std::string(message) + " at byte " + std::to_string(m_position),
                    m_path, "the file is damaged or is no binary XGBoost model of version 1.x");
    }

    [[nodiscard]] Result<std::span<const std::byte>> block(std::uint64_t size, std::string_view what)
    {
        if (size > m_bytes.size() - m_position)
            return bad("the file ends inside " + std::string(what));
        const auto result = m_bytes.subspan(m_position, static_cast<std::size_t>(size));
        m_position += static_cast<std::size_t>(size);
        return result;
    }

    [[nodiscard]] Result<std::string> name(std::string_view what)
    {
        IBIDEM_TRY(const auto head, block(8, what));
        const std::uint64_t size = word(head, 0) | (static_cast<std::uint64_t>(word(head, 4)) << 32U);
        if (size > kMaxNameBytes)
            return bad(std::string(what) + " is too long");
        IBIDEM_TRY(const auto text, block(size, what));
        return std::string(reinterpret_cast<const char *>(text.data()), text.size());
    }

    [[nodiscard]] bool startsWith(std::string_view mark) const
    {
        return m_bytes.size() >= mark.size() &&
               std::string_view(reinterpret_cast<const char *>(m_bytes.data()), mark.size()) == mark;
    }

    static std::uint32_t word(std::span<const std::byte> bytes, std::size_t offset)
    {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i)
            value |= static_cast<std::uint32_t>(bytes[offset + i]) << static_cast<unsigned>(8 * i);
        return value;
    }

private:
    std::span<const std::byte> m_bytes;
    const std::string &m_path;
    std::size_t m_position = 0;
};

float real(std::span<const std::byte> bytes, std::size_t offset)
{
    return std::bit_cast<float>(BinaryCursor::word(bytes, offset));
}

std::int32_t signedWord(std::span<const std::byte> bytes, std::size_t offset)
{
    return static_cast<std::int32_t>(BinaryCursor::word(bytes, offset));
}

struct LearnerParam
{
    float baseScore = 0.0F;
    std::uint32_t features = 0;
    std::int32_t classes = 0;
    std::uint32_t majorVersion = 0;
};

Result<LearnerParam> learnerParam(BinaryCursor &cursor)
{
    if (cursor.startsWith("binf"))
        IBIDEM_CHECK(cursor.block(4, "the mark"));
    IBIDEM_TRY(const auto bytes, cursor.block(kLearnerParamBytes, "the learner's parameters"));
    LearnerParam param;
    param.baseScore = real(bytes, 0);
    param.features = BinaryCursor::word(bytes, 4);
    param.classes = signedWord(bytes, 8);
    param.majorVersion = BinaryCursor::word(bytes, 20);
    if (param.features == 0 || param.features > kMaxFeatures)
        return cursor.bad("the number of features is " + std::to_string(param.features));
    if (param.classes < 0 || param.classes > static_cast<std::int32_t>(kMaxGroups))
        return cursor.bad("the number of classes is " + std::to_string(param.classes));
    return param;
}

TreeNode nodeOf(std::span<const std::byte> node, std::span<const std::byte> stat)
{
    TreeNode result;
    result.left = signedWord(node, 4);
    result.right = signedWord(node, 8);
    const std::uint32_t split = BinaryCursor::word(node, 12);
    if (result.left == -1) {
        result.right = -1;
        result.value = real(node, 16);
    } else {
        result.feature = split & ~kDefaultLeftBit;
        result.defaultLeft = (split & kDefaultLeftBit) != 0;
        result.threshold = real(node, 16);
    }
    result.gain = real(stat, 0);
    result.cover = real(stat, 4);
    return result;
}

Result<RawTree> readTree(BinaryCursor &cursor)
{
    IBIDEM_TRY(const auto param, cursor.block(kTreeParamBytes, "a tree's parameters"));
    const std::int32_t roots = signedWord(param, 0);
    const std::int32_t count = signedWord(param, 4);
    const std::int32_t leafVector = signedWord(param, 20);
    if (roots != 1 || count < 1 || leafVector < 0 || leafVector > 1)
        return cursor.bad("a tree of a kind that is not supported");
    const auto size = static_cast<std::uint64_t>(count);
    IBIDEM_TRY(const auto nodes, cursor.block(size * kNodeBytes, "a tree's nodes"));
    IBIDEM_TRY(const auto stats, cursor.block(size * kStatBytes, "a tree's statistics"));
    RawTree raw;
    raw.nodes.reserve(size);
    raw.deleted.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        const auto node = nodes.subspan(i * kNodeBytes, kNodeBytes);
        raw.nodes.push_back(nodeOf(node, stats.subspan(i * kStatBytes, kStatBytes)));
        raw.deleted.push_back(BinaryCursor::word(node, 12) == kDeletedMark);
    }
    return raw;
}

Status readTrees(BinaryCursor &cursor, std::uint64_t count, TreeEnsemble &ensemble, const std::string &path)
{
    std::vector<RawTree> trees;
    for (std::uint64_t i = 0; i < count; ++i) {
        IBIDEM_TRY(RawTree tree, readTree(cursor));
        trees.push_back(std::move(tree));
    }
    IBIDEM_TRY(const auto groups, cursor.block(count * 4, "the trees' classes"));
    for (std::size_t i = 0; i < trees.size(); ++i) {
        trees[i].group = signedWord(groups, 4 * i);
        IBIDEM_TRY(Tree tree, soundTree(std::move(trees[i]), ensemble, i, path));
        ensemble.trees.push_back(std::move(tree));
    }
    return {};
}

} // namespace

Result<TreeEnsemble> parseXgboostBinary(std::span<const std::byte> bytes, const std::string &path)
{
    BinaryCursor cursor(bytes, path);
    IBIDEM_TRY(const LearnerParam learner, learnerParam(cursor));
    TreeEnsemble ensemble;
    ensemble.featureCount = learner.features;
    ensemble.groupCount = learner.classes < 2 ? 1 : static_cast<std::uint32_t>(learner.classes);
    IBIDEM_TRY(ensemble.objective, cursor.name("the objective's name"));
    IBIDEM_TRY(const std::string booster, cursor.name("the booster's name"));
    if (booster != "gbtree")
        return cursor.bad("the booster is " + ibidem::quoted(booster) + ", not 'gbtree',");
    // Before 1.0 the margin itself was stored, not the score that the user had given.
    float margin = learner.baseScore;
    if (learner.majorVersion >= 1) {
        IBIDEM_TRY(margin, marginOfBaseScore(ensemble.objective, learner.baseScore, path));
    } else {
        IBIDEM_CHECK(marginOfBaseScore(ensemble.objective, 0.5F, path));
        if (!(margin > -1.0e30F && margin < 1.0e30F))
            return cursor.bad("the base score is not finite");
    }
    ensemble.baseMargin.assign(ensemble.groupCount, margin);
    IBIDEM_TRY(const auto model, cursor.block(kModelParamBytes, "the booster's parameters"));
    const std::int32_t count = signedWord(model, 0);
    if (count < 0 || static_cast<std::uint32_t>(count) % ensemble.groupCount != 0)
        return cursor.bad("the number of trees is " + std::to_string(count));
    IBIDEM_CHECK(readTrees(cursor, static_cast<std::uint64_t>(count), ensemble, path));
    return ensemble;
}

} // namespace ibidem::data
