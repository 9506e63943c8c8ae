// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/table_reader.h"

#include "models/base/text.h"
#include "models/convert/gzip.h"
#include "models/convert/text_encoding.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <exception>
#include <fstream>
#include <new>
#include <optional>
#include <sys/resource.h>
#include <utility>

namespace ibidem::convert {

namespace {

/// Kilobytes that a line "NAME:   123 kB" of a file under /proc names.
std::optional<std::uint64_t> kilobytesOf(const char *file, std::string_view name)
{
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with(name))
            continue;
        const std::size_t begin = line.find_first_of("0123456789");
        const std::size_t end = line.find_first_not_of("0123456789", begin);
        if (begin != std::string::npos && end != std::string::npos)
            return parseUnsigned(std::string_view(line).substr(begin, end - begin));
    }
    return std::nullopt;
}

Result<data::TableContainer> readText(TextTable &table, const std::filesystem::path &path)
{
    const std::filesystem::path name = path.extension() == ".gz" ? path.stem() : path;
    if (isGct(table.text) || name.extension() == ".gct") {
        if (!isGct(table.text))
            return table.bad("GCT: the first line is neither #1.2 nor #1.3",
                             "rename the file if it is no GCT");
        return readGct(table);
    }
    if (isCls(table.text) || name.extension() == ".cls")
        return readCls(table);
    return readDelimited(table);
}

Result<data::TableContainer> readBytes(const ForeignFile &file, TextTable &table)
{
    std::string_view bytes = file.bytes();
    std::string inflated;
    const bool compressed = isGzip(bytes);
    if (compressed) {
        IBIDEM_TRY(inflated, gunzip(bytes, table.memoryBytes, table.token, table.path));
        bytes = inflated;
        if (bytes.empty())
            return table.bad("gzip: the content is empty (0 bytes)", "export the table again");
    }
    if (const std::string_view format = foreignFormat(bytes, file.path()); !format.empty())
        return notSupported(format, file.path());
    IBIDEM_CHECK(table.requireMemory(2 * static_cast<std::uint64_t>(bytes.size()),
                                     formatBytes(bytes.size()) + " of text"));
    IBIDEM_TRY(table.text, checkedText(bytes, table.path, table.checks));
    if (trimmed(table.text).empty())
        return table.bad("the file holds nothing but blanks and line ends", "export the table again");
    IBIDEM_TRY(data::TableContainer container, readText(table, file.path()));
    if (compressed)
        container.summary.format += ".gz";
    return container;
}

Result<data::TableContainer> readChecked(const ForeignFile &file, const data::TableOptions &options,
                                         const RunToken &token, const ReadLimits &limits)
{
    TextTable table;
    table.path = file.path().string();
    table.options = options;
    table.token = token;
    table.memoryBytes = limits.memoryBytes != 0 ? limits.memoryBytes : usableMemory();
    IBIDEM_TRY(data::TableContainer container, readBytes(file, table));
    container.summary.fileBytes = file.bytes().size();
    container.summary.fileSha256 = file.sha256();
    container.summary.checks = std::move(table.checks);
    container.summary.digest = data::contentDigest(container);
    token.progress("read", 1.0);
    return container;
}

} // namespace

Status TextTable::requireMemory(std::uint64_t bytes, const std::string &what) const
{
    if (bytes <= memoryBytes)
        return {};
    return bad("reading " + what + " needs about " + formatBytes(bytes) + " of memory, " +
                   formatBytes(memoryBytes) + " may be used",
               "use a machine with more memory, or a table with fewer genes or samples");
}

namespace {

/// The name as it is, unless it has characters that a message should not have.
std::string shown(const std::string &name)
{
    const std::string safe = ibidem::quoted(name, 40);
    return safe.substr(1, safe.size() - 2);
}

} // namespace

std::string listed(const std::vector<std::string> &names, std::size_t most)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        text += (i == 0 ? "" : ", ") + shown(names[i]);
    if (names.size() > most)
        text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

std::string plural(std::uint64_t count, const std::string &noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::uint64_t usableMemory()
{
    constexpr std::uint64_t kilobyte = 1024;
    std::uint64_t available = kilobytesOf("/proc/meminfo", "MemAvailable:").value_or(4ULL << 20U) * kilobyte;
    rlimit limit{};
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        const std::uint64_t used = kilobytesOf("/proc/self/status", "VmSize:").value_or(0) * kilobyte;
        const auto most = static_cast<std::uint64_t>(limit.rlim_cur);
        available = std::min(available, most > used ? most - used : 0);
    }
    return available / 4 * 3;
}

Result<data::TableContainer> readTable(const ForeignFile &file, const data::TableOptions &options,
                                       const RunToken &token, const ReadLimits &limits)
{
    try {
        return readChecked(file, options, token, limits);
    } catch (const std::bad_alloc &) {
        return fail(ErrorCode::BadData, "there is not enough memory to read the table", file.path().string(),
                    "use a machine with more memory, or a table with fewer genes or samples");
    } catch (const std::exception &error) {
        return fail(ErrorCode::Internal, std::string("reading the table: ") + error.what(),
                    file.path().string());
    }
}

Result<data::TableContainer> readTable(const std::filesystem::path &path, const data::TableOptions &options,
                                       const RunToken &token, const ReadLimits &limits)
{
    IBIDEM_TRY(const ForeignFile file, ForeignFile::open(path));
    return readTable(file, options, token, limits);
}

} // namespace ibidem::convert
