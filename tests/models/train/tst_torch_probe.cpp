// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <cstring>
#include <dlfcn.h>
#include <filesystem>

/// The module of the library engine is built only where LibTorch was set up.
class TestTorchProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void libTorchLoadsAndComputes();
};

void TestTorchProbe::libTorchLoadsAndComputes()
{
    const std::filesystem::path module =
        std::filesystem::path(qgetenv("IBIDEM_BIN").toStdString()).parent_path() / "lib/ibidem-library.so";
    if (!std::filesystem::exists(module))
        QSKIP("the library engine was not built: LibTorch is not set up");
    void *library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
    QVERIFY2(library, ::dlerror());
    void *address = ::dlsym(library, "ibidemLibraryProbe");
    QVERIFY2(address, "the module lacks its entry point");
    const char *(*probe)() = nullptr;
    std::memcpy(&probe, &address, sizeof probe);
    const QString text = QString::fromUtf8(probe());
    QVERIFY2(text.startsWith(QStringLiteral("LibTorch 2.11.")), qPrintable(text));
    QVERIFY2(text.endsWith(QStringLiteral(": 7 10 15 22")), qPrintable(text));
}

QTEST_GUILESS_MAIN(TestTorchProbe)
#include "tst_torch_probe.moc"
