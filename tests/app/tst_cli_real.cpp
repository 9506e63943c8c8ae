// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "tests/app/sandbox.h"
#include "tests/test_data.h"

#include <cmath>
#include <map>

using namespace ibidem;

/// The paper's liver-cancer data and the published model.
class TestCliReal : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void trainsThePapersClassifierAndRepeatsIt()
    {
        IBIDEM_REAL_DATA(data);
        const auto train = [&](const QString &name, const QString &seed) {
            return m_box.run({QStringLiteral("train"), QStringLiteral("lcep-xgboost"),
                              QStringLiteral("--data"), file(data, "lcep_train.tsv"),
                              QStringLiteral("--test"), file(data, "lcep_test.tsv"),
                              QStringLiteral("--device"), QStringLiteral("cpu"), QStringLiteral("--seed"),
                              seed, QStringLiteral("--json"), QStringLiteral("--out"), name});
        };
        const Answer first = train(QStringLiteral("first"), QStringLiteral("0"));
        QCOMPARE(first.code, 0);
        const double accuracy = numberAt(first.json(), "metrics.test.accuracy").value_or(0.0);
        const double logloss = numberAt(first.json(), "metrics.test.logloss").value_or(1.0);
        QVERIFY2(accuracy >= 0.978 && accuracy <= 1.0, formatDouble(accuracy).c_str());
        QVERIFY2(logloss >= 0.025 && logloss <= 0.055, formatDouble(logloss).c_str());
        QVERIFY2(first.out.find("confounded") != std::string::npos,
                 "class and study are confounded in these data");
        const Answer again = m_box.run(words("rerun first --json"));
        QCOMPARE(again.code, 0);
        QCOMPARE(stringAt(again.json(), "chain"), stringAt(first.json(), "chain"));
        QCOMPARE(train(QStringLiteral("other"), QStringLiteral("1")).code, 0);
        const Answer compared = m_box.run(words("compare first other"));
        QCOMPARE(compared.code, 1);
        QVERIFY(compared.out.find("reproducibility.seed") != std::string::npos);
    }

    void thePublishedModelGivesThePublishedNumbers()
    {
        IBIDEM_REAL_DATA(data);
        QCOMPARE(m_box
                     .run({QStringLiteral("import"), file(data, "lcep-package_model_2021-04-08_v2.xgb"),
                           QStringLiteral("--genes-from"), file(data, "lcep_train.tsv"),
                           QStringLiteral("--out"), QStringLiteral("published")})
                     .code,
                 0);
        const Answer answer = m_box.run({QStringLiteral("evaluate"), QStringLiteral("published"),
                                         file(data, "lcep_test.tsv"), QStringLiteral("--json")});
        QCOMPARE(answer.code, 0);
        const double logloss = numberAt(answer.json(), "metrics.logloss").value_or(0.0);
        QVERIFY2(std::fabs(logloss - 0.037873) < 5e-7, formatDouble(logloss).c_str());
        const Json counts = answer.json()["confusion"]["counts"];
        QCOMPARE(counts[0][0].get<int>() + counts[1][1].get<int>(), 139);
        QCOMPARE(m_box.run(words("rerun published")).code, 65);
    }

    /// Also without knowing the genes: by their order.
    void thePublishedModelGivesThePublishedMargins()
    {
        IBIDEM_REAL_DATA(data);
        QCOMPARE(m_box
                     .run({QStringLiteral("import"), file(data, "lcep-package_model_2021-04-08_v2.xgb"),
                           QStringLiteral("--out"), QStringLiteral("nameless")})
                     .code,
                 0);
        std::map<std::string, double> expected;
        const std::string reference =
            readFile(data / "mlf-core" / "lcep_reference_predictions_model_v2.tsv").value_or("");
        for (const std::string_view row : split(reference, '\n')) {
            const auto cells = split(row, '\t');
            if (cells.size() == 5 && parseDouble(cells[3]))
                expected[std::string(cells[1].substr(cells[1].find('_') + 1))] = *parseDouble(cells[3]);
        }
        QCOMPARE(expected.size(), std::size_t{560});
        std::size_t compared = 0;
        for (const char *table : {"lcep_train.tsv", "lcep_test.tsv"}) {
            const Answer answer =
                m_box.run({QStringLiteral("predict"), QStringLiteral("nameless"), file(data, table)});
            QCOMPARE(answer.code, 0);
            QVERIFY(answer.err.find("by their order") != std::string::npos);
            for (const std::string_view row : split(answer.out, '\n')) {
                const auto cells = split(row, '\t');
                if (cells.size() != 5 || cells[0] == "sample")
                    continue;
                const auto found = expected.find(std::string(cells[0]));
                QVERIFY(found != expected.end());
                QVERIFY(std::fabs(parseDouble(cells[2]).value_or(1e9) - found->second) <= 1e-5);
                ++compared;
            }
        }
        QCOMPARE(compared, std::size_t{560});
    }

private:
    static QString file(const std::filesystem::path &data, const char *name)
    {
        return QString::fromStdString((data / "mlf-core" / name).string());
    }

    Sandbox m_box;
};

QTEST_GUILESS_MAIN(TestCliReal)
#include "tst_cli_real.moc"
