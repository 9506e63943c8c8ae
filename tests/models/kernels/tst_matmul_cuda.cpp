// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The matrix product for GPUs: what the compiler made of it, which needs nvcc only, and its bits, which need
// a GPU.
#include "models/base/philox.h"
#include "models/kernels/cuda/matmul_cuda.h"
#include "models/kernels/matmul.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <cstring>
#include <dlfcn.h>

namespace {

using namespace ibidem;
using namespace ibidem::kernels;

constexpr int kTimeoutMs = 300'000;

/// The operations on single-precision numbers in the PTX of matmul.cu; empty if it cannot be made.
QSet<QString> operationsInPtx(const QStringList &more = {})
{
    QTemporaryDir folder;
    const QString ptx = folder.filePath(QStringLiteral("matmul.ptx"));
    QStringList arguments =
        QString::fromUtf8(IBIDEM_NVCC_OPTIONS).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const QString source = qEnvironmentVariable("IBIDEM_SOURCE");
    arguments << more << QStringLiteral("-I") + source << QStringLiteral("-arch=compute_80")
              << QStringLiteral("-ptx") << source + QStringLiteral("/models/kernels/cuda/matmul.cu")
              << QStringLiteral("-o") << ptx;
    QProcess process;
    process.start(QString::fromUtf8(IBIDEM_NVCC), arguments);
    QFile file(ptx);
    if (!process.waitForFinished(kTimeoutMs) || process.exitCode() != 0 || !file.open(QIODevice::ReadOnly)) {
        qWarning("%s", process.readAllStandardError().constData());
        return {};
    }
    const QString text = QString::fromUtf8(file.readAll());
    QSet<QString> operations;
    static const QRegularExpression pattern(
        QStringLiteral(R"(\b[a-z][a-z0-9_.:]*\.(?:f32|tf32|f16|bf16)[a-z0-9_.]*)"));
    for (auto it = pattern.globalMatch(text); it.hasNext();)
        operations.insert(it.next().captured());
    return operations;
}

/// Moving and comparing numbers, and the two operations of the definition. No max: for NaN it gives the other
/// number, and relu must not.
QStringList forbiddenIn(const QSet<QString> &operations)
{
    static const QSet<QString> allowed = {
        QStringLiteral("fma.rn.f32"), QStringLiteral("add.rn.f32"),  QStringLiteral("mov.f32"),
        QStringLiteral("selp.f32"),   QStringLiteral("setp.lt.f32"),
    };
    QStringList forbidden;
    for (const QString &operation : operations)
        if (!allowed.contains(operation) && !operation.startsWith(QStringLiteral("ld.")) &&
            !operation.startsWith(QStringLiteral("st.")))
            forbidden.append(operation);
    return forbidden;
}

/// The module, if it was built and loads.
class Module
{
public:
    Module()
    {
        const QString path =
            QCoreApplication::applicationDirPath() + QStringLiteral("/../lib/ibidem-kernels-cuda.so");
        m_library = ::dlopen(QFile::encodeName(path).constData(), RTLD_NOW | RTLD_LOCAL);
        find("ibidemCudaDeviceCount", count);
        find("ibidemCudaMatmul", product);
    }

    decltype(&ibidemCudaDeviceCount) count = nullptr;
    decltype(&ibidemCudaMatmul) product = nullptr;

private:
    template <class F>
    void find(const char *name, F &function)
    {
        void *address = m_library ? ::dlsym(m_library, name) : nullptr;
        std::memcpy(&function, &address, sizeof address);
    }

    void *m_library = nullptr;
};

std::vector<float> numbers(std::size_t count, std::uint32_t number)
{
    RandomStream stream(30, RandomPurpose::Test, number);
    std::vector<float> values(count);
    for (float &value : values)
        value = static_cast<float>(stream.normal());
    return values;
}

class TestMatmulCuda : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theCompilerFusedAndApproximatedNothing();
    void aFlushOfDenormalsIsFound();
    void theModuleLoadsWithoutAGpu();
    void theGpuHasTheBitsOfTheDefinition();
};

void TestMatmulCuda::theCompilerFusedAndApproximatedNothing()
{
    const QSet<QString> operations = operationsInPtx();
    QVERIFY(operations.contains(QStringLiteral("fma.rn.f32")));
    QCOMPARE(forbiddenIn(operations), QStringList());
}

void TestMatmulCuda::aFlushOfDenormalsIsFound()
{
    const QSet<QString> operations = operationsInPtx({QStringLiteral("-ftz=true")});
    QVERIFY(!operations.isEmpty());
    QVERIFY(forbiddenIn(operations).contains(QStringLiteral("max.ftz.f32")) ||
            forbiddenIn(operations).contains(QStringLiteral("fma.rn.ftz.f32")));
}

void TestMatmulCuda::theModuleLoadsWithoutAGpu()
{
    const Module module;
    QVERIFY2(module.count && module.product, ::dlerror());
    QVERIFY(module.count() >= 0);
}

void TestMatmulCuda::theGpuHasTheBitsOfTheDefinition()
{
    const Module module;
    QVERIFY(module.count && module.product);
    if (module.count() == 0)
        QSKIP("there is no GPU: the product was built, but not run");
    std::uint32_t number = 0;
    for (const Operands operands : {Operands::NN, Operands::NT, Operands::TN}) {
        for (const MatmulShape &shape :
             {MatmulShape{1, 1, 1}, MatmulShape{70, 65, 3}, MatmulShape{33, 130, 257},
              MatmulShape{256, 256, 1838}, MatmulShape{5, 7, 0}}) {
            const std::vector<float> a = numbers(shape.rows * shape.depth, ++number);
            const std::vector<float> b = numbers(shape.columns * shape.depth, ++number);
            const std::vector<float> bias = numbers(shape.columns, ++number);
            std::vector<float> expected(shape.rows * shape.columns);
            std::vector<float> got(expected.size(), 7.0F);
            matmulReference(operands, shape, a.data(), b.data(), expected.data(),
                            {bias.data(), Activation::Relu});
            QCOMPARE(module.product(static_cast<int>(operands), shape.rows, shape.columns, shape.depth,
                                    a.data(), b.data(), got.data(), bias.data(), 1),
                     0);
            QVERIFY(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)) == 0);
        }
    }
}

} // namespace

QTEST_GUILESS_MAIN(TestMatmulCuda)
#include "tst_matmul_cuda.moc"
