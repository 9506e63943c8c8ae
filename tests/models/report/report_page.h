// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/html_report.h"

#include <QSet>
#include <QString>
#include <QXmlStreamReader>

#include <filesystem>
#include <string>
#include <vector>

inline QString reportOf(const std::vector<std::filesystem::path> &runs)
{
    const ibidem::Result<ibidem::report::HtmlReport> page = ibidem::report::htmlReport(runs);
    if (!page) {
        qWarning("%s", ibidem::describe(page.error()).c_str());
        return {};
    }
    return QString::fromStdString(page->page);
}

/// Names of all elements; empty if the page is not well formed.
inline QSet<QString> elementsOf(const QString &page)
{
    QSet<QString> names;
    QXmlStreamReader reader(page);
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement)
            names.insert(reader.name().toString());
    }
    if (reader.hasError()) {
        qWarning("%s, line %lld", qPrintable(reader.errorString()), reader.lineNumber());
        return {};
    }
    return names;
}
