// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/train/reproducibility/system_facts.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <filesystem>
#include <functional>
#include <set>
#include <unistd.h>

using namespace ibidem;

namespace {

/// Calls back for every member of every object, with its parent.
void walk(const Json &json, const std::function<void(const Json &, const std::string &, const Json &)> &visit)
{
    if (json.is_array())
        for (const Json &element : json)
            walk(element, visit);
    if (!json.is_object())
        return;
    for (const auto &[key, value] : json.items()) {
        visit(json, key, value);
        walk(value, visit);
    }
}

void writeProgram(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

} // namespace

class TestSystemFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void namesEveryScope();
    void nothingIsSilentlyAbsent();
    void describesTheProcessor();
    void digestsTheDependencies();
    void environmentRepeatsItself();
    void environmentNamesNoHostUserOrPath();
    void environmentListsLoadedLibraries();
    void asksProgramsForTheirVersion();
    void aProgramThatHangsIsGivenUp();
};

void TestSystemFacts::initTestCase()
{
    // No compiler is asked but by the tests that bring their own.
    qputenv("PATH", "/nowhere");
}

void TestSystemFacts::namesEveryScope()
{
    const Json facts = train::systemFacts({});
    for (const char *scope :
         {"cpu", "gpus", "ram", "host", "os", "hdd", "swap", "network", "software", "isa", "libc",
          "libraries", "loadedLibraries", "cuda", "threads", "locale", "environment", "floatingPoint"})
        QVERIFY2(facts.contains(scope), scope);
    QVERIFY(facts["gpus"].empty() == facts.contains("gpusWhy"));
    QVERIFY(facts["libraries"].empty() && facts.contains("librariesWhy"));
    QVERIFY(canonicalJson(facts));
}

void TestSystemFacts::nothingIsSilentlyAbsent()
{
    Json facts = train::systemFacts({});
    facts.erase("environment"); // there null means "not set"
    facts.erase("locale");
    walk(facts, [](const Json &parent, const std::string &key, const Json &value) {
        if (!value.is_null())
            return;
        const bool explained =
            parent.contains("why") && (parent["why"].is_string() || parent["why"].contains(key));
        QVERIFY2(explained, key.c_str());
    });
}

void TestSystemFacts::describesTheProcessor()
{
    const Json facts = train::environmentFacts();
    QVERIFY(facts["cpu"]["logicalCores"].get<int>() >= 1);
    QVERIFY(facts["cpu"]["brand"].is_string());
    QVERIFY(facts["ram"]["totalMebibytes"].get<std::uint64_t>() > 100);
    QVERIFY(facts["isa"][0] == "scalar");
}

void TestSystemFacts::digestsTheDependencies()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    QVERIFY(makeFolder(root / "xgboost/lib") && makeFolder(root / "torch/lib") &&
            makeFolder(root / "nvidia/cu13/lib"));
    QVERIFY(writeFileAtomically(root / "xgboost/lib/libxgboost.so", "trees"));
    std::filesystem::create_symlink("libxgboost.so", root / "xgboost/lib/libxgboost.so.3");
    QVERIFY(writeFileAtomically(root / "xgboost.version", "3.4.1\n"));
    QVERIFY(writeFileAtomically(root / "torch/lib/libtorch_cpu.so", "tensors"));
    QVERIFY(writeFileAtomically(root / "torch.version", "2.11.0 cuda=no\n"));
    QVERIFY(writeFileAtomically(root / "nvidia/cu13/lib/libcudart.so.13", "runtime"));
    QVERIFY(writeFileAtomically(root / "nvidia/cu13/lib/libother.so", "other"));
    const Json libraries = train::systemFacts(root)["libraries"];
    QCOMPARE(libraries.size(), std::size_t{3});
    QVERIFY(libraries[0]["name"] == "libcudart.so.13" && libraries[0]["version"] == "13");
    QVERIFY(libraries[1]["name"] == "libtorch_cpu.so" && libraries[1]["version"] == "2.11.0");
    QVERIFY(libraries[2]["name"] == "libxgboost.so" && libraries[2]["version"] == "3.4.1");
    QVERIFY(libraries[2]["sha256"] == sha256Hex("trees") && libraries[2]["bytes"] == 5);
}

void TestSystemFacts::environmentRepeatsItself()
{
    QCOMPARE(*canonicalJson(train::environmentFacts()), *canonicalJson(train::environmentFacts()));
}

void TestSystemFacts::environmentNamesNoHostUserOrPath()
{
    const Json facts = train::environmentFacts();
    std::array<char, 256> host{};
    QCOMPARE(::gethostname(host.data(), host.size() - 1), 0);
    walk(facts, [&](const Json &, const std::string &key, const Json &value) {
        QVERIFY2(key != "host" && key != "network" && key != "uuid", key.c_str());
        if (!value.is_string())
            return;
        const std::string text = value.get<std::string>();
        QVERIFY2(text.empty() || text.front() != '/', text.c_str());
        QVERIFY2(text.find("/home/") == std::string::npos && text.find("/root") == std::string::npos,
                 text.c_str());
        QVERIFY2(text != host.data(), text.c_str());
    });
}

void TestSystemFacts::environmentListsLoadedLibraries()
{
    const Json libraries = train::environmentFacts()["libraries"];
    std::set<std::string> stems;
    for (const Json &library : libraries) {
        const std::string name = library["name"];
        stems.insert(name.substr(0, name.find(".so")));
        QCOMPARE(library["sha256"].get<std::string>().size(), std::size_t{64});
        QVERIFY(name.find('/') == std::string::npos);
    }
    QVERIFY(stems.contains("libstdc++") && stems.contains("libc") && stems.contains("libm"));
    QVERIFY(!stems.contains("libQt6Core"));
}

void TestSystemFacts::asksProgramsForTheirVersion()
{
    const QTemporaryDir folder;
    writeProgram(folder.filePath("gcc"), "#!/bin/sh\necho gcc-of-this-test 1.2.3\necho more\n");
    writeProgram(folder.filePath("nvcc"), "#!/bin/sh\necho nvcc\necho 'tools, release 13.0, V13.0.1'\n");
    const QByteArray before = qgetenv("PATH");
    qputenv("PATH", folder.path().toUtf8());
    const Json software = train::systemFacts({})["software"];
    qputenv("PATH", before);
    QVERIFY(software["gcc"]["version"] == "gcc-of-this-test 1.2.3");
    QVERIFY(software["nvcc"]["version"] == "tools, release 13.0, V13.0.1");
    QVERIFY(software["clang"]["version"].is_null() && software["clang"]["why"] == "not on PATH");
}

void TestSystemFacts::aProgramThatHangsIsGivenUp()
{
    const QTemporaryDir folder;
    writeProgram(folder.filePath("gcc"), "#!/bin/sh\nexec /bin/sleep 60\n");
    const QByteArray before = qgetenv("PATH");
    qputenv("PATH", folder.path().toUtf8());
    QElapsedTimer timer;
    timer.start();
    const Json software = train::systemFacts({})["software"];
    qputenv("PATH", before);
    QVERIFY(timer.elapsed() < 10'000);
    QVERIFY(software["gcc"]["version"].is_null());
}

QTEST_GUILESS_MAIN(TestSystemFacts)
#include "tst_system_facts.moc"
