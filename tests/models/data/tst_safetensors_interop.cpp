// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors.h"
#include "tests/models/data/container_samples.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace ibidem;
using namespace ibidem::data;

/// With the Python package `safetensors` of the interpreter IBIDEM_PYTHON.
class TestSafetensorsInterop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pythonReadsOurs();
    void weReadPythons();
    void pythonRefusesWhatWeRefuse_data();
    void pythonRefusesWhatWeRefuse();

private:
    /// Standard output, or the error in its place.
    QByteArray runPython(const QString &script, const QString &argument) const;

    QString m_python;
    QTemporaryDir m_folder;
};

void TestSafetensorsInterop::initTestCase()
{
    m_python = qEnvironmentVariable("IBIDEM_PYTHON");
    if (m_python.isEmpty())
        QSKIP("IBIDEM_PYTHON is not set");
}

QByteArray TestSafetensorsInterop::runPython(const QString &script, const QString &argument) const
{
    QProcess python;
    python.start(m_python, {QStringLiteral("-c"), script, argument});
    if (!python.waitForFinished(60'000) || python.exitCode() != 0)
        return "failed: " + python.readAllStandardError();
    return python.readAllStandardOutput();
}

void TestSafetensorsInterop::pythonReadsOurs()
{
    const QString path = m_folder.filePath(QStringLiteral("ours.safetensors"));
    const SampleTensors sample;
    QVERIFY(writeSafetensors(path.toStdString(), sample.views(), SampleTensors::metadata()));
    const QString script = QStringLiteral(R"(
import sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as f:
    print(sorted(f.metadata().items()))
    for name in sorted(f.keys()):
        t = f.get_tensor(name)
        print(name, t.dtype, t.shape, t.tobytes().hex())
)");
    const QByteArray expected = "[('format', 'test'), ('note', 'line\\n\"quoted\" \xC3\xA9')]\n"
                                "bytes uint8 (3, 1) 070809\n"
                                "doubles float64 (2, 3) 000000000000f83f00000000000000809c7500883ce4377e"
                                "9a9999999999b93f00000000000000400000000000000840\n"
                                "floats float32 (2,) 0000803f00000040\n"
                                "integers int32 (3,) ffffffff0200000003000000\n"
                                "names uint8 (8,) 67c3a96e65006200\n"
                                "nothing float32 (0, 4) \n"
                                "scalar int64 () d6ffffffffffffff\n";
    QCOMPARE(runPython(script, path), expected);
}

void TestSafetensorsInterop::weReadPythons()
{
    const QString path = m_folder.filePath(QStringLiteral("python.safetensors"));
    const QString script = QStringLiteral(R"(
import sys
import numpy as np
from safetensors.numpy import save_file
save_file({"d": np.array([[1.5, -0.0], [1e300, 0.1]]), "f": np.arange(5, dtype=np.float32),
           "h": np.array([1.0], dtype=np.float16), "b": np.array([True, False, True]),
           "i": np.array([-1], dtype=np.int64), "u": np.array([2**64 - 1], dtype=np.uint64),
           "e": np.zeros((0, 3), dtype=np.float32), "s": np.array(7, dtype=np.int32)}, sys.argv[1],
          metadata={"who": "python \u00e9"})
)");
    QCOMPARE(runPython(script, path), QByteArray());
    const auto file = Safetensors::open(path.toStdString());
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QCOMPARE(file->tensors().size(), std::size_t{8});
    QVERIFY(file->metadata().at("who") == "python \xC3\xA9");
    QVERIFY(std::ranges::equal(*file->values<double>("d"), std::array{1.5, -0.0, 1e300, 0.1}));
    QVERIFY((file->find("d")->shape == std::vector<std::uint64_t>{2, 2}));
    QVERIFY(std::ranges::equal(*file->values<float>("f"), std::array{0.0F, 1.0F, 2.0F, 3.0F, 4.0F}));
    QVERIFY(file->find("h")->dtype == DType::F16);
    QVERIFY(file->find("b")->dtype == DType::Bool);
    QCOMPARE(file->values<std::int64_t>("i")->front(), std::int64_t{-1});
    QCOMPARE(file->values<std::uint64_t>("u")->front(), ~std::uint64_t{0});
    QVERIFY((file->find("e")->shape == std::vector<std::uint64_t>{0, 3}));
    QVERIFY(file->find("s")->shape.empty());
    QCOMPARE(file->values<std::int32_t>("s")->front(), 7);
}

void TestSafetensorsInterop::pythonRefusesWhatWeRefuse_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("sound") << QByteArray(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})") << true;
    QTest::newRow("hole") << QByteArray(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})") << false;
    QTest::newRow("rest") << QByteArray(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})") << false;
    QTest::newRow("overlap")
        << QByteArray(
               R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})")
        << false;
    QTest::newRow("size") << QByteArray(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,3]}})") << false;
    QTest::newRow("type") << QByteArray(R"({"a":{"dtype":"X9","shape":[3],"data_offsets":[0,3]}})") << false;
}

void TestSafetensorsInterop::pythonRefusesWhatWeRefuse()
{
    QFETCH(QByteArray, header);
    QFETCH(bool, accepted);
    const QString path = m_folder.filePath(QStringLiteral("made.safetensors"));
    QVERIFY(writeFileAtomically(path.toStdString(), fileOf(header.toStdString(), "abc")));
    const QString script =
        QStringLiteral("import sys\nfrom safetensors import safe_open\n"
                       "try:\n    safe_open(sys.argv[1], framework='np').keys()\n    print('yes')\n"
                       "except Exception:\n    print('no')\n");
    QCOMPARE(runPython(script, path), QByteArray(accepted ? "yes\n" : "no\n"));
    QCOMPARE(Safetensors::open(path.toStdString()).has_value(), accepted);
}

QTEST_GUILESS_MAIN(TestSafetensorsInterop)
#include "tst_safetensors_interop.moc"
