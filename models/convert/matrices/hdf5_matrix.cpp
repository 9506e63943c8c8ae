// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/matrices/hdf5_readers.h"
#include "models/convert/matrices/matrix_reader.h"
#include "models/convert/text_table.h"

#include <algorithm>

namespace ibidem::convert {

namespace {

tl::unexpected<Error> noMatrix(const Hdf5File &file, std::vector<std::string> entries)
{
    constexpr std::size_t shown = 12;
    const std::size_t count = entries.size();
    if (count > shown) {
        entries.resize(shown);
        entries.emplace_back("…");
    }
    for (std::string &entry : entries)
        if (entry != "…")
            entry = ibidem::quoted(entry);
    return file.bad(
        "",
        "is HDF5, but none of the kinds that are read; its root holds " +
            (entries.empty() ? std::string("nothing") : join(entries, ", ")),
        "give a 10x matrix (.h5), an AnnData file (.h5ad) or a loom file; SeuratDisk's .h5seurat can "
        "be converted to .h5ad");
}

Result<RawMatrix> readLayout(Hdf5File &file, const data::TableOptions &options)
{
    IBIDEM_TRY(const Hdf5Layout layout, layoutOf(file));
    switch (layout) {
    case Hdf5Layout::TenxV2:
        return readTenxV2(file, options);
    case Hdf5Layout::TenxV3:
        return readTenxV3(file, options);
    case Hdf5Layout::AnnData:
        return readH5ad(file, options);
    case Hdf5Layout::Loom:
        return readLoom(file, options);
    case Hdf5Layout::None:
        break;
    }
    IBIDEM_TRY(std::vector<std::string> entries, file.entriesOf("/"));
    return noMatrix(file, std::move(entries));
}

Result<bool> hasTenxV2Group(Hdf5File &file)
{
    IBIDEM_TRY(const std::vector<std::string> entries, file.entriesOf("/"));
    for (const std::string &entry : entries) {
        // A link that leads nowhere is none of our business here.
        const auto kind = file.kindOf("/" + entry);
        if (!kind || *kind != Hdf5Kind::Group)
            continue;
        bool all = true;
        for (const char *name : {"genes", "gene_names", "indptr"}) {
            IBIDEM_TRY(const Hdf5Kind member, file.kindOf("/" + entry + "/" + name));
            all = all && member == Hdf5Kind::Dataset;
        }
        if (all)
            return true;
    }
    return false;
}

} // namespace

Result<Hdf5Layout> layoutOf(Hdf5File &file)
{
    IBIDEM_TRY(const Hdf5Kind matrix, file.kindOf("/matrix"));
    if (matrix == Hdf5Kind::Group) {
        IBIDEM_TRY(const Hdf5Kind starts, file.kindOf("/matrix/indptr"));
        IBIDEM_TRY(const Hdf5Kind features, file.kindOf("/matrix/features"));
        if (starts == Hdf5Kind::Dataset && features == Hdf5Kind::Group)
            return Hdf5Layout::TenxV3;
    }
    if (matrix == Hdf5Kind::Dataset) {
        IBIDEM_TRY(const Hdf5Kind rows, file.kindOf("/row_attrs"));
        IBIDEM_TRY(const Hdf5Kind columns, file.kindOf("/col_attrs"));
        if (rows == Hdf5Kind::Group && columns == Hdf5Kind::Group)
            return Hdf5Layout::Loom;
    }
    IBIDEM_TRY(const auto encoding, file.textAttribute("/", "encoding-type"));
    if (encoding == "anndata")
        return Hdf5Layout::AnnData;
    IBIDEM_TRY(const Hdf5Kind cells, file.kindOf("/obs"));
    IBIDEM_TRY(const Hdf5Kind genes, file.kindOf("/var"));
    if (cells != Hdf5Kind::Missing && genes != Hdf5Kind::Missing)
        return Hdf5Layout::AnnData;
    IBIDEM_TRY(const bool tenx, hasTenxV2Group(file));
    return tenx ? Hdf5Layout::TenxV2 : Hdf5Layout::None;
}

Result<std::string> chooseSource(const Hdf5File &file, const std::vector<std::string> &sources,
                                 const std::string &wanted, const std::string &preferred,
                                 const std::string &option)
{
    if (sources.empty())
        return file.bad("", "holds no matrix", std::string(kFetchAgain));
    const auto has = [&](const std::string &name) {
        return std::find(sources.begin(), sources.end(), name) != sources.end();
    };
    if (wanted == "auto") {
        if (has(preferred))
            return preferred;
        if (sources.size() == 1)
            return sources.front();
    } else if (has(wanted)) {
        return wanted;
    }
    return fail(ErrorCode::Usage,
                wanted == "auto" ? "holds several matrices: " + join(sources, ", ")
                                 : "has no matrix " + ibidem::quoted(wanted),
                file.path(), "choose with --" + option + ": " + join(sources, ", "));
}

Result<std::vector<std::string>> readNames(Hdf5File &file, const std::string &object, std::uint64_t length)
{
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, object));
    if (dataset.extents().size() != 1 || dataset.rowCount() != length)
        return file.bad(object, "does not have one entry for each of " + std::to_string(length),
                        std::string(kFetchAgain));
    return dataset.words();
}

void addSkipped(const SkippedElements &skipped, std::vector<data::Check> &checks)
{
    if (!skipped.empty())
        checks.push_back({std::string(data::kSkippedElements), data::CheckState::Warning, notRead(skipped)});
}

void addUnread(const SkippedElements &unread, std::vector<data::Check> &checks)
{
    if (!unread.empty())
        checks.push_back({std::string(data::kUnreadElements), data::CheckState::Ok, notRead(unread)});
}

Result<data::MatrixContainer> readHdf5Matrix(const std::filesystem::path &path,
                                             const data::TableOptions &options, const RunToken &token,
                                             const ReadLimits &limits)
{
    RawMatrix raw;
    {
        IBIDEM_TRY(const auto file, Hdf5File::open(path, limits, token));
        IBIDEM_TRY(raw, readLayout(*file, options));
        raw.path = path.string();
        if (file->latin1Texts() > 0)
            raw.checks.push_back({"encoding", data::CheckState::Warning,
                                  "not UTF-8, and read as Latin-1: " + plural(file->latin1Texts(), "text")});
        IBIDEM_CHECK(file->requireRunning());
    }
    token.progress("check", 0.8);
    IBIDEM_TRY(data::MatrixContainer container, finishMatrix(std::move(raw), options));
    token.progress("check", 1.0);
    return container;
}

} // namespace ibidem::convert
