// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The battery of kernel_battery.cpp, and that it finds what is wrong: the same program, built with kernels
// that add in another order, and with kernels that the compiler was allowed to contract.
#include "models/kernels/isa.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTest>

#include <algorithm>

namespace {

using ibidem::kernels::availableIsas;
using ibidem::kernels::Isa;

constexpr int kTimeoutMs = 300'000;
constexpr qulonglong kFewestCases = 10'000;

struct Battery
{
    int exitCode = -1;
    qulonglong cases = 0;
    QStringList different; ///< names of the kernels
    QString text;
};

Battery batteryOf(const char *program, const QStringList &isas = {})
{
    QProcess process;
    process.start(QCoreApplication::applicationDirPath() + QLatin1Char('/') + QLatin1String(program), isas);
    Battery battery;
    if (!process.waitForFinished(kTimeoutMs) || process.exitStatus() != QProcess::NormalExit)
        return battery;
    battery.exitCode = process.exitCode();
    battery.text = QString::fromUtf8(process.readAllStandardOutput());
    for (const QString &line : battery.text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QString name = line.section(QStringLiteral(" cases "), 0, 0);
        const QStringList counts =
            line.section(QStringLiteral(" cases "), 1).split(QLatin1Char(' '), Qt::SkipEmptyParts);
        if (name == QStringLiteral("all"))
            battery.cases = counts.value(0).toULongLong();
        else if (counts.value(2).toULongLong() > 0)
            battery.different.append(name);
    }
    return battery;
}

bool hasAvx2()
{
    const auto &isas = availableIsas();
    return std::find(isas.begin(), isas.end(), Isa::Avx2) != isas.end();
}

class TestKernelBattery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKernelHasTheBitsOfItsDefinition();
    void otherWidthsHaveThemToo();
    void anotherOrderOfOneSumIsFound();
    void contractionIsFound();
};

void TestKernelBattery::everyKernelHasTheBitsOfItsDefinition()
{
    const Battery battery = batteryOf("kernel_battery");
    qInfo("%llu cases; instruction sets here: %d", battery.cases, static_cast<int>(availableIsas().size()));
    QVERIFY2(battery.exitCode == 0, qPrintable(battery.text));
    QCOMPARE(battery.different, QStringList());
    QVERIFY2(battery.cases >= kFewestCases || availableIsas().size() < 2,
             qPrintable(QStringLiteral("only %1 cases ran").arg(battery.cases)));
}

void TestKernelBattery::otherWidthsHaveThemToo()
{
#ifdef __x86_64__
    const Battery battery =
        batteryOf("kernel_battery_lanes", {QStringLiteral("avx2"), QStringLiteral("avx512")});
    QVERIFY2(battery.exitCode == 0, qPrintable(battery.text));
    QVERIFY(battery.cases >= kFewestCases);
#else
    QSKIP("the stand-ins take the places of the kernels for x86-64");
#endif
}

/// Also in what is made of sums.
void TestKernelBattery::anotherOrderOfOneSumIsFound()
{
    if (!hasAvx2())
        QSKIP("this processor has no AVX2");
    const Battery battery = batteryOf("kernel_battery_order", {QStringLiteral("avx2")});
    QCOMPARE(battery.exitCode, 1);
    QVERIFY2(battery.different.contains(QStringLiteral("sum")), qPrintable(battery.text));
    QVERIFY2(battery.different.contains(QStringLiteral("softmax")), qPrintable(battery.text));
    QVERIFY2(!battery.different.contains(QStringLiteral("dot")), qPrintable(battery.text));
}

/// Only where a definition has a rounded product in a sum: in AdamW, whose weights shrink before the step.
/// (In the logarithm too, but there the product is exact.)
void TestKernelBattery::contractionIsFound()
{
    if (!hasAvx2())
        QSKIP("this processor has no AVX2");
    const Battery battery = batteryOf("kernel_battery_contracted", {QStringLiteral("avx2")});
    QCOMPARE(battery.exitCode, 1);
    QVERIFY2(battery.different.contains(QStringLiteral("AdamW")), qPrintable(battery.text));
    QVERIFY2(!battery.different.contains(QStringLiteral("matmul N N")), qPrintable(battery.text));
}

} // namespace

QTEST_GUILESS_MAIN(TestKernelBattery)
#include "tst_kernel_battery.moc"
