// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/convert/delimited_reader.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::convert {

/// The checked text of one file with what its readers need. Lives as long as the reading.
struct TextTable
{
    std::string path;
    std::string_view text;
    data::TableOptions options;
    RunToken token;
    std::uint64_t memoryBytes = 0; ///< the limit
    std::vector<data::Check> checks;

    void check(std::string name, data::CheckState state, std::string message)
    {
        checks.push_back({std::move(name), state, std::move(message)});
    }

    [[nodiscard]] tl::unexpected<Error> bad(std::string message, std::string cure = {}) const
    {
        return fail(ErrorCode::BadData, std::move(message), path, std::move(cure));
    }

    /// BadData with numbers if about this much memory is more than the limit.
    [[nodiscard]] Status requireMemory(std::uint64_t bytes, const std::string &what) const;
};

/// "a, b, c and 12 more": quoted names for messages.
[[nodiscard]] std::string listed(const std::vector<std::string> &names, std::size_t most = 5);
[[nodiscard]] std::string plural(std::uint64_t count, const std::string &noun); ///< "1 gene", "2 genes"

/// The readers of one format each. They leave the file's own fields of the summary (bytes, SHA-256) empty.
[[nodiscard]] Result<data::TableContainer> readDelimited(TextTable &table);
[[nodiscard]] Result<data::TableContainer> readGct(TextTable &table);
[[nodiscard]] Result<data::TableContainer> readCls(TextTable &table);

[[nodiscard]] bool isGct(std::string_view text) noexcept;
[[nodiscard]] bool isCls(std::string_view text) noexcept;

} // namespace ibidem::convert
