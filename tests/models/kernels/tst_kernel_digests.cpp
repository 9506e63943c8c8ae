// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The promise of the kernels about other processors: digests of fixed inputs, and of three steps of training,
// are those below on this processor, on emulated ones (qemu-user computes exactly) and, built for it, on
// ARM64.
#include <QCoreApplication>
#include <QFile>
#include <QMap>
#include <QProcess>
#include <QSet>
#include <QStandardPaths>
#include <QTest>

namespace {

constexpr int kTimeoutMs = 300'000;

/// They change only with the version of a kernel's definition, or with the inputs in kernel_digests.cpp.
const QMap<QString, QString> &expectedDigests()
{
    static const QMap<QString, QString> digests = {
        {QStringLiteral("products"), QStringLiteral("fee83116117f15e4")},
        {QStringLiteral("functions"), QStringLiteral("e3be6919150ff4fa")},
        {QStringLiteral("optimisers"), QStringLiteral("340febe3871f199b")},
        {QStringLiteral("sums"), QStringLiteral("c4f2a0c30bff6006")},
        {QStringLiteral("softmax"), QStringLiteral("a20ee0f97d212952")},
        {QStringLiteral("training"), QStringLiteral("bfd5398481ff72eb")},
    };
    return digests;
}

struct Digests
{
    QMap<QString, QSet<QString>> parts; ///< name -> all digests that were printed for it
    QSet<QString> isas;
    int lines = 0;
    QString error;

    [[nodiscard]] QStringList different() const
    {
        QStringList names;
        for (auto it = expectedDigests().begin(); it != expectedDigests().end(); ++it)
            if (parts.value(it.key()) != QSet<QString>{it.value()})
                names.append(it.key());
        return names;
    }
};

Digests digestsOf(const QString &program, QStringList emulation = {})
{
    QProcess process;
    emulation.append(QCoreApplication::applicationDirPath() + QLatin1Char('/') + program);
    const QString command = emulation.takeFirst();
    process.start(command, emulation);
    Digests digests;
    if (!process.waitForFinished(kTimeoutMs) || process.exitStatus() != QProcess::NormalExit ||
        process.exitCode() != 0) {
        digests.error = command + QStringLiteral(": ") + QString::fromUtf8(process.readAllStandardError());
        return digests;
    }
    const QString text = QString::fromUtf8(process.readAllStandardOutput());
    for (const QString &line : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QStringList words = line.split(QLatin1Char(' '));
        digests.isas.insert(words.value(0));
        digests.parts[words.value(2)].insert(words.value(3));
        ++digests.lines;
    }
    digests.error = text;
    return digests;
}

class TestKernelDigests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thisProcessor();
    void emulatedProcessors_data();
    void emulatedProcessors();
    void arm64();
    void contractionIsFound();
};

void TestKernelDigests::thisProcessor()
{
    const Digests digests = digestsOf(QStringLiteral("kernel_digests"));
    qInfo("%s", qPrintable(QStringList(digests.isas.values()).join(QStringLiteral(", "))));
    QVERIFY2(digests.different().isEmpty(), qPrintable(digests.error));
    QCOMPARE(digests.lines, digests.isas.size() * 2 * expectedDigests().size());
}

void TestKernelDigests::emulatedProcessors_data()
{
    QTest::addColumn<QString>("processor");
    for (const char *name : {"Haswell", "EPYC-Milan", "Nehalem"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

/// Haswell and EPYC-Milan have AVX2 and FMA; Nehalem has neither and computes std::fma in software.
void TestKernelDigests::emulatedProcessors()
{
#ifdef __x86_64__
    QFETCH(QString, processor);
    const QString emulator = QStandardPaths::findExecutable(QStringLiteral("qemu-x86_64"));
    if (emulator.isEmpty())
        QSKIP("qemu-x86_64 is not there (Debian package qemu-user)");
    const Digests digests =
        digestsOf(QStringLiteral("kernel_digests"), {emulator, QStringLiteral("-cpu"), processor});
    QVERIFY2(digests.different().isEmpty(), qPrintable(digests.error));
    const bool hasAvx2 = processor != QStringLiteral("Nehalem");
    QCOMPARE(digests.isas.contains(QStringLiteral("avx2")), hasAvx2);
    QVERIFY(!digests.isas.contains(QStringLiteral("avx512")));
#else
    QSKIP("emulated processors are x86-64");
#endif
}

void TestKernelDigests::arm64()
{
    const QString program = QStringLiteral("kernel_digests_aarch64");
    if (!QFile::exists(QCoreApplication::applicationDirPath() + QLatin1Char('/') + program))
        QSKIP("not built for ARM64: the compiler was not there (Debian package g++-aarch64-linux-gnu)");
    const QString emulator = QStandardPaths::findExecutable(QStringLiteral("qemu-aarch64"));
    if (emulator.isEmpty())
        QSKIP("qemu-aarch64 is not there (Debian package qemu-user)");
    const Digests digests =
        digestsOf(program, {emulator, QStringLiteral("-L"), QStringLiteral("/usr/aarch64-linux-gnu")});
    QVERIFY2(digests.different().isEmpty(), qPrintable(digests.error));
    QCOMPARE(digests.isas, QSet<QString>{QStringLiteral("scalar")});
}

/// The scalar kernels, built so that the compiler may fuse: the digests must tell.
void TestKernelDigests::contractionIsFound()
{
    const QString program = QStringLiteral("kernel_digests_contracted");
    if (!QFile::exists(QCoreApplication::applicationDirPath() + QLatin1Char('/') + program))
        QSKIP("the contracted build is for x86-64");
    const Digests digests = digestsOf(program);
    QVERIFY2(digests.different().contains(QStringLiteral("optimisers")), qPrintable(digests.error));
    QVERIFY2(!digests.different().contains(QStringLiteral("products")), qPrintable(digests.error));
}

} // namespace

QTEST_GUILESS_MAIN(TestKernelDigests)
#include "tst_kernel_digests.moc"
