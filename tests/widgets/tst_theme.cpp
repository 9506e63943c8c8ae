// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/group_colors.h"
#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QImage>
#include <QTest>

#include <array>
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

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

// What is left of linear colours without one kind of cone (Machado, Oliveira, Fernandes 2009).
constexpr Matrix kAllCones{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix kWithoutRed{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kWithoutGreen{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix kToXyz{{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}};

Triple times(const Matrix &matrix, const Triple &vector)
{
    Triple product{};
    for (std::size_t row = 0; row < 3; ++row)
        product[row] = matrix[row][0] * vector[0] + matrix[row][1] * vector[1] + matrix[row][2] * vector[2];
    return product;
}

/// CIELAB of what an eye sees.
Triple seen(const QColor &color, const Matrix &eye)
{
    Triple light = times(eye, {linear(color.redF()), linear(color.greenF()), linear(color.blueF())});
    for (double &part : light)
        part = std::clamp(part, 0.0, 1.0);
    Triple xyz = times(kToXyz, light);
    const Triple white{0.95047, 1.0, 1.08883};
    for (std::size_t part = 0; part < 3; ++part) {
        const double share = xyz[part] / white[part];
        xyz[part] = share > 0.008856 ? std::cbrt(share) : 7.787 * share + 16.0 / 116.0;
    }
    return {116.0 * xyz[1] - 16.0, 500.0 * (xyz[0] - xyz[1]), 200.0 * (xyz[1] - xyz[2])};
}

double apart(const QColor &left, const QColor &right, const Matrix &eye)
{
    const Triple a = seen(left, eye);
    const Triple b = seen(right, eye);
    return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
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
    void groupColorsAreToldApartByEveryEye();
    void shapesChangeAfterTheLastColor();
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

void TestTheme::groupColorsAreToldApartByEveryEye()
{
    constexpr double kToldApart = 25.0; // ten times what is just noticed
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        const QList<QColor> colors = groupColors(palette);
        for (qsizetype one = 0; one < colors.size(); ++one) {
            QVERIFY2(contrast(colors[one], palette.color(QPalette::Base)) >= 3.0,
                     qPrintable(colors[one].name()));
            for (qsizetype other = 0; other < one; ++other) {
                for (const Matrix &eye : {kAllCones, kWithoutRed, kWithoutGreen})
                    QVERIFY2(apart(colors[one], colors[other], eye) > kToldApart,
                             qPrintable(colors[one].name() + colors[other].name()));
            }
        }
    }
    // Red and green of the same lightness are not.
    QVERIFY(apart(QColor(0xcc, 0x44, 0x44), QColor(0x66, 0x77, 0x33), kWithoutGreen) < kToldApart);
}

void TestTheme::shapesChangeAfterTheLastColor()
{
    const QPalette palette = lightPalette();
    const int count = static_cast<int>(groupColors(palette).size());
    QVERIFY(kindLook(0, palette).shape == Shape::Disc);
    QVERIFY(kindLook(count, palette).shape == Shape::Triangle);
    QCOMPARE(kindLook(count, palette).color, kindLook(0, palette).color);
    QVERIFY(kindLook(-1, palette).color != kindLook(0, palette).color);
    for (const QPalette &each : {lightPalette(), darkPalette()}) {
        const QColor base = each.color(QPalette::Base);
        QVERIFY(contrast(scaleLook(1.0, each).color, base) > contrast(scaleLook(0.0, each).color, base));
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
