// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/curves.h"

#include "models/base/portable_math.h"
#include "models/base/text.h"
#include "models/report/html.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace ibidem::report {

namespace {

using Curve = std::vector<std::pair<std::int64_t, double>>; ///< round, value; sorted

constexpr double kWidth = 760.0;
constexpr double kLeft = 64.0;
constexpr double kRight = 744.0;
constexpr std::size_t kMostPoints = 1000;
constexpr std::size_t kMostBars = 20;
constexpr std::array<const char *, 2> kSplits{"train", "test"};

/// What the loss of a kind of model is called. The second curve, of samples that were not learned from,
/// stands under "test" here.
struct LossWords
{
    std::string_view metric;
    std::string_view words;
    std::string_view capital;
    std::string_view second;
    std::string_view round;
};

LossWords lossWords(const ReportContent &content)
{
    if (content.isNetwork())
        return {"loss", "mean squared error", "Mean squared error", "validation", "epoch"};
    return {"logloss", "log loss", "Log loss", "test", "round"};
}

Curve lossCurve(const ReportedRun &run, std::string_view split, std::string_view metric)
{
    Curve curve;
    for (const runs::MetricPoint &point : run.metrics)
        if (point.split == split && point.metric == metric && std::isfinite(point.value))
            curve.emplace_back(point.round, point.value);
    std::sort(curve.begin(), curve.end());
    return curve;
}

/// A − B where both have a value.
Curve difference(const Curve &a, const Curve &b)
{
    const std::map<std::int64_t, double> other(b.begin(), b.end());
    Curve curve;
    for (const auto &[round, value] : a)
        if (const auto found = other.find(round); found != other.end())
            curve.emplace_back(round, value - found->second);
    return curve;
}

Curve thinned(const Curve &curve)
{
    if (curve.size() <= kMostPoints)
        return curve;
    const std::size_t stride = (curve.size() + kMostPoints - 1) / kMostPoints;
    Curve some;
    for (std::size_t i = 0; i < curve.size(); i += stride)
        some.push_back(curve[i]);
    if (some.back().first != curve.back().first)
        some.push_back(curve.back());
    return some;
}

/// A linear map from values (or their logarithms) to the height of a panel.
struct Axis
{
    double low = 0.0;
    double high = 1.0;
    double top = 0.0;
    double bottom = 1.0;
    bool logarithmic = false;

    [[nodiscard]] double at(double value) const
    {
        const double shown = logarithmic ? portableLog(std::max(value, 1e-300)) : value;
        return bottom - (bottom - top) * (shown - low) / (high - low);
    }
};

struct Rounds
{
    std::int64_t first = 1;
    std::int64_t last = 1;

    [[nodiscard]] double at(std::int64_t round) const
    {
        const double span = static_cast<double>(std::max<std::int64_t>(1, last - first));
        return kLeft + (kRight - kLeft) * static_cast<double>(round - first) / span;
    }
};

std::string number(double value)
{
    return formatFixed(value, 1);
}

std::string text(double x, double y, std::string_view anchor, std::string_view content,
                 std::string_view styleClass = {})
{
    std::string attributes =
        "x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + std::string(anchor) + "\"";
    if (!styleClass.empty())
        attributes += " class=\"" + std::string(styleClass) + "\"";
    return element("text", escaped(content), attributes) + "\n";
}

std::string line(double x1, double y1, double x2, double y2)
{
    return "<line class=\"grid\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
           "\" y2=\"" + number(y2) + "\"/>\n";
}

std::string polyline(const Curve &curve, const Rounds &rounds, const Axis &axis,
                     const std::string &styleClass)
{
    if (curve.empty())
        return {};
    std::string points;
    for (const auto &[round, value] : thinned(curve))
        points += number(rounds.at(round)) + "," + number(axis.at(value)) + " ";
    points.pop_back();
    return "<polyline class=\"" + styleClass + "\" points=\"" + points + "\"/>\n";
}

/// 1, 2 or 5 times a power of ten, near a fifth of the span. By multiplication alone: the same on every
/// machine.
double niceStep(double span)
{
    double step = 1.0;
    while (step * 5.0 > span)
        step /= 10.0;
    while (step * 50.0 <= span)
        step *= 10.0;
    if (span / step > 25.0)
        return step * 5.0;
    return span / step > 10.0 ? step * 2.0 : step;
}

/// A label without the last digits that repeated addition leaves.
std::string tickLabel(double value)
{
    std::string label = formatFixed(value, 6);
    while (label.ends_with('0'))
        label.pop_back();
    if (label.ends_with('.'))
        label.pop_back();
    return label;
}

std::string valueGrid(const Axis &axis)
{
    std::string marks;
    const auto mark = [&](double value) {
        marks += line(kLeft, axis.at(value), kRight, axis.at(value));
        marks += text(kLeft - 8.0, axis.at(value) + 4.0, "end", tickLabel(value));
    };
    if (axis.logarithmic) {
        const bool fine = axis.high - axis.low < 7.0; // three decades
        for (const double decade : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0})
            for (const double factor : {1.0, 2.0, 5.0})
                if (const double height = portableLog(decade * factor);
                    (fine || factor == 1.0) && height >= axis.low && height <= axis.high)
                    mark(decade * factor);
        return marks;
    }
    const double step = niceStep(axis.high - axis.low);
    for (int i = 0; step * i <= axis.high; ++i)
        if (step * i >= axis.low)
            mark(step * i);
    return marks;
}

std::string roundGrid(const Rounds &rounds, double y, std::string_view word)
{
    std::string marks = text(kLeft, y, "middle", std::to_string(rounds.first));
    const double span = static_cast<double>(rounds.last - rounds.first);
    const auto step = static_cast<std::int64_t>(std::max(1.0, niceStep(std::max(1.0, span))));
    for (std::int64_t round = step; round < rounds.last; round += step)
        if (rounds.at(round) - kLeft > 30.0 && kRight - rounds.at(round) > 40.0)
            marks += text(rounds.at(round), y, "middle", std::to_string(round));
    if (rounds.last > rounds.first)
        marks += text(kRight, y, "end", std::to_string(rounds.last));
    return marks + text((kLeft + kRight) / 2.0, y + 18.0, "middle", word);
}

struct LossCurves
{
    std::map<std::string, Curve> a;
    std::map<std::string, Curve> b;
    bool hasB = false;
};

LossCurves curvesOf(const ReportContent &content)
{
    LossCurves curves;
    const LossWords words = lossWords(content);
    for (const char *split : kSplits) {
        const std::string_view recorded = split == kSplits[0] ? std::string_view("train") : words.second;
        curves.a[split] = lossCurve(content.reference(), recorded, words.metric);
        if (content.runs.size() > 1)
            curves.b[split] = lossCurve(content.runs[1], recorded, words.metric);
        curves.hasB = curves.hasB || !curves.b[split].empty();
    }
    return curves;
}

Rounds roundsOf(const LossCurves &curves)
{
    Rounds rounds{INT64_MAX, INT64_MIN};
    for (const auto *family : {&curves.a, &curves.b})
        for (const auto &[split, curve] : *family)
            for (const auto &point : curve) {
                rounds.first = std::min(rounds.first, point.first);
                rounds.last = std::max(rounds.last, point.first);
            }
    return rounds;
}

/// Log loss falls by powers of ten, so that a linear axis would show a line on the ground.
Axis lossAxis(const LossCurves &curves)
{
    double low = 1e300;
    double high = 0.0;
    for (const auto *family : {&curves.a, &curves.b})
        for (const auto &[split, curve] : *family)
            for (const auto &point : curve) {
                low = std::min(low, point.second);
                high = std::max(high, point.second);
            }
    Axis axis;
    axis.top = 34.0;
    axis.bottom = 270.0;
    axis.logarithmic = low > 1e-6 && high / low > 20.0;
    axis.low = axis.logarithmic ? portableLog(low / 1.15) : 0.0;
    axis.high = axis.logarithmic ? portableLog(high * 1.15) : high * 1.05;
    if (!(axis.high > axis.low))
        axis.high = axis.low + 1.0;
    return axis;
}

std::string keys(const LossCurves &curves, const LossWords &words)
{
    std::string marks = text(kLeft, 18.0, "start", words.words);
    double x = kRight;
    if (!curves.a.at("test").empty()) {
        marks += text(x, 18.0, "end", words.second, "key-test");
        x -= 16.0 + 7.0 * static_cast<double>(words.second.size());
    }
    if (!curves.a.at("train").empty())
        marks += text(x, 18.0, "end", "train", "key-train");
    return marks;
}

std::string lossPanel(const LossCurves &curves, const Rounds &rounds, const LossWords &words)
{
    const Axis axis = lossAxis(curves);
    std::string marks = keys(curves, words) + valueGrid(axis);
    for (const char *split : kSplits)
        marks +=
            polyline(curves.a.at(split), rounds, axis, (curves.hasB ? "a " : "only ") + std::string(split));
    if (curves.hasB)
        for (const char *split : kSplits)
            marks += polyline(curves.b.at(split), rounds, axis, "b " + std::string(split));
    return marks;
}

double largestOf(const std::map<std::string, Curve> &differences)
{
    double largest = 0.0;
    for (const auto &[split, curve] : differences)
        for (const auto &point : curve)
            largest = std::max(largest, std::fabs(point.second));
    return largest;
}

std::map<std::string, Curve> differencesOf(const LossCurves &curves)
{
    std::map<std::string, Curve> differences;
    for (const char *split : kSplits)
        differences[split] = difference(curves.a.at(split), curves.b.at(split));
    return differences;
}

std::string differenceStrip(const std::map<std::string, Curve> &differences, const Rounds &rounds, double top,
                            std::string_view word)
{
    const double largest = largestOf(differences);
    Axis axis;
    axis.top = top + 22.0;
    axis.bottom = top + 92.0;
    axis.high = largest > 0.0 ? largest : 1.0;
    axis.low = -axis.high;
    std::string marks = text(kLeft, top + 10.0, "start", "A − B");
    marks +=
        line(kLeft, axis.at(0.0), kRight, axis.at(0.0)) + text(kLeft - 8.0, axis.at(0.0) + 4.0, "end", "0");
    if (largest > 0.0) {
        marks += text(kRight, top + 10.0, "end", "largest: ±" + formatDouble(largest));
        marks += line(kLeft, axis.top, kRight, axis.top) + line(kLeft, axis.bottom, kRight, axis.bottom);
    } else {
        marks += text(kRight, top + 10.0, "end", "0 in every " + std::string(word));
    }
    for (const auto &[split, curve] : differences)
        marks += polyline(curve, rounds, axis, "only " + split);
    return marks;
}

std::string svg(std::string_view title, double height, std::string_view marks)
{
    return element("svg", element("title", escaped(title)) + "\n" + std::string(marks),
                   "viewBox=\"0 0 " + number(kWidth) + " " + number(height) + "\" role=\"img\"");
}

std::string lossCaption(const ReportContent &content, bool hasB)
{
    const LossWords words = lossWords(content);
    const std::string each = std::string(words.capital) +
                             (content.isNetwork() ? " in each " : " after each ") + std::string(words.round);
    if (!hasB)
        return each + ", of " + content.reference().name + ".";
    return each + ": A (broad line) is " + content.reference().name + ", B (dashed line over it) is " +
           content.runs[1].name + "; below, the difference of the two.";
}

} // namespace

std::string lossFigure(const ReportContent &content)
{
    const LossCurves curves = curvesOf(content);
    const Rounds rounds = roundsOf(curves);
    if (rounds.first > rounds.last)
        return {};
    const LossWords words = lossWords(content);
    std::string marks = lossPanel(curves, rounds, words);
    double height = 284.0;
    if (curves.hasB) {
        marks += differenceStrip(differencesOf(curves), rounds, height, words.round);
        height += 104.0;
    }
    marks += roundGrid(rounds, height + 6.0, words.round);
    const std::string caption = lossCaption(content, curves.hasB);
    return element("figure",
                   svg(caption, height + 32.0, marks) + "\n" + element("figcaption", escaped(caption))) +
           "\n";
}

std::string importanceFigure(const ReportedRun &run)
{
    const std::size_t count = std::min(run.importance.size(), kMostBars);
    if (count == 0)
        return {};
    constexpr double kBarLeft = 260.0;
    constexpr double kRow = 24.0;
    const double most = static_cast<double>(std::max<std::uint64_t>(1, run.importance.front().weight));
    std::string marks;
    for (std::size_t i = 0; i < count; ++i) {
        const GeneImportance &gene = run.importance[i];
        const double y = kRow * static_cast<double>(i);
        const double width = (kRight - 60.0 - kBarLeft) * static_cast<double>(gene.weight) / most;
        std::string name = gene.gene;
        if (name.size() > 32 && isValidUtf8(name)) {
            std::size_t cut = 30;
            while ((static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80U)
                --cut;
            name = name.substr(0, cut) + "…";
        }
        marks += text(kBarLeft - 10.0, y + 16.0, "end", name, "name");
        marks += "<rect class=\"bar\" x=\"" + number(kBarLeft) + "\" y=\"" + number(y + 4.0) + "\" width=\"" +
                 number(width) + "\" height=\"" + number(kRow - 8.0) + "\"/>\n";
        marks += text(kBarLeft + width + 8.0, y + 16.0, "start", std::to_string(gene.weight));
    }
    const std::string caption = "The " + std::to_string(count) +
                                " genes that the trees split on most often, with the number of splits.";
    return element("figure", svg(caption, kRow * static_cast<double>(count) + 4.0, marks) + "\n" +
                                 element("figcaption", escaped(caption))) +
           "\n";
}

} // namespace ibidem::report
