// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"
#include "models/data/prepared_cells.h"
#include "models/prepare/cells.h"
#include "tests/models/prepare/cell_matrices.h"

#include <QDir>
#include <QFile>
#include <QProcess>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace ibidem;

namespace {

/// What a run of the program left.
struct Ended
{
    int code = -1;
    std::vector<Json> events;
    QByteArray errors;

    [[nodiscard]] std::string lastEvent() const
    {
        return events.empty() ? std::string() : stringAt(events.back(), "event").value_or(std::string());
    }

    [[nodiscard]] Error error() const
    {
        const Json *const found = events.empty() ? nullptr : findAt(events.back(), "error");
        return found ? errorFromJson(*found) : Error{};
    }
};

} // namespace

/// `ibidem-train --prepare` as a process: its lines, its file, its exit codes, stopping it.
class TestPrepareProgram : public QObject
{
    Q_OBJECT

    CellMatrices m_matrices;
    QString m_container;

    [[nodiscard]] static QString program()
    {
        return QDir(qEnvironmentVariable("IBIDEM_BIN")).filePath(QStringLiteral("ibidem-train"));
    }

    [[nodiscard]] static Ended finish(QProcess &process)
    {
        Ended ended;
        if (!process.waitForFinished(100000))
            qFatal("ibidem-train does not end");
        ended.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -process.exitCode();
        for (const QByteArray &line : process.readAllStandardOutput().split('\n')) {
            if (line.isEmpty())
                continue;
            const auto event = parseJson(line.toStdString());
            if (!event)
                qFatal("no JSON: %s", line.constData());
            ended.events.push_back(*event);
        }
        ended.errors = process.readAllStandardError();
        return ended;
    }

    [[nodiscard]] static Ended run(const QStringList &arguments)
    {
        QProcess process;
        process.start(program(), QStringList{QStringLiteral("--prepare")} + arguments);
        process.closeWriteChannel(); // the end of input is no request to stop
        return finish(process);
    }

    [[nodiscard]] QString path(const char *name) const
    {
        return QString::fromStdString(m_matrices.path(name));
    }

    /// Files in the folder that no test put there.
    [[nodiscard]] QStringList others() const
    {
        QStringList names;
        for (const QString &name : QDir(path(".")).entryList(QDir::Files | QDir::Hidden))
            if (!name.startsWith(QStringLiteral("matrix")))
                names << name;
        return names;
    }

private Q_SLOTS:

    void initTestCase()
    {
        const auto matrix = m_matrices.open(countsOf(60, 40));
        m_container = path("matrix0.safetensors");
        QVERIFY(QFile::exists(m_container));
    }

    void cleanup()
    {
        for (const QString &name : others())
            QFile::remove(path(name.toLatin1().constData()));
    }

    void saysHowFarItIsAndWhatCameOfIt()
    {
        const Ended ended =
            run({m_container, QStringLiteral("--options"), QStringLiteral("{\"minGenes\":5,\"maxMean\":12}"),
                 QStringLiteral("--out"), path("out.safetensors")});
        QCOMPARE(ended.code, 0);
        QVERIFY(ended.events.size() >= 2);
        QCOMPARE(stringAt(ended.events.front(), "event").value_or(std::string()), std::string("progress"));
        QCOMPARE(stringAt(ended.events.front(), "stage").value_or(std::string()), std::string("loaded"));
        QCOMPARE(ended.lastEvent(), std::string("finished"));
        QVERIFY(ended.errors.isEmpty());
        const auto summary = data::PreparedSummary::fromJson(ended.events.back()["summary"]);
        QVERIFY(summary.has_value());
        const auto written = data::readPreparedCells(path("out.safetensors").toStdString());
        QVERIFY(written.has_value());
        QVERIFY(written->summary == *summary);
        QCOMPARE(others(), QStringList{QStringLiteral("out.safetensors")});

        // The program does what the library does.
        const auto matrix = data::MatrixFile::open(m_container.toStdString());
        const auto direct = prepare::prepareCells(**matrix, preparationOf("minGenes=5 maxMean=12"), 1);
        QVERIFY(direct.has_value());
        QVERIFY(direct->summary == *summary);
        QVERIFY(direct->values == written->values);
        const auto another = prepare::prepareCells(**matrix, preparationOf("minGenes=5 maxMean=11"), 1);
        QVERIFY(another.has_value());
        QVERIFY(!(another->summary == *summary));
    }

    void theFileDoesNotDependOnTheThreads()
    {
        QByteArray first;
        for (const char *threads : {"1", "2", "7"}) {
            const Ended ended =
                run({m_container, QStringLiteral("--threads"), QString::fromLatin1(threads),
                     QStringLiteral("--options"), QStringLiteral("{\"minGenes\":5,\"maxMean\":12}"),
                     QStringLiteral("--out"), path("out.safetensors")});
            QCOMPARE(ended.code, 0);
            QFile file(path("out.safetensors"));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(!bytes.isEmpty());
            if (first.isEmpty())
                first = bytes;
            QVERIFY(bytes == first);
        }
    }

    void errorsHaveTheirExitCode_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        const auto words = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
        QTest::newRow("no container") << QStringList{} << 64;
        QTest::newRow("unknown option") << words("MATRIX --colour red") << 64;
        QTest::newRow("an option without a value") << words("MATRIX --out") << 64;
        QTest::newRow("threads in words") << words("MATRIX --threads two") << 64;
        QTest::newRow("no such container") << words("/nowhere/matrix.safetensors") << 66;
        QTest::newRow("no container of ours") << QStringList{program()} << 65;
        QTest::newRow("no JSON") << words("MATRIX --options {") << 78;
        QTest::newRow("unknown key") << words("MATRIX --options {\"minGene\":1}") << 78;
        QTest::newRow("out of range") << words("MATRIX --options {\"bins\":0}") << 78;
        QTest::newRow("a threshold that drops all") << words("MATRIX --options {\"minGenes\":1000}") << 65;
        QTest::newRow("no such folder")
            << words("MATRIX --options {\"minGenes\":5,\"maxMean\":12} --out /nowhere/out.safetensors") << 73;
    }

    void errorsHaveTheirExitCode()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        arguments.replaceInStrings(QStringLiteral("MATRIX"), m_container);
        const Ended ended = run(arguments);
        QCOMPARE(ended.code, code);
        QCOMPARE(ended.lastEvent(), std::string("failed"));
        QCOMPARE(exitCode(ended.error().code), code);
        QVERIFY(!ended.error().message.empty());
        QVERIFY(!ended.errors.isEmpty());
        QVERIFY(others().isEmpty());
    }

    void aDamagedContainerIsNotPrepared()
    {
        const QString damaged = path("damaged.safetensors");
        QVERIFY(QFile::copy(m_container, damaged));
        QFile file(damaged);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const float two = 2.0F;
        const float three = 3.0F;
        const qsizetype at =
            bytes.indexOf(QByteArray(reinterpret_cast<const char *>(&two), sizeof two), bytes.size() / 4);
        QVERIFY(at > 0);
        bytes.replace(at, sizeof two, QByteArray(reinterpret_cast<const char *>(&three), sizeof three));
        QVERIFY(file.seek(0) && file.write(bytes) == bytes.size());
        file.close();
        const Ended ended = run({damaged, QStringLiteral("--options"), QStringLiteral("{\"minGenes\":5}"),
                                 QStringLiteral("--out"), path("out.safetensors")});
        QCOMPARE(ended.code, 65);
        QVERIFY(ended.error().message.find("digest") != std::string::npos);
        QVERIFY(!QFile::exists(path("out.safetensors")));
    }

    void stopsOnRequest_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("a word on standard input") << 0;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    /// A matrix that takes a while; a machine that is done before it hears of the stop is no failure.
    void stopsOnRequest()
    {
        QFETCH(int, signal);
        const QString large = path("matrix1.safetensors");
        if (!QFile::exists(large)) {
            const auto made = m_matrices.open(countsOf(3000, 1500));
            QVERIFY(made);
        }
        QProcess process;
        process.start(program(), {QStringLiteral("--prepare"), large, QStringLiteral("--threads"),
                                  QStringLiteral("1"), QStringLiteral("--out"), path("out.safetensors"),
                                  QStringLiteral("--options"), QStringLiteral("{\"maxMean\":12}")});
        QVERIFY(process.waitForReadyRead(60000));
        if (signal == 0)
            process.write("stop\n");
        else
            ::kill(static_cast<pid_t>(process.processId()), signal);
        const Ended ended = finish(process);
        if (ended.code == 0)
            QSKIP("it was done before it heard of the stop");
        QCOMPARE(ended.code, 75);
        QCOMPARE(ended.error().code, ErrorCode::Stopped);
        QVERIFY(others().isEmpty());
    }

    void needsNeitherXGBoostNorLibTorch()
    {
        QProcess process;
        process.start(QStringLiteral("strace"), {QStringLiteral("-V")});
        if (!process.waitForFinished(10000) || process.exitStatus() != QProcess::NormalExit)
            QSKIP("strace is not there");
        process.start(QStringLiteral("strace"),
                      {QStringLiteral("-f"), QStringLiteral("-e"), QStringLiteral("trace=openat,open"),
                       program(), QStringLiteral("--prepare"), m_container, QStringLiteral("--options"),
                       QStringLiteral("{\"minGenes\":5,\"maxMean\":12}")});
        QVERIFY(process.waitForFinished(60000));
        const QByteArray calls = process.readAllStandardError();
        if (process.exitCode() != 0)
            QSKIP("strace may not trace here");
        QVERIFY(calls.contains("matrix0.safetensors"));
        QVERIFY(!calls.contains("xgboost"));
        QVERIFY(!calls.contains("torch"));
    }
};

QTEST_GUILESS_MAIN(TestPrepareProgram)
#include "tst_prepare_program.moc"
