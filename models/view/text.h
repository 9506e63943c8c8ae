// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <QString>

#include <filesystem>
#include <string>

namespace ibidem::view {

[[nodiscard]] QString toQt(std::string_view utf8);
[[nodiscard]] std::string toUtf8(const QString &text);
[[nodiscard]] QString fromPath(const std::filesystem::path &path);
[[nodiscard]] std::filesystem::path toPath(const QString &path);
/// The first twelve digits of a digest: enough to tell two apart on a screen.
[[nodiscard]] QString shortDigest(const QString &digest);
/// "1,234": grouped, without the locale.
[[nodiscard]] QString count(std::uint64_t number);

/// An error as the window shows it: what went wrong, with which file, and what to do about it.
struct Problem
{
    QString cause;
    QString file;
    QString cure;

    [[nodiscard]] bool isEmpty() const { return cause.isEmpty(); }
};

[[nodiscard]] Problem problemOf(const Error &error);

} // namespace ibidem::view
