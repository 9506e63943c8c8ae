// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/theme.h"

#include <QByteArray>
#include <QSettings>
#include <QStringList>

#include <memory>

namespace ibidem::desktop {

/// What the window remembers between two starts. Without a file it remembers nothing.
class Preferences final
{
public:
    /// The user's own settings file, or `file` if it is not empty.
    static Preferences open(const QString &file);
    static Preferences none();

    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray &geometry);
    [[nodiscard]] widgets::Theme theme() const;
    void setTheme(widgets::Theme theme);
    [[nodiscard]] QStringList recentFiles() const;
    void addRecentFile(const QString &file);

private:
    explicit Preferences(std::unique_ptr<QSettings> settings);
    std::unique_ptr<QSettings> m_settings;
    QStringList m_recent;
};

} // namespace ibidem::desktop
