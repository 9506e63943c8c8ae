// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QStyle>
#include <QStyleFactory>
#include <QSvgRenderer>

#include <utility>

// At global scope, as the macro wants it: icons in a static library are not there without it.
static void loadIcons()
{
    Q_INIT_RESOURCE(ibidem_icons);
}

namespace ibidem::widgets {

namespace {

struct Colors
{
    const char *window;
    const char *base;
    const char *alternate;
    const char *button;
    const char *text;
    const char *dim;
    const char *faint;
    const char *highlight;
    const char *highlighted;
    const char *link;
};

QPalette paletteOf(const Colors &colors)
{
    const auto color = [](const char *name) { return QColor(QLatin1String(name)); };
    QPalette palette(color(colors.button), color(colors.window));
    palette.setColor(QPalette::Window, color(colors.window));
    palette.setColor(QPalette::WindowText, color(colors.text));
    palette.setColor(QPalette::Base, color(colors.base));
    palette.setColor(QPalette::AlternateBase, color(colors.alternate));
    palette.setColor(QPalette::Text, color(colors.text));
    palette.setColor(QPalette::PlaceholderText, color(colors.dim));
    palette.setColor(QPalette::Button, color(colors.button));
    palette.setColor(QPalette::ButtonText, color(colors.text));
    palette.setColor(QPalette::BrightText, color(colors.text));
    palette.setColor(QPalette::ToolTipBase, color(colors.base));
    palette.setColor(QPalette::ToolTipText, color(colors.text));
    palette.setColor(QPalette::Highlight, color(colors.highlight));
    palette.setColor(QPalette::HighlightedText, color(colors.highlighted));
    palette.setColor(QPalette::Link, color(colors.link));
    palette.setColor(QPalette::LinkVisited, color(colors.link));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(colors.faint));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, color(colors.button));
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, color(colors.faint));
    return palette;
}

class SymbolEngine final : public QIconEngine
{
public:
    SymbolEngine(QByteArray svg, Tone tone)
        : m_svg(std::move(svg))
        , m_tone(tone)
    {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QApplication::palette();
        QColor color = toneColor(m_tone, palette);
        if (mode == QIcon::Disabled)
            color = palette.color(QPalette::Disabled, QPalette::WindowText);
        else if (mode == QIcon::Selected)
            color = palette.color(QPalette::HighlightedText);
        QByteArray svg = m_svg;
        svg.replace("currentColor", color.name().toLatin1());
        QSvgRenderer(svg).render(painter, rect);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    [[nodiscard]] QIconEngine *clone() const override { return new SymbolEngine(m_svg, m_tone); }

private:
    QByteArray m_svg;
    Tone m_tone;
};

} // namespace

QPalette lightPalette()
{
    return paletteOf({"#f4f5f6", "#ffffff", "#f4f6f8", "#e9ebee", "#1b1e21", "#5b6570", "#7b848d", "#0b5a8f",
                      "#ffffff", "#0a5586"});
}

QPalette darkPalette()
{
    return paletteOf({"#202326", "#17191b", "#1d2023", "#33383d", "#eceff1", "#a3acb5", "#858e97", "#26719f",
                      "#ffffff", "#7cc4f0"});
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128;
}

void applyTheme(Theme theme)
{
    static const QPalette given = QApplication::palette();
    if (QApplication::style()->name() != QLatin1String("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const bool dark = theme == Theme::Dark || (theme == Theme::System && isDark(given));
    QApplication::setPalette(dark ? darkPalette() : lightPalette());
}

QColor toneColor(Tone tone, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (tone) {
    case Tone::Text:
        return palette.color(QPalette::WindowText);
    case Tone::First:
        return QColor(dark ? QStringLiteral("#56b4e9") : QStringLiteral("#0072b2"));
    case Tone::Second:
        return QColor(dark ? QStringLiteral("#e69f00") : QStringLiteral("#d55e00"));
    case Tone::Good:
        return QColor(dark ? QStringLiteral("#2fc79a") : QStringLiteral("#00795a"));
    case Tone::Doubtful:
        return QColor(dark ? QStringLiteral("#f0c040") : QStringLiteral("#8a5a00"));
    case Tone::Bad:
        break;
    }
    return QColor(dark ? QStringLiteral("#ff8a4c") : QStringLiteral("#b34700"));
}

QIcon symbol(const QString &name, Tone tone)
{
    loadIcons();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new SymbolEngine(file.readAll(), tone));
}

QIcon programIcon()
{
    return symbol(QStringLiteral("ibidem"));
}

} // namespace ibidem::widgets
