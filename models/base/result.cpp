// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/result.h"

#include <array>

namespace ibidem {

namespace {

struct CodeRow
{
    ErrorCode code;
    int exitCode;
    std::string_view name;
};

constexpr std::array<CodeRow, 9> kCodes{{
    {ErrorCode::Usage, 64, "usage"},
    {ErrorCode::BadData, 65, "bad-data"},
    {ErrorCode::InputMissing, 66, "input-missing"},
    {ErrorCode::Unavailable, 69, "unavailable"},
    {ErrorCode::Internal, 70, "internal"},
    {ErrorCode::CannotWrite, 73, "cannot-write"},
    {ErrorCode::Io, 74, "io"},
    {ErrorCode::Stopped, 75, "stopped"},
    {ErrorCode::BadSpec, 78, "bad-spec"},
}};

const CodeRow &rowOf(ErrorCode code) noexcept
{
    for (const CodeRow &row : kCodes)
        if (row.code == code)
            return row;
    return kCodes[4];
}

} // namespace

tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string path, std::string cure)
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(path), std::move(cure)});
}

Error withContext(Error error, std::string_view context)
{
    error.message = std::string(context) + ": " + error.message;
    return error;
}

int exitCode(ErrorCode code) noexcept
{
    return rowOf(code).exitCode;
}

std::string_view codeName(ErrorCode code) noexcept
{
    return rowOf(code).name;
}

ErrorCode codeOfName(std::string_view name) noexcept
{
    for (const CodeRow &row : kCodes)
        if (row.name == name)
            return row.code;
    return ErrorCode::Internal;
}

std::string describe(const Error &error)
{
    std::string text = error.path;
    if (!text.empty() && !error.message.empty())
        text += ": ";
    text += error.message;
    if (error.cure.empty())
        return text;
    if (!text.empty())
        text += text.back() == '.' ? " " : ". ";
    return text + "Cure: " + error.cure;
}

} // namespace ibidem
