// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QImage>
#include <QTest>

#include <cmath>

using namespace ibidem::widgets;

namespace {

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

/// Contrast as WCAG 2.1 defines it.
double contrast(const QColor &left, const QColor &right)
{
    const double a = luminance(left);
    const double b = luminance(right);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

struct Pair
{
    QPalette::ColorRole front;
    QPalette::ColorRole back;
};

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrastOfBlackAndWhiteIs21();
    void textStandsOutInBothPalettes();
    void disabledTextCanStillBeRead();
    void theMainButtonCanBeReadAsItIsPainted();
    void dataColorsStandOut();
    void symbolsFollowThePalette();
    void everySymbolIsThere();
};

void TestTheme::contrastOfBlackAndWhiteIs21()
{
    QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21.0) < 1e-3);
    QVERIFY(contrast(QColor(0x77, 0x77, 0x77), Qt::white) < 4.5);
}

void TestTheme::textStandsOutInBothPalettes()
{
    const QList<Pair> pairs{{QPalette::WindowText, QPalette::Window},
                            {QPalette::Text, QPalette::Base},
                            {QPalette::Text, QPalette::AlternateBase},
                            {QPalette::ButtonText, QPalette::Button},
                            {QPalette::PlaceholderText, QPalette::Base},
                            {QPalette::HighlightedText, QPalette::Highlight},
                            {QPalette::ToolTipText, QPalette::ToolTipBase},
                            {QPalette::Link, QPalette::Window},
                            {QPalette::Link, QPalette::Base}};
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        for (const Pair &pair : pairs) {
            const double ratio = contrast(palette.color(pair.front), palette.color(pair.back));
            QVERIFY2(ratio >= 4.5,
                     qPrintable(QStringLiteral("%1 on %2: %3").arg(pair.front).arg(pair.back).arg(ratio)));
        }
    }
}

void TestTheme::disabledTextCanStillBeRead()
{
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        const QColor text = palette.color(QPalette::Disabled, QPalette::ButtonText);
        QVERIFY(contrast(text, palette.color(QPalette::Disabled, QPalette::Button)) >= 3.0);
        QVERIFY(contrast(text, palette.color(QPalette::Disabled, QPalette::Window)) >= 3.0);
    }
}

void TestTheme::theMainButtonCanBeReadAsItIsPainted()
{
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
        applyTheme(theme);
        PrimaryButton button{QString()};
        button.resize(120, 30);
        const QImage image = button.grab().toImage();
        for (int row = 4; row < 26; ++row) {
            const double ratio =
                contrast(image.pixelColor(60, row), button.palette().color(QPalette::ButtonText));
            QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio)));
        }
    }
}

void TestTheme::dataColorsStandOut()
{
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        for (const Tone tone : {Tone::First, Tone::Second, Tone::Good, Tone::Doubtful, Tone::Bad}) {
            QVERIFY(contrast(toneColor(tone, palette), palette.color(QPalette::Base)) >= 3.0);
            QVERIFY(contrast(toneColor(tone, palette), palette.color(QPalette::Window)) >= 3.0);
        }
    }
}

void TestTheme::symbolsFollowThePalette()
{
    const QIcon icon = symbol(QStringLiteral("data"));
    applyTheme(Theme::Light);
    const QImage light = icon.pixmap(QSize(32, 32), 2.0).toImage();
    applyTheme(Theme::Dark);
    const QImage dark = icon.pixmap(QSize(32, 32), 2.0).toImage();
    QCOMPARE(light.size(), QSize(64, 64));
    QVERIFY(light != dark);
    applyTheme(Theme::Light);
    QCOMPARE(icon.pixmap(QSize(32, 32), 2.0).toImage(), light);
}

void TestTheme::everySymbolIsThere()
{
    for (const char *name : {"data", "train", "compare", "report", "ok", "warning", "error", "running",
                             "open", "stop", "start", "again", "save", "drop", "different", "ibidem"})
        QVERIFY2(!symbol(QLatin1String(name)).isNull(), name);
    QVERIFY(symbol(QStringLiteral("nothing")).isNull());
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
