// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "tests/app/convert/convert_program.h"
#include "tests/models/data/matrix_samples.h"

#include <QTemporaryDir>

using namespace ibidem;

/// ibidem-convert --export: a container becomes a foreign file, which converts back to the same content.
class TestExportMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesThereAndBack();
    void refusesDamagedContainers();
    void refusesWrongUsage_data();
    void refusesWrongUsage();
    void reportsWhatCannotBeDone();

private:
    [[nodiscard]] std::filesystem::path path(const char *name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    /// A container with the sample, its values changed by this much.
    [[nodiscard]] std::filesystem::path container(const char *name, float more = 0.0F) const
    {
        data::MatrixContainer sample = sampleMatrix();
        for (float &value : sample.matrix.rows.values)
            value += more;
        sample.summary.digest.clear();
        return data::writeMatrixContainer(path(name), sample) ? path(name) : std::filesystem::path();
    }

    [[nodiscard]] static ConvertAnswer exported(const std::filesystem::path &from, const char *format,
                                                const std::filesystem::path &to)
    {
        return runConvert({QStringLiteral("--export"), QString::fromStdString(from.string()),
                           QStringLiteral("--format"), QString::fromLatin1(format),
                           QString::fromStdString(to.string())});
    }

    QTemporaryDir m_folder;
};

void TestExportMatrix::goesThereAndBack()
{
    const ConvertAnswer answer = exported(container("a.safetensors"), "h5ad", path("a.h5ad"));
    QVERIFY2(answer.exitCode == 0, answer.errors.c_str());
    QVERIFY(answer.everyLineIsJson && answer.errors.empty());
    QCOMPARE(*stringAt(answer.events.front(), "event"), std::string("progress"));
    QCOMPARE(*stringAt(answer.last(), "event"), std::string("finished"));
    QCOMPARE(*stringAt(answer.last(), "sha256"),
             sha256Hex(std::string_view(readFile(path("a.h5ad")).value())));
    const ConvertAnswer back = convert(path("a.h5ad"), path("cache"));
    QVERIFY2(back.exitCode == 0, back.errors.c_str());
    QCOMPARE(*stringAt(back.last(), "summary.digest"), *stringAt(answer.last(), "digest"));
    // Control: other values are another digest and other bytes.
    const ConvertAnswer other = exported(container("b.safetensors", 1.0F), "h5ad", path("b.h5ad"));
    QVERIFY(*stringAt(other.last(), "digest") != *stringAt(answer.last(), "digest"));
    QVERIFY(readFile(path("b.h5ad")).value() != readFile(path("a.h5ad")).value());
    QCOMPARE(exported(container("a.safetensors"), "10x", path("a.h5")).exitCode, 0);
    QCOMPARE(convert(path("a.h5"), path("cache")).exitCode, 0);
}

void TestExportMatrix::refusesDamagedContainers()
{
    const std::filesystem::path file = container("damaged.safetensors");
    std::string bytes = readFile(file).value();
    bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 1);
    QVERIFY(writeFileAtomically(file, bytes).has_value());
    const ConvertAnswer flipped = exported(file, "h5ad", path("damaged.h5ad"));
    QCOMPARE(flipped.exitCode, 65);
    QVERIFY(!std::filesystem::exists(path("damaged.h5ad")));
    QVERIFY(writeFileAtomically(file, bytes.substr(0, bytes.size() / 2)).has_value());
    QCOMPARE(exported(file, "h5ad", path("damaged.h5ad")).exitCode, 65);
}

void TestExportMatrix::refusesWrongUsage_data()
{
    QTest::addColumn<QString>("line");
    for (const char *line :
         {"--export a.safetensors", "--export a.safetensors --format h5ad", "--export a.safetensors out.h5ad",
          "--export a.safetensors --format loom out.loom", "--format h5ad out.h5ad",
          "--export a.safetensors --format h5ad --to cache out.h5ad",
          "--export a.safetensors --format h5ad --matrix raw out.h5ad"})
        QTest::newRow(line) << QString::fromLatin1(line);
}

void TestExportMatrix::refusesWrongUsage()
{
    QFETCH(const QString, line);
    const ConvertAnswer answer = runConvert(line.split(QLatin1Char(' ')));
    QCOMPARE(answer.exitCode, 64);
    QCOMPARE(*stringAt(answer.last(), "error.code"), std::string("usage"));
}

void TestExportMatrix::reportsWhatCannotBeDone()
{
    QCOMPARE(exported(path("missing.safetensors"), "h5ad", path("x.h5ad")).exitCode, 66);
    QCOMPARE(exported(container("c.safetensors"), "h5ad", path("no") / "such" / "x.h5ad").exitCode, 73);
    const ConvertAnswer fractions = exported(container("half.safetensors", 0.5F), "10x", path("x.h5"));
    QCOMPARE(fractions.exitCode, 64);
    QVERIFY(fractions.message().find("counts") != std::string::npos);
    QVERIFY(!std::filesystem::exists(path("x.h5")));
}

QTEST_GUILESS_MAIN(TestExportMatrix)
#include "tst_export_matrix.moc"
