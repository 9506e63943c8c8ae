// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace ibidem {

/// What went wrong, by who must act. Each code is one exit code of the programs (resources/docs/commands.md).
enum class ErrorCode {
    Usage,        ///< 64: the command line is wrong
    BadData,      ///< 65: malformed, truncated or inconsistent input
    InputMissing, ///< 66: input not found or unreadable
    Unavailable,  ///< 69: no GPU, no deterministic kernel, a format not supported yet
    Internal,     ///< 70: a broken invariant of ours, or a child that died
    CannotWrite,  ///< 73: output exists or cannot be created
    Io,           ///< 74: reading or writing failed half-way
    Stopped,      ///< 75: stopped on request, a checkpoint is written
    BadSpec,      ///< 78: the run specification is invalid
};

/// A failure as a value. `message` names the object and the place ("row 17, column 3: 'x' is not a number");
/// `path` is the file concerned, if any; `cure` says what the user can do, if anything.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string path;
    std::string cure;
    bool operator==(const Error &) const = default;
};

/// Every fallible function of models/ returns this. No exception crosses a folder.
template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string path = {},
                                         std::string cure = {});

/// The same error with "context: " before its message; code, path and cure stay.
[[nodiscard]] Error withContext(Error error, std::string_view context);

/// 64…78, see ErrorCode.
[[nodiscard]] int exitCode(ErrorCode code) noexcept;

/// Stable name for JSON: "usage", "bad-data", "input-missing", "unavailable", "internal", "cannot-write",
/// "io", "stopped", "bad-spec".
[[nodiscard]] std::string_view codeName(ErrorCode code) noexcept;

/// The code of a name that codeName gave; Internal for any other.
[[nodiscard]] ErrorCode codeOfName(std::string_view name) noexcept;

/// "PATH: message. Cure: …" as a person reads it; parts that are empty are left out.
[[nodiscard]] std::string describe(const Error &error);

} // namespace ibidem

#define IBIDEM_CONCAT_IMPL(a, b) a##b
#define IBIDEM_CONCAT(a, b) IBIDEM_CONCAT_IMPL(a, b)

/// IBIDEM_TRY(const Table table, readTable(path)); returns the error from the enclosing function.
#define IBIDEM_TRY(declaration, expression)                                                                  \
    auto IBIDEM_CONCAT(ibidemResult, __LINE__) = (expression);                                               \
    if (!IBIDEM_CONCAT(ibidemResult, __LINE__))                                                              \
        return tl::unexpected<::ibidem::Error>(std::move(IBIDEM_CONCAT(ibidemResult, __LINE__)).error());    \
    declaration = *std::move(IBIDEM_CONCAT(ibidemResult, __LINE__))

/// IBIDEM_CHECK(writeFile(…)); the same for a Status.
#define IBIDEM_CHECK(expression)                                                                             \
    do {                                                                                                     \
        auto ibidemStatus = (expression);                                                                    \
        if (!ibidemStatus)                                                                                   \
            return tl::unexpected<::ibidem::Error>(std::move(ibidemStatus).error());                         \
    } while (false)
