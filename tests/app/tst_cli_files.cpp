// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/app/sandbox.h"

using namespace ibidem;

/// Verbs that read and write single files: inspect, recipe, generate, import, system.
class TestCliFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void generatesTheSameBytesEachTime()
    {
        const Answer one =
            m_box.run(words("generate expression --genes 20 --samples 12 --modules 2 --seed 7"));
        const Answer two =
            m_box.run(words("generate expression --genes 20 --samples 12 --modules 2 --seed 7"));
        const Answer other =
            m_box.run(words("generate expression --genes 20 --samples 12 --modules 2 --seed 8"));
        QCOMPARE(one.code, 0);
        QVERIFY(one.out.starts_with("Gene ID\tGene Name\t"));
        QCOMPARE(one.out, two.out);
        QVERIFY(one.out != other.out);
        QCOMPARE(one.err, std::string());
    }

    void doesNotOverwriteWithoutForce()
    {
        QVERIFY(m_box.write("there.tsv", "mine"));
        const QString file = QString::fromStdString(m_box.path("there.tsv"));
        const QStringList line = words("generate expression --genes 20 --samples 12 --modules 2 -o") << file;
        const Answer refused = m_box.run(line);
        QCOMPARE(refused.code, 73);
        QVERIFY(refused.err.find("--force") != std::string::npos);
        QCOMPARE(readFile(m_box.path("there.tsv")).value_or(""), std::string("mine"));
        const Answer forced = m_box.run(QStringList(line) << QStringLiteral("--force"));
        QCOMPARE(forced.code, 0);
        QCOMPARE(forced.out, file.toStdString() + "\n");
        QVERIFY(readFile(m_box.path("there.tsv")).value_or("") != "mine");
    }

    void saysWhereItCannotWrite()
    {
        const Answer answer = m_box.run(words("generate expression -o /nowhere/at/all.tsv"));
        QCOMPARE(answer.code, 73);
        QVERIFY(answer.err.find("/nowhere/at") != std::string::npos);
    }

    void inspectsSeveralFilesAndGoesOnAfterABadOne()
    {
        const QString good = m_box.table();
        QVERIFY(!good.isEmpty());
        QVERIFY(m_box.write("ragged.tsv", "Gene ID\tGene Name\t0_a\t1_b\nG1\t\t1\nG2\t\t1\t2\n"));
        const QString bad = QString::fromStdString(m_box.path("ragged.tsv"));
        const Answer answer = m_box.run(
            {QStringLiteral("inspect"), bad, QStringLiteral("missing.tsv"), good, QStringLiteral("--json")});
        QCOMPARE(answer.code, 65);
        const Json list = answer.json();
        QCOMPARE(list.size(), std::size_t{3});
        QCOMPARE(stringAt(list[0], "error.code").value_or(""), std::string("bad-data"));
        QCOMPARE(stringAt(list[1], "error.code").value_or(""), std::string("input-missing"));
        QCOMPARE(stringAt(list[2], "path").value_or(""), good.toStdString());
        QCOMPARE(stringAt(list[2], "kind").value_or(""), std::string("expression-table"));
        QVERIFY(list[2]["shape"] == Json::array({80, 60}));
        QVERIFY((list[2]["labels"] == Json{{"0", 40}, {"1", 40}}));
        QCOMPARE(stringAt(list[2], "digest").value_or("").size(), std::size_t{64});
        QVERIFY(list[2]["checks"].is_array() && !list[2]["checks"].empty());
        for (const Json &check : list[2]["checks"])
            QVERIFY(check.contains("name") && check.contains("state") && check.contains("message"));
        for (const char *key : {"format", "bytes", "sha256", "sum"})
            QVERIFY2(list[2].contains(key), key);
    }

    void printsResultsOnStandardOutputAndErrorsOnStandardError()
    {
        const QString good = m_box.table("split.tsv");
        const Answer answer = m_box.run({QStringLiteral("inspect"), QStringLiteral("missing.tsv"), good});
        QCOMPARE(answer.code, 66);
        QVERIFY(answer.out.find("80 samples x 60 genes") != std::string::npos);
        QVERIFY(answer.out.find("missing.tsv") == std::string::npos);
        QVERIFY(answer.err.find("missing.tsv") != std::string::npos);
        QVERIFY2(answer.err.find('\x1b') == std::string::npos, "colours where there is no terminal");
    }

    void saysThatAFormatIsNotSupportedYet()
    {
        QVERIFY(m_box.write("brain.nrrd", "NRRD0004\ntype: short\n"));
        const Answer answer =
            m_box.run({QStringLiteral("inspect"), QString::fromStdString(m_box.path("brain.nrrd"))});
        QCOMPARE(answer.code, 69);
        // HDF5 is read; what only begins like it, or is only called so, is damaged.
        QVERIFY(m_box.write("cells.h5ad", std::string("\x89HDF\r\n\x1a\n", 8) + std::string(512, '\0')));
        QVERIFY(m_box.write("named.h5", "gene,a\n"));
        for (const char *const name : {"cells.h5ad", "named.h5"})
            QCOMPARE(m_box.run({QStringLiteral("inspect"), QString::fromStdString(m_box.path(name))}).code,
                     65);
    }

    void writesALogFile()
    {
        const QString log = QString::fromStdString(m_box.path("log.txt"));
        const Answer answer = m_box.run(
            {QStringLiteral("inspect"), QStringLiteral("missing.tsv"), QStringLiteral("--log-file"), log});
        QCOMPARE(answer.code, 66);
        QVERIFY(readFile(m_box.path("log.txt")).value_or("").find("error: missing.tsv") != std::string::npos);
        const Answer nowhere = m_box.run(words("recipe list --log-file /nowhere/log"));
        QCOMPARE(nowhere.code, 73);
    }

    void listsShowsAndChecksRecipes()
    {
        const Answer list = m_box.run(words("recipe list --json"));
        QCOMPARE(list.code, 0);
        QVERIFY(list.out.find("lcep-xgboost") != std::string::npos);
        const Answer show = m_box.run(words("recipe show lcep-xgboost"));
        QCOMPARE(show.code, 0);
        QCOMPARE(integerAt(show.json(), "model.rounds").value_or(0), std::int64_t{1000});
        QCOMPARE(m_box.run(words("recipe show lcep-xgbost")).code, 78);
        QVERIFY(m_box.write("spec.json", show.out));
        const Answer sound =
            m_box.run({QStringLiteral("recipe"), QStringLiteral("check"), QStringLiteral("spec.json")});
        QCOMPARE(sound.code, 0);
        QVERIFY(sound.out.find("sound") != std::string::npos);
        QVERIFY2(sound.err.find("names no training data") != std::string::npos, sound.err.c_str());
        QVERIFY(m_box.write("data.json", R"({"recipe":"lcep-xgboost","data":{"train":"table.tsv"}})"));
        const Answer withData = m_box.run(words("recipe check data.json"));
        QCOMPARE(withData.code, 0);
        QVERIFY2(withData.out.find("(no default)") != std::string::npos, withData.out.c_str());
        QCOMPARE(withData.err, std::string());
        QVERIFY(m_box.write("bad.toml", "recipe = \"lcep-xgboost\"\n[model]\nrounds = 0\n"));
        const Answer bad = m_box.run(words("recipe check bad.toml"));
        QCOMPARE(bad.code, 78);
        QVERIFY(bad.err.find("rounds") != std::string::npos);
        QCOMPARE(m_box.run(words("recipe check nothing.json")).code, 66);
    }

    void refusesModelsThatAreNone()
    {
        QVERIFY(m_box.write("model.bin", std::string(300, 'x')));
        QCOMPARE(m_box.run(words("import model.bin --out imported")).code, 65);
        QCOMPARE(m_box.run(words("import missing.bin --out imported")).code, 66);
        QVERIFY(!QFile::exists(QString::fromStdString(m_box.path("imported"))));
    }

    void describesTheMachine()
    {
        const Answer answer = m_box.run(words("system --json"));
        QCOMPARE(answer.code, 0);
        for (const char *key : {"cpu", "os", "libc", "libraries"})
            QVERIFY2(answer.json().contains(key), key);
        QCOMPARE(m_box.run(words("system")).code, 0);
    }

private:
    Sandbox m_box;
};

QTEST_GUILESS_MAIN(TestCliFiles)
#include "tst_cli_files.moc"
