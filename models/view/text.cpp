// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/text.h"

#include <QFile>

namespace ibidem::view {

QString toQt(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

std::string toUtf8(const QString &text)
{
    return text.toStdString();
}

QString fromPath(const std::filesystem::path &path)
{
    return QFile::decodeName(path.c_str());
}

std::filesystem::path toPath(const QString &path)
{
    return {QFile::encodeName(path).toStdString()};
}

QString shortDigest(const QString &digest)
{
    return digest.left(12);
}

QString count(std::uint64_t number)
{
    QString digits = QString::number(number);
    for (qsizetype place = digits.size() - 3; place > 0; place -= 3)
        digits.insert(place, QLatin1Char(','));
    return digits;
}

Problem problemOf(const Error &error)
{
    return {toQt(error.message), toQt(error.path), toQt(error.cure)};
}

} // namespace ibidem::view
