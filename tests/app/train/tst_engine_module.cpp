// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/engine_module.h"
#include "models/train/fixed/fixed_network.h"
#include "models/train/reproducibility/effective_state.h"
#include "models/train/reproducibility/system_facts.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace ibidem;

class TestEngineModule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aMissingModuleIsNamedWithACure();
    void aFileThatIsNoModuleIsRefused();
    void loadsTheEngineAndItsLibrariesShow();

private:
    spec::RunSpec m_spec;
    spec::Network m_network = spec::autoencoder({20, {8}, 4});
    QTemporaryDir m_folder;
};

void TestEngineModule::init()
{
    m_spec.kind = spec::ModelKind::Autoencoder;
    m_spec.level = spec::Level::Deterministic;
    m_spec.device = "cpu";
    m_spec.threads = 1;
    m_spec.isa = train::availableIsas().back();
    train::applyPins(m_spec);
    qputenv("IBIDEM_MODULES", m_folder.path().toUtf8());
}

void TestEngineModule::aMissingModuleIsNamedWithACure()
{
    const auto engine = app::loadLibraryEngine({m_spec, m_network, 4});
    QVERIFY(!engine);
    QVERIFY(engine.error().code == ErrorCode::Unavailable);
    QVERIFY(engine.error().message.find("ibidem-library.so") != std::string::npos);
    QVERIFY(engine.error().cure.find("portable") != std::string::npos);
}

void TestEngineModule::aFileThatIsNoModuleIsRefused()
{
    QFile file(m_folder.filePath(QStringLiteral("ibidem-library.so")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not a library");
    file.close();
    const auto engine = app::loadLibraryEngine({m_spec, m_network, 4});
    QVERIFY(!engine);
    QVERIFY(engine.error().code == ErrorCode::Unavailable);
    QVERIFY(engine.error().message.find("cannot be loaded") != std::string::npos);
    QVERIFY(file.remove());
}

void TestEngineModule::loadsTheEngineAndItsLibrariesShow()
{
    const std::filesystem::path folder =
        std::filesystem::path(qgetenv("IBIDEM_BIN").toStdString()).parent_path() / "lib";
    if (!std::filesystem::exists(folder / "ibidem-library.so"))
        QSKIP("the library engine was not built: LibTorch is not set up");
    qputenv("IBIDEM_MODULES", folder.c_str());
    const auto engine = app::loadLibraryEngine({m_spec, m_network, 4});
    QVERIFY2(engine, engine ? "" : describe(engine.error()).c_str());
    train::initialWeights(m_network, 1, *(*engine)->weights());
    QVERIFY((*engine)->differentiate(std::vector<float>(80, 0.5F), 4));
    const Json libraries = train::environmentFacts()["libraries"];
    const auto found = [&](std::string_view start) {
        for (const Json &library : libraries)
            if (library["name"].get<std::string>().starts_with(start))
                return library;
        return Json(nullptr);
    };
    for (const char *name : {"libtorch_cpu.so", "libc10.so", "libgomp.so"}) {
        const Json library = found(name);
        QVERIFY2(library.is_object(), name);
        QVERIFY2(library["sha256"].is_string(), name);
    }
    QVERIFY(found("libtorch_cpu.so")["version"] == "2.11.0");
    QVERIFY(found("libxgboost").is_null()); // only what is loaded
}

QTEST_GUILESS_MAIN(TestEngineModule)
#include "tst_engine_module.moc"
