// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/facts.h"

#include "models/base/text.h"

#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace ibidem::train {

namespace {

constexpr std::size_t kMostText = 16U << 20U;

} // namespace

std::string kernelText(const std::filesystem::path &file)
{
    // Not by streams: files of the kernel may refuse to be read half-way (the speed of a link that is down).
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return {};
    std::string text;
    std::array<char, 16384> buffer{};
    ssize_t count = 0;
    while (text.size() < kMostText && (count = ::read(descriptor, buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    ::close(descriptor);
    return text;
}

std::optional<std::string> firstLine(const std::filesystem::path &file)
{
    const std::string text = kernelText(file);
    const std::string_view line = trimmed(std::string_view(text).substr(0, text.find('\n')));
    if (line.empty())
        return std::nullopt;
    return isValidUtf8(line) ? std::string(line) : ibidem::quoted(line, 200);
}

std::optional<std::uint64_t> numberIn(const std::filesystem::path &file)
{
    const std::optional<std::string> line = firstLine(file);
    return line ? parseUnsigned(*line) : std::nullopt;
}

std::optional<std::string> keyedValue(std::string_view text, std::string_view key, char separator)
{
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t at = line.find(separator);
        if (at == std::string_view::npos || trimmed(line.substr(0, at)) != key)
            continue;
        const std::string_view value = trimmed(line.substr(at + 1));
        if (!value.empty() && isValidUtf8(value))
            return std::string(value);
    }
    return std::nullopt;
}

} // namespace ibidem::train
