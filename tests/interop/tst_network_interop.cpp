// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/runs/manifest.h"
#include "tests/app/sandbox.h"

using namespace ibidem;

namespace {

/// "name value" lines.
double valueOf(const QByteArray &text, const std::string &name)
{
    for (const QByteArray &line : text.split('\n')) {
        const std::string words = line.toStdString();
        if (words.starts_with(name + " "))
            return parseDouble(words.substr(name.size() + 1)).value_or(-1.0);
    }
    return -1.0;
}

} // namespace

/// What PyTorch and anndata make of a run of an autoencoder and of what is exported of it.
class TestNetworkInterop : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_python = qEnvironmentVariable("IBIDEM_PYTHON");
        if (m_python.isEmpty())
            QSKIP("IBIDEM_PYTHON is not set");
        m_cells = m_box.cells();
        QVERIFY(!m_cells.isEmpty());
        QCOMPARE(m_box.run(words("prepare --set minGenes=10 -o prepared.safetensors") << m_cells).code, 0);
    }

    void pytorchComputesWhatTheRunRecorded_data()
    {
        QTest::addColumn<QString>("options");
        QTest::newRow("as published") << "";
        QTest::newRow("sigmoid") << "--set activation=sigmoid --set model.widths=40,20 --set latent=7";
        QTest::newRow("tanh") << "--set activation=tanh --set model.widths=33 --set latent=5";
    }

    void pytorchComputesWhatTheRunRecorded()
    {
        QFETCH(QString, options);
        const std::string run = std::string("run-") + std::to_string(options.size());
        const Answer trained = train(run, options);
        QVERIFY2(trained.code == 0, trained.err.c_str());
        QCOMPARE(m_box
                     .run({QStringLiteral("export"), QString::fromStdString(run), QStringLiteral("--to"),
                           QString::fromStdString(run + ".safetensors")})
                     .code,
                 0);
        const QByteArray said = check("check_weights.py", {run + ".safetensors", "prepared.safetensors",
                                                           run + "/embedding.safetensors"});
        if (said.contains("ModuleNotFoundError"))
            QSKIP("IBIDEM_PYTHON has no torch or safetensors");
        QVERIFY2(!said.startsWith("failed"), said.constData());
        constexpr double kTolerance = 1e-5;
        for (const char *what : {"embedding", "cells", "genes"}) {
            const double difference = valueOf(said, what);
            QVERIFY2(difference >= 0.0 && difference <= kTolerance, said.constData());
        }
        QVERIFY2(valueOf(said, "parameters") > 100.0, said.constData());
        QVERIFY2(valueOf(said, "changed") > 10 * kTolerance, said.constData()); // the check can fail
    }

    void anndataReadsExportedCells()
    {
        const QByteArray annotated = check("annotate_genes.py", {m_cells.toStdString()});
        if (annotated.contains("ModuleNotFoundError"))
            QSKIP("IBIDEM_PYTHON has no anndata");
        QVERIFY2(!annotated.startsWith("failed"), annotated.constData());
        QVERIFY(train("cells", QStringLiteral("--set minGenes=130")).code == 0);
        QCOMPARE(m_box.run(words("export cells --to exported.h5ad")).code, 0);
        const QByteArray said =
            check("check_cells.py", {"exported.h5ad", m_cells.toStdString(), "cells/embedding.safetensors"});
        if (said.contains("ModuleNotFoundError"))
            QSKIP("IBIDEM_PYTHON has no anndata or safetensors");
        QVERIFY2(!said.startsWith("failed"), said.constData());
        QCOMPARE(said, QByteArray("cells 196 genes 150 latent 32\n")); // four cells were dropped
        // Control: the embedding of another run is not what is in the file.
        QVERIFY(train("others", QStringLiteral("--set minGenes=130 --seed 1")).code == 0);
        const QByteArray wrong =
            check("check_cells.py", {"exported.h5ad", m_cells.toStdString(), "others/embedding.safetensors"});
        QVERIFY2(wrong.startsWith("failed") && wrong.contains("X_ae"), wrong.constData());
    }

private:
    [[nodiscard]] Answer train(const std::string &run, const QString &options) const
    {
        QStringList line = words("train sc-autoencoder --epochs 5 --set batchSize=64 --data") << m_cells;
        if (!options.contains(QLatin1String("minGenes")))
            line += words("--set minGenes=10");
        return m_box.run(line + words(options.toUtf8().constData()) +
                         QStringList{QStringLiteral("--out"), QString::fromStdString(run)});
    }

    /// What a script says, or "failed" and its error.
    [[nodiscard]] QByteArray check(const char *script, const std::vector<std::string> &files) const
    {
        QStringList arguments{qEnvironmentVariable("IBIDEM_SOURCE") + QStringLiteral("/tests/interop/") +
                              QString::fromLatin1(script)};
        for (const std::string &file : files)
            arguments << QString::fromStdString(file.starts_with("/") ? file : m_box.path(file));
        QProcess python;
        python.start(m_python, arguments);
        if (!python.waitForFinished(200'000) || python.exitCode() != 0)
            return "failed: " + python.readAllStandardError();
        return python.readAllStandardOutput();
    }

    Sandbox m_box;
    QString m_python;
    QString m_cells;
};

QTEST_GUILESS_MAIN(TestNetworkInterop)
#include "tst_network_interop.moc"
