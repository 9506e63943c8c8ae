// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/run_inputs.h"

#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/data/cache.h"
#include "models/data/count_matrix.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace ibidem::jobs {

namespace {

constexpr std::uint64_t kLargestList = 1ULL << 28U;

std::filesystem::path listCopy(const std::filesystem::path &cacheFolder, const std::string &sha256)
{
    return cacheFolder / (sha256 + ".list");
}

void place(std::optional<spec::Input> &slot, const std::optional<std::filesystem::path> &path)
{
    if (path)
        slot = spec::Input{path->string(), {}, 0, {}, {}};
}

bool isList(std::string_view role)
{
    return role == "genes" || role == "split";
}

/// Roles that only tables have: an order that names one for a network means something else.
Status checkRoles(const spec::RunSpec &spec, const TrainOrder &order)
{
    struct TableRole
    {
        const std::optional<std::filesystem::path> &path;
        const char *option;
        const char *cure;
    };

    if (spec.kind == spec::ModelKind::Trees)
        return {};
    const TableRole roles[] = {
        {order.test, "--test",
         "leave it out; --set validationFraction=0.1 keeps a part of the cells for measuring"},
        {order.labels, "--labels",
         "leave it out; --set labelColumn=NAME names an annotation of the matrix for colours and agreement"},
        {order.genes, "--genes",
         "leave it out; genes are selected by the preparation (minDispersion, minMean, selectGenes)"},
        {order.split, "--split",
         "leave it out; --set validationFraction=0.1 keeps a part of the cells for measuring"}};
    for (const TableRole &role : roles) {
        if (role.path)
            return fail(ErrorCode::Usage,
                        std::string(role.option) + " is for tables: the recipe " + spec.recipe +
                            " reads one matrix of cells, with --data",
                        {}, role.cure);
    }
    return {};
}

void placePaths(spec::RunSpec &spec, const TrainOrder &order)
{
    if (order.train)
        spec.data.train = spec::Input{order.train->string(), {}, 0, {}, {}};
    place(spec.data.test, order.test);
    place(spec.data.labels, order.labels);
    place(spec.preparation.genes, order.genes);
    place(spec.preparation.split, order.split);
}

std::string optionOf(const std::string &role)
{
    return role == "train" ? "--data" : "--" + role;
}

/// How somebody says where an input lies.
std::string placeCure(const std::string &role, OrderPurpose purpose)
{
    if (purpose != OrderPurpose::Batch)
        return "give its place with " + optionOf(role) + " PATH";
    const std::string section = isList(role) ? "preparation" : "data";
    return "name it in the specification: \"" + section + "\": {\"" + role +
           "\": \"PATH\"}, counted from the specification's folder";
}

bool inCache(const WantedInput &input, const data::TableOptions &options,
             const std::filesystem::path &cacheFolder)
{
    std::error_code ignored;
    return input.isTable ? recordedTable(input, options, cacheFolder).has_value()
                         : std::filesystem::exists(listCopy(cacheFolder, input.recorded.sha256), ignored);
}

/// Under another key than the cache looks for, as older versions had one, the content is still the same.
bool takeContainer(WantedInput &input, const std::optional<runs::LocalInfo> &local)
{
    const auto container = local ? local->containerPath(input.role) : std::nullopt;
    if (!input.isTable || !container)
        return false;
    const auto summary = data::readTableSummary(*container);
    if (!summary || summary->digest != input.recorded.content)
        return false;
    input.container = *container;
    input.mustMatchRecord = false;
    return true;
}

/// A recorded input: from the cache, else from where it lay, else what the run read of it.
Status locate(WantedInput &input, const spec::RunSpec &spec, const std::filesystem::path &cacheFolder,
              const std::optional<runs::LocalInfo> &local, OrderPurpose purpose)
{
    if (input.recorded.sha256.empty())
        return fail(ErrorCode::InputMissing, "no file is given for \"" + input.role + "\"", {},
                    purpose == OrderPurpose::Batch ? placeCure(input.role, purpose)
                                                   : "give one with " + optionOf(input.role) + " PATH");
    const auto known = local ? local->inputPath(input.role) : std::nullopt;
    if (known)
        input.file = *known;
    if (inCache(input, spec::tableOptions(spec.data, input.role), cacheFolder))
        return {};
    input.mustMatchRecord = true;
    std::error_code ignored;
    if (known && std::filesystem::exists(input.file, ignored))
        return {};
    if (takeContainer(input, local))
        return {};
    return fail(ErrorCode::InputMissing,
                "\"" + input.recorded.name + "\" (" + input.role + ", SHA-256 " +
                    input.recorded.sha256.substr(0, 16) + "…) is neither in the cache nor where it was",
                known.value_or(input.recorded.name), placeCure(input.role, purpose));
}

/// Whoever names a place means it, whatever the cache holds.
Status takeMoved(WantedInput &input, const std::filesystem::path &file)
{
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return fail(ErrorCode::InputMissing, "there is no such file", file.string(),
                    "correct what " + optionOf(input.role) + " names");
    input.file = file;
    input.mustMatchRecord = true;
    input.moved = true;
    return {};
}

/// A place for an input that the run never had.
Status checkMoved(spec::RunSpec &spec, const TrainOrder &order)
{
    for (const auto &[role, file] : order.moved)
        if (!inputSlot(spec, role))
            return fail(ErrorCode::Usage, "the run has no input for " + optionOf(role), file.string(),
                        "leave it out");
    return {};
}

/// What a resumed training reads without looking further.
bool isAtHand(const std::optional<runs::LocalInfo> &local, const std::string &role)
{
    const auto container = local ? local->containerPath(role) : std::nullopt;
    std::error_code ignored;
    return container && std::filesystem::is_regular_file(*container, ignored);
}

std::string changedCure(const WantedInput &input, const TrainOrder &order)
{
    if (order.purpose == OrderPurpose::Batch)
        return "restore it, or " + placeCure(input.role, order.purpose);
    const std::string name = "name the right one with " + optionOf(input.role);
    const std::string restore = input.moved ? name : "restore it, or " + name;
    return order.purpose == OrderPurpose::Rerun
               ? restore + ", or train on it as it is now with --allow-changed"
               : restore;
}

/// "expression-table" in words.
std::string inWords(const std::string &kind)
{
    if (kind == "expression-table")
        return "an expression table";
    std::string words = kind;
    std::replace(words.begin(), words.end(), '-', ' ');
    return words;
}

/// A misspelt name is told before a run begins, not after its training.
Status checkLabelColumn(const spec::RunSpec &spec, const OpenedFile &opened)
{
    const std::string &name = spec.analysis.labelColumn;
    if (name == "auto" || name == "none")
        return {};
    IBIDEM_TRY(const auto matrix, data::MatrixFile::open(opened.container));
    const auto column = data::labelColumnNamed(matrix->cellColumns(), name);
    if (column)
        return {};
    Error error = column.error();
    error.path = opened.file.string();
    return tl::unexpected<Error>(std::move(error));
}

Status checkMatrix(const spec::RunSpec &spec, const WantedInput &input, const OpenedFile &opened)
{
    if (opened.summary.kind == data::kMatrixKind)
        return checkLabelColumn(spec, opened);
    return fail(ErrorCode::BadData,
                "this is " + inWords(opened.summary.kind) + ", and the recipe " + spec.recipe +
                    " trains on counts of single cells",
                opened.file.string(),
                "give a matrix of cells (.h5ad, .h5, .loom or a 10x folder) with " + optionOf(input.role) +
                    ", or choose a recipe for tables: ibidem recipe list");
}

Status checkTable(const spec::RunSpec &spec, const WantedInput &input, const OpenedFile &opened)
{
    const std::string &kind = opened.summary.kind;
    if (kind == data::kMatrixKind)
        return fail(
            ErrorCode::BadData,
            "this is a matrix of cells, and the recipe " + spec.recipe + " trains on expression tables",
            opened.file.string(),
            "train on it with the recipe sc-autoencoder, or give a table with " + optionOf(input.role));
    if ((input.role == "train" || input.role == "test") && kind != "expression-table")
        return fail(ErrorCode::BadData, "this is no expression table but " + kind, opened.file.string(),
                    "give an expression table with " + optionOf(input.role));
    if (input.role == "labels" && kind == "expression-table")
        return fail(ErrorCode::BadData, "this is an expression table, not labels of samples",
                    opened.file.string(), "give a CLS file or an annotation table with --labels");
    return {};
}

} // namespace

spec::Input *inputSlot(spec::RunSpec &spec, const std::string &role)
{
    const auto pointer = [](std::optional<spec::Input> &slot) { return slot ? &*slot : nullptr; };
    if (role == "train")
        return &spec.data.train;
    if (role == "test")
        return pointer(spec.data.test);
    if (role == "labels")
        return pointer(spec.data.labels);
    return pointer(role == "genes" ? spec.preparation.genes : spec.preparation.split);
}

Result<std::vector<WantedInput>> wantedInputs(spec::RunSpec &spec, const TrainOrder &order,
                                              const std::filesystem::path &cacheFolder,
                                              const std::filesystem::path &besideSpec)
{
    IBIDEM_CHECK(checkRoles(spec, order));
    IBIDEM_CHECK(checkMoved(spec, order));
    placePaths(spec, order);
    std::optional<runs::LocalInfo> local;
    if (auto info = runs::readLocalInfo(besideSpec))
        local = *std::move(info);
    std::vector<WantedInput> wanted;
    for (const char *role : {"train", "test", "labels", "genes", "split"}) {
        const spec::Input *slot = inputSlot(spec, role);
        if (!slot)
            continue;
        const std::string name = role;
        const auto moved = order.moved.find(name);
        WantedInput input{name, !isList(name), slot->path, *slot, false, false, {}};
        if (moved != order.moved.end())
            IBIDEM_CHECK(takeMoved(input, moved->second));
        else if (order.purpose == OrderPurpose::Resume && isAtHand(local, name))
            continue;
        else if (slot->path.empty())
            IBIDEM_CHECK(locate(input, spec, cacheFolder, local, order.purpose));
        wanted.push_back(std::move(input));
    }
    return wanted;
}

std::optional<OpenedFile> recordedTable(const WantedInput &input, const data::TableOptions &options,
                                        const std::filesystem::path &cacheFolder)
{
    const auto entry = input.container.empty() ? data::Cache(cacheFolder).find(input.recorded.sha256, options)
                                               : std::optional(input.container);
    if (!entry)
        return std::nullopt;
    auto summary = data::readTableSummary(*entry);
    if (!summary || summary->digest != input.recorded.content)
        return std::nullopt;
    const std::filesystem::path file =
        input.file.empty() ? std::filesystem::path(input.recorded.name) : input.file;
    return OpenedFile{file, *entry, *std::move(summary), true};
}

Result<OpenedFile> openList(const WantedInput &input, const std::filesystem::path &cacheFolder)
{
    OpenedFile opened;
    opened.file = input.file.empty() ? std::filesystem::path(input.recorded.name) : input.file;
    opened.summary.kind = "list";
    const bool fromCache = input.recorded.path.empty() && !input.mustMatchRecord;
    IBIDEM_TRY(
        const std::string bytes,
        readFile(fromCache ? listCopy(cacheFolder, input.recorded.sha256) : opened.file, kLargestList));
    opened.summary.fileBytes = bytes.size();
    opened.summary.fileSha256 = sha256Hex(std::string_view(bytes));
    opened.container = listCopy(cacheFolder, opened.summary.fileSha256);
    opened.fromCache = fromCache;
    if (!fromCache) {
        IBIDEM_CHECK(makeFolder(cacheFolder));
        IBIDEM_CHECK(writeFileAtomically(opened.container, bytes));
    }
    return opened;
}

Result<FileDigest> digestOfInput(const std::string &role, const std::filesystem::path &file)
{
    return isList(role) ? sha256File(file) : data::inputDigest(file);
}

Status checkOpened(const spec::RunSpec &spec, const WantedInput &input, const OpenedFile &opened,
                   const TrainOrder &order)
{
    IBIDEM_CHECK(spec.kind == spec::ModelKind::Autoencoder ? checkMatrix(spec, input, opened)
                                                           : checkTable(spec, input, opened));
    if (!input.mustMatchRecord || order.allowChanged || opened.summary.fileSha256 == input.recorded.sha256)
        return {};
    return fail(ErrorCode::BadData,
                std::string(input.moved ? "this is not the file that the run was trained on"
                                        : "the file has changed since the run") +
                    ": its SHA-256 is " + opened.summary.fileSha256.substr(0, 16) + "…, recorded is " +
                    input.recorded.sha256.substr(0, 16) + "…",
                opened.file.string(), changedCure(input, order));
}

} // namespace ibidem::jobs
