// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/app/sandbox.h"

#include <algorithm>

using namespace ibidem;

/// Generated counts of single cells: what is written is the same everywhere and is what inspect reads.
class TestCliCells : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void generatesTheSameBytesEverywhere_data();
    void generatesTheSameBytesEverywhere();
    void readsWhatItGenerated();
    void leavesNothingBesideTheFile();
    void saysWhenTheConverterIsMissing();
    void refusesWhatItCannotDo_data();
    void refusesWhatItCannotDo();

private:
    [[nodiscard]] Answer generate(const QStringList &more, const std::string &file,
                                  const QProcessEnvironment &where, const QString &folder = {}) const
    {
        return m_box.run(words("generate cells --cells 120 --genes 90 --types 3 --depth 300 --force")
                             << more << QStringLiteral("-o") << QString::fromStdString(file),
                         where, folder);
    }

    [[nodiscard]] Answer generate(const QStringList &more, const std::string &file) const
    {
        return generate(more, file, m_box.environment());
    }

    /// Entries of the sandbox's folder that no test file explains.
    [[nodiscard]] std::vector<std::string> leftovers() const
    {
        auto names = listFolder(m_box.path("")).value_or(std::vector<std::string>());
        std::erase_if(names, [](const std::string &name) { return !name.starts_with("."); });
        return names;
    }

    Sandbox m_box;
};

void TestCliCells::generatesTheSameBytesEverywhere_data()
{
    QTest::addColumn<QString>("suffix");
    QTest::newRow("AnnData") << QStringLiteral(".h5ad");
    QTest::newRow("10x") << QStringLiteral(".h5");
}

void TestCliCells::generatesTheSameBytesEverywhere()
{
    QFETCH(const QString, suffix);
    const auto file = [&](const char *name) { return m_box.path(name + suffix.toStdString()); };
    const Answer first = generate(words("--seed 7"), file("first"));
    QVERIFY2(first.code == 0, first.err.c_str());
    QCOMPARE(first.out, file("first") + "\n");
    const auto bytes = readFile(file("first"));
    QVERIFY(bytes && bytes->size() > 10'000);
    QTest::qSleep(1100); // time stamps of HDF5 count seconds
    QCOMPARE(generate(words("--seed 7"), file("second")).code, 0);
    QVERIFY(readFile(file("second")) == bytes);
    QProcessEnvironment elsewhere = m_box.environment();
    elsewhere.insert(QStringLiteral("LC_ALL"), QStringLiteral("de_DE.UTF-8"));
    elsewhere.insert(QStringLiteral("TZ"), QStringLiteral("Pacific/Auckland"));
    QVERIFY(QDir().mkpath(QString::fromStdString(m_box.path("folder"))));
    const std::string relative = ("third" + suffix).toStdString();
    QCOMPARE(
        generate(words("--seed 7"), relative, elsewhere, QString::fromStdString(m_box.path("folder"))).code,
        0);
    QVERIFY(readFile(m_box.path("folder/" + relative)) == bytes);
    QCOMPARE(generate(words("--seed 8"), file("other")).code, 0);
    QVERIFY(readFile(file("other")) != bytes);
}

void TestCliCells::readsWhatItGenerated()
{
    const Answer made = generate(words("--seed 1 --json"), m_box.path("a.h5ad"));
    QVERIFY2(made.code == 0, made.err.c_str());
    const Answer seen = m_box.run(words("inspect --json") << QString::fromStdString(m_box.path("a.h5ad")));
    QVERIFY2(seen.code == 0, seen.err.c_str());
    const Json summary = seen.json().at(0);
    QCOMPARE(*stringAt(summary, "digest"), *stringAt(made.json(), "digest"));
    QCOMPARE(*stringAt(summary, "sha256"), *stringAt(made.json(), "sha256"));
    QCOMPARE(*stringAt(summary, "format"), std::string("h5ad-2"));
    for (const char *misspelt : {"inspect a.h5ad --label-column celltyp", "inspect a.h5ad --matrix Y"})
        QCOMPARE(m_box.run(words(misspelt)).code, 64);
    QCOMPARE(*stringAt(summary, "labelSource"), std::string("column cell_type"));
    QCOMPARE(summary["labels"].size(), std::size_t{3});
    QVERIFY((summary["shape"] == Json{120, 90}));
    // Control: another seed is another content.
    const Answer other = generate(words("--seed 2 --json"), m_box.path("b.h5ad"));
    QVERIFY(*stringAt(other.json(), "digest") != *stringAt(made.json(), "digest"));
}

void TestCliCells::leavesNothingBesideTheFile()
{
    QCOMPARE(generate({}, m_box.path("c.h5ad")).code, 0);
    QVERIFY(leftovers().empty());
    QVERIFY(m_box.write("there.h5ad", "mine"));
    const QStringList line = words("generate cells --cells 20 --genes 30 -o")
                             << QString::fromStdString(m_box.path("there.h5ad"));
    QCOMPARE(m_box.run(line).code, 73);
    QCOMPARE(readFile(m_box.path("there.h5ad")).value_or(""), std::string("mine"));
    QCOMPARE(m_box.run(QStringList(line) << QStringLiteral("--force")).code, 0);
    QVERIFY(readFile(m_box.path("there.h5ad")).value_or("") != "mine");
}

void TestCliCells::saysWhenTheConverterIsMissing()
{
    QProcessEnvironment alone = m_box.environment();
    alone.insert(QStringLiteral("IBIDEM_BIN"), QString::fromStdString(m_box.path("nowhere")));
    const Answer answer = generate({}, m_box.path("d.h5ad"), alone);
    QCOMPARE(answer.code, 70);
    QVERIFY(answer.err.find("ibidem-convert") != std::string::npos);
    QVERIFY(leftovers().empty());
}

void TestCliCells::refusesWhatItCannotDo_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("said");
    const auto row = [](const char *line, int code, const char *said) {
        QTest::newRow(line) << QString::fromLatin1(line) << code << QString::fromLatin1(said);
    };
    row("--cells 10", 64, "--out");
    row("--cells 10 -o x.tsv", 64, ".h5ad");
    row("--cells 0 -o x.h5ad", 64, "cells: 0");
    row("--cells 5e2 -o x.h5ad", 64, "--cells");
    row("--dropout 2 -o x.h5ad", 64, "dropout: 2");
    row("--cells 9 -o no/such/folder/x.h5ad", 73, "written");
}

void TestCliCells::refusesWhatItCannotDo()
{
    QFETCH(const QString, line);
    QFETCH(const int, code);
    QFETCH(const QString, said);
    const Answer answer = m_box.run(words(("generate cells " + line.toStdString()).c_str()));
    QCOMPARE(answer.code, code);
    QVERIFY2(answer.err.find(said.toStdString()) != std::string::npos, answer.err.c_str());
    QVERIFY(leftovers().empty());
}

QTEST_GUILESS_MAIN(TestCliCells)
#include "tst_cli_cells.moc"
