// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/open_choice.h"

#include "models/view/text.h"

#include <QRegularExpression>

namespace ibidem::view {

namespace {

/// By the words before the list: "choose with genome", "one of the feature types".
OpenChoice::Option optionOf(const QString &words)
{
    if (words.contains(QLatin1String("feature")))
        return OpenChoice::Option::FeatureType;
    if (words.contains(QLatin1String("genome")))
        return OpenChoice::Option::Genome;
    if (words.contains(QLatin1String("matrix")))
        return OpenChoice::Option::Matrix;
    return OpenChoice::Option::None;
}

/// "'Gene Expression' (33)" -> "Gene Expression".
QString valueOf(const QString &entry)
{
    static const QRegularExpression kCount(QStringLiteral(" \\([0-9]+\\)$"));
    QString word = entry.trimmed().remove(kCount);
    if (word.size() > 1 && word.startsWith(QLatin1Char('\'')) && word.endsWith(QLatin1Char('\'')))
        word = word.mid(1, word.size() - 2).remove(kCount);
    return word;
}

} // namespace

OpenChoice choiceOf(const Error &error)
{
    const QString cure = toQt(error.cure);
    const qsizetype colon = cure.lastIndexOf(QLatin1String(": "));
    if (error.code != ErrorCode::Usage || colon < 0)
        return {};
    OpenChoice choice;
    choice.option = optionOf(cure.left(colon));
    if (choice.option == OpenChoice::Option::None)
        return {};
    for (const QString &entry : cure.mid(colon + 2).split(QLatin1Char(','), Qt::SkipEmptyParts))
        choice.values << valueOf(entry);
    if (choice.option == OpenChoice::Option::FeatureType)
        choice.values << QStringLiteral("all");
    return choice;
}

} // namespace ibidem::view
