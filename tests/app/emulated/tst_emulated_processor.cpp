// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The promise of level portable about other processors, on an emulated one: qemu-user's Haswell has AVX2 and
// FMA but no AVX-512, and none of this machine's caches; its Nehalem has neither AVX2 nor FMA.
#include "models/runs/manifest.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace {

constexpr int kTimeoutMs = 600'000;

class TestEmulatedProcessor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void givesTheSameChainAtLevelPortable();
    void givesTheSameChainWithoutFma();
    void findsAnotherSeedUnderEmulationToo();
    void preparesCellsToTheSameBytes();

private:
    QString path(const QString &name) const { return m_folder.filePath(name); }

    bool runs(const QString &program, const QStringList &arguments);
    QString chain(const QString &run) const;
    /// Bytes of the prepared matrix; `program` is the emulator with its arguments, or nothing.
    QByteArray prepared(const QStringList &emulation, const QString &container, const QString &name,
                        const QByteArray &options);

    QTemporaryDir m_folder;
    QString m_bin = qEnvironmentVariable("IBIDEM_BIN");
    QString m_emulator = QStandardPaths::findExecutable(QStringLiteral("qemu-x86_64"));
};

bool TestEmulatedProcessor::runs(const QString &program, const QStringList &arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_CACHE_HOME"), path(QStringLiteral("cache")));
    environment.insert(QStringLiteral("XDG_DATA_HOME"), path(QStringLiteral("data")));
    environment.remove(QStringLiteral("IBIDEM_CACHE"));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(program, arguments);
    if (!process.waitForFinished(kTimeoutMs) || process.exitStatus() != QProcess::NormalExit ||
        process.exitCode() != 0) {
        qWarning("%s ended with %d: %s", qPrintable(program), process.exitCode(),
                 process.readAllStandardError().constData());
        return false;
    }
    return true;
}

QString TestEmulatedProcessor::chain(const QString &run) const
{
    const auto manifest = ibidem::runs::readManifest(path(run).toStdString());
    return manifest ? QString::fromStdString(manifest->chain)
                    : QString::fromStdString(manifest.error().message);
}

void TestEmulatedProcessor::initTestCase()
{
    QVERIFY(m_folder.isValid());
    if (m_emulator.isEmpty())
        QSKIP("qemu-x86_64 is not there (Debian package qemu-user)");
    const QString ibidem = m_bin + QStringLiteral("/ibidem");
    QVERIFY(runs(ibidem, {QStringLiteral("generate"), QStringLiteral("expression"), QStringLiteral("--genes"),
                          QStringLiteral("60"), QStringLiteral("--samples"), QStringLiteral("80"),
                          QStringLiteral("-o"), path(QStringLiteral("table.tsv"))}));
    for (const char *seed : {"0", "1"})
        QVERIFY(
            runs(ibidem, {QStringLiteral("train"), QStringLiteral("lcep-xgboost"), QStringLiteral("--data"),
                          path(QStringLiteral("table.tsv")), QStringLiteral("--rounds"), QStringLiteral("50"),
                          QStringLiteral("--seed"), QLatin1String(seed), QStringLiteral("--level"),
                          QStringLiteral("portable"), QStringLiteral("--isa"), QStringLiteral("avx2"),
                          QStringLiteral("--out"), path(QStringLiteral("native-") + QLatin1String(seed))}));
}

void TestEmulatedProcessor::givesTheSameChainAtLevelPortable()
{
    QVERIFY(runs(m_emulator,
                 {QStringLiteral("-cpu"), QStringLiteral("Haswell"), m_bin + QStringLiteral("/ibidem-train"),
                  path(QStringLiteral("native-0/spec.json")), path(QStringLiteral("emulated-0"))}));
    QCOMPARE(chain(QStringLiteral("emulated-0")).size(), 64);
    QCOMPARE(chain(QStringLiteral("emulated-0")), chain(QStringLiteral("native-0")));
}

/// An instruction set that the processor lacks is refused, so the run asks for none.
void TestEmulatedProcessor::givesTheSameChainWithoutFma()
{
    QFile spec(path(QStringLiteral("native-0/spec.json")));
    QVERIFY(spec.open(QIODevice::ReadOnly));
    QByteArray text = spec.readAll();
    QCOMPARE(text.count("\"avx2\""), 1);
    QFile scalar(path(QStringLiteral("scalar.json")));
    QVERIFY(scalar.open(QIODevice::WriteOnly));
    scalar.write(text.replace("\"avx2\"", "\"scalar\""));
    scalar.close();
    QVERIFY(runs(m_emulator,
                 {QStringLiteral("-cpu"), QStringLiteral("Nehalem"), m_bin + QStringLiteral("/ibidem-train"),
                  scalar.fileName(), path(QStringLiteral("nehalem"))}));
    QCOMPARE(chain(QStringLiteral("nehalem")), chain(QStringLiteral("native-0")));
}

void TestEmulatedProcessor::findsAnotherSeedUnderEmulationToo()
{
    QVERIFY(runs(m_emulator,
                 {QStringLiteral("-cpu"), QStringLiteral("Haswell"), m_bin + QStringLiteral("/ibidem-train"),
                  path(QStringLiteral("native-1/spec.json")), path(QStringLiteral("emulated-1"))}));
    QVERIFY(chain(QStringLiteral("emulated-1")) != chain(QStringLiteral("native-0")));
    QCOMPARE(chain(QStringLiteral("emulated-1")), chain(QStringLiteral("native-1")));
}

QByteArray TestEmulatedProcessor::prepared(const QStringList &emulation, const QString &container,
                                           const QString &name, const QByteArray &options)
{
    QStringList command = emulation;
    command << m_bin + QStringLiteral("/ibidem-train") << QStringLiteral("--prepare") << container
            << QStringLiteral("--options") << QString::fromUtf8(options) << QStringLiteral("--out")
            << path(name);
    const QString program = command.takeFirst();
    QFile file(path(name));
    return runs(program, command) && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestEmulatedProcessor::preparesCellsToTheSameBytes()
{
    const QString cells = path(QStringLiteral("cells.h5ad"));
    QVERIFY(runs(m_bin + QStringLiteral("/ibidem"),
                 {QStringLiteral("generate"), QStringLiteral("cells"), QStringLiteral("--cells"),
                  QStringLiteral("120"), QStringLiteral("--genes"), QStringLiteral("400"),
                  QStringLiteral("-o"), cells}));
    const QString cache = path(QStringLiteral("matrices"));
    QVERIFY(runs(m_bin + QStringLiteral("/ibidem-convert"), {cells, QStringLiteral("--to"), cache}));
    const QStringList containers = QDir(cache).entryList({QStringLiteral("*.safetensors")});
    QCOMPARE(containers.size(), 1);
    const QString container = QDir(cache).filePath(containers.front());
    const QByteArray options = R"({"minGenes":20})";
    const QByteArray native = prepared({}, container, QStringLiteral("native.safetensors"), options);
    QVERIFY(!native.isEmpty());
    const QStringList haswell{m_emulator, QStringLiteral("-cpu"), QStringLiteral("Haswell")};
    QVERIFY(prepared(haswell, container, QStringLiteral("haswell.safetensors"), options) == native);
    const QByteArray other = R"({"minGenes":20,"targetSum":9999})";
    QVERIFY(prepared(haswell, container, QStringLiteral("other.safetensors"), other) != native);
}

} // namespace

QTEST_GUILESS_MAIN(TestEmulatedProcessor)

#include "tst_emulated_processor.moc"
