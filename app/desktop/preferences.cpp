// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/preferences.h"

namespace ibidem::desktop {

namespace {

constexpr qsizetype kRecentCount = 5;
const QString kGeometry = QStringLiteral("window/geometry");
const QString kTheme = QStringLiteral("window/theme");
const QString kRecent = QStringLiteral("files/recent");

} // namespace

Preferences::Preferences(std::unique_ptr<QSettings> settings)
    : m_settings(std::move(settings))
{
    if (m_settings)
        m_recent = m_settings->value(kRecent).toStringList();
}

Preferences Preferences::open(const QString &file)
{
    return Preferences(file.isEmpty() ? std::make_unique<QSettings>(
                                            QSettings::IniFormat, QSettings::UserScope,
                                            QStringLiteral("ibidem"), QStringLiteral("ibidem-desktop"))
                                      : std::make_unique<QSettings>(file, QSettings::IniFormat));
}

Preferences Preferences::none()
{
    return Preferences(nullptr);
}

QByteArray Preferences::geometry() const
{
    return m_settings ? m_settings->value(kGeometry).toByteArray() : QByteArray();
}

void Preferences::setGeometry(const QByteArray &geometry)
{
    if (m_settings)
        m_settings->setValue(kGeometry, geometry);
}

widgets::Theme Preferences::theme() const
{
    const QString name = m_settings ? m_settings->value(kTheme).toString() : QString();
    if (name == QLatin1String("light"))
        return widgets::Theme::Light;
    return name == QLatin1String("dark") ? widgets::Theme::Dark : widgets::Theme::System;
}

void Preferences::setTheme(widgets::Theme theme)
{
    if (!m_settings)
        return;
    const QString name = theme == widgets::Theme::Light  ? QStringLiteral("light")
                         : theme == widgets::Theme::Dark ? QStringLiteral("dark")
                                                         : QStringLiteral("system");
    m_settings->setValue(kTheme, name);
}

QStringList Preferences::recentFiles() const
{
    return m_recent;
}

void Preferences::addRecentFile(const QString &file)
{
    m_recent.removeAll(file);
    m_recent.prepend(file);
    m_recent = m_recent.mid(0, kRecentCount);
    if (m_settings)
        m_settings->setValue(kRecent, m_recent);
}

} // namespace ibidem::desktop
