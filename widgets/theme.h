// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>

namespace ibidem::widgets {

enum class Theme { System, Light, Dark };

[[nodiscard]] QPalette lightPalette();
[[nodiscard]] QPalette darkPalette();
[[nodiscard]] bool isDark(const QPalette &palette);
/// Fusion with our palette; System keeps the one that the desktop gave. Needs a QApplication.
void applyTheme(Theme theme);

/// Colours of data, from Okabe and Ito's palette: told apart without seeing red and green.
enum class Tone { Text, First, Second, Good, Doubtful, Bad };
[[nodiscard]] QColor toneColor(Tone tone, const QPalette &palette);

/// One of the program's symbols, drawn in the colour that the application's palette has when it is painted.
[[nodiscard]] QIcon symbol(const QString &name, Tone tone = Tone::Text);
[[nodiscard]] QIcon programIcon();

} // namespace ibidem::widgets
