// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/cell_preparation.h"

#include <QTest>

using namespace ibidem;
using namespace ibidem::spec;

/// The parameters of the preparation of single-cell matrices: JSON, overrides, ranges.
class TestCellPreparation : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void theDefaultsAreThoseOfTheRecipe()
    {
        const CellPreparation preparation;
        QVERIFY(preparation.toJson() == (Json{{"minGenes", 200},
                                              {"minCells", 3},
                                              {"normalise", true},
                                              {"targetSum", 10000.0},
                                              {"logarithm", true},
                                              {"selectGenes", true},
                                              {"minMean", 0.0125},
                                              {"maxMean", 3.0},
                                              {"minDispersion", 0.5},
                                              {"bins", 20},
                                              {"scale", true},
                                              {"zeroCentre", true},
                                              {"maxValue", 3.0}}));
        QVERIFY(validate(preparation).has_value());
    }

    void eachMemberGoesThroughJson()
    {
        CellPreparation preparation;
        preparation.minGenes = 1;
        preparation.minCells = 2;
        preparation.normalise = false;
        preparation.targetSum = 1e6;
        preparation.logarithm = false;
        preparation.selectGenes = false;
        preparation.minMean = 0.1;
        preparation.maxMean = 8.0;
        preparation.minDispersion = -1.0;
        preparation.bins = 7;
        preparation.scale = false;
        preparation.zeroCentre = false;
        preparation.maxValue = 0.0;
        const auto read = CellPreparation::fromJson(preparation.toJson());
        QVERIFY(read.has_value());
        QVERIFY(*read == preparation);
        QVERIFY(!(*read == CellPreparation()));
        QCOMPARE(preparation.toJson().size(), std::size_t{13});
    }

    void absentKeysKeepTheDefaults()
    {
        const auto read = CellPreparation::fromJson(Json{{"minGenes", 20}});
        CellPreparation expected;
        expected.minGenes = 20;
        QVERIFY(read.has_value());
        QVERIFY(*read == expected);
    }

    void unknownKeysNameTheNearest()
    {
        const auto read = CellPreparation::fromJson(Json{{"minGene", 20}});
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadSpec);
        QCOMPARE(read.error().cure, std::string("did you mean \"preparation.minGenes\"?"));
        const auto far = CellPreparation::fromJson(Json{{"somethingElseAltogether", 20}});
        QVERIFY(!far);
        QVERIFY(far.error().cure.find("zeroCentre") != std::string::npos);
    }

    void wrongTypesAreBadSpec_data()
    {
        QTest::addColumn<QString>("json");
        QTest::newRow("text for a number") << QStringLiteral("{\"minGenes\":\"many\"}");
        QTest::newRow("a fraction for a count") << QStringLiteral("{\"minGenes\":2.5}");
        QTest::newRow("too large a count") << QStringLiteral("{\"minGenes\":99999999999}");
        QTest::newRow("far too large a count") << QStringLiteral("{\"minGenes\":18446744073709551615}");
        QTest::newRow("a number for a switch") << QStringLiteral("{\"scale\":1}");
        QTest::newRow("a list") << QStringLiteral("{\"maxMean\":[1]}");
        QTest::newRow("null") << QStringLiteral("{\"maxMean\":null}");
        QTest::newRow("no object") << QStringLiteral("[]");
    }

    void wrongTypesAreBadSpec()
    {
        QFETCH(QString, json);
        const auto parsed = parseJson(json.toStdString());
        QVERIFY(parsed.has_value());
        const auto read = CellPreparation::fromJson(*parsed);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadSpec);
    }

    void overridesTakeBothForms()
    {
        const auto read = withOverrides(
            {}, {"minGenes=20", "preparation.maxMean = 8", "scale=false", "preparation.targetSum=1e6"});
        CellPreparation expected;
        expected.minGenes = 20;
        expected.maxMean = 8.0;
        expected.scale = false;
        expected.targetSum = 1e6;
        QVERIFY(read.has_value());
        QVERIFY(*read == expected);
    }

    void wrongOverridesAreBadSpec_data()
    {
        QTest::addColumn<QString>("assignment");
        QTest::addColumn<QString>("says");
        QTest::newRow("no value") << QStringLiteral("minGenes") << QStringLiteral("no assignment");
        QTest::newRow("empty value") << QStringLiteral("minGenes=") << QStringLiteral("a whole number");
        QTest::newRow("a word") << QStringLiteral("minGenes=few") << QStringLiteral("preparation.minGenes");
        QTest::newRow("yes") << QStringLiteral("scale=yes") << QStringLiteral("true or false");
        QTest::newRow("unknown") << QStringLiteral("model.minGenes=1") << QStringLiteral("unknown key");
    }

    void wrongOverridesAreBadSpec()
    {
        QFETCH(QString, assignment);
        QFETCH(QString, says);
        const auto read = withOverrides({}, {assignment.toStdString()});
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadSpec);
        QVERIFY2(read.error().message.find(says.toStdString()) != std::string::npos,
                 read.error().message.c_str());
    }

    void rangesAreChecked_data()
    {
        QTest::addColumn<QString>("assignment");
        QTest::addColumn<bool>("good");
        QTest::newRow("no cell is dropped") << QStringLiteral("minGenes=0") << true;
        QTest::newRow("negative genes") << QStringLiteral("minGenes=-1") << false;
        QTest::newRow("negative cells") << QStringLiteral("minCells=-1") << false;
        QTest::newRow("no sum") << QStringLiteral("targetSum=0") << false;
        QTest::newRow("negative sum") << QStringLiteral("targetSum=-1") << false;
        QTest::newRow("means the wrong way round") << QStringLiteral("minMean=3") << false;
        QTest::newRow("means nearly equal") << QStringLiteral("minMean=2.999") << true;
        QTest::newRow("one bin") << QStringLiteral("bins=1") << true;
        QTest::newRow("no bin") << QStringLiteral("bins=0") << false;
        QTest::newRow("too many bins") << QStringLiteral("bins=1000000") << false;
        QTest::newRow("not clipped") << QStringLiteral("maxValue=0") << true;
        QTest::newRow("clipped below zero") << QStringLiteral("maxValue=-3") << false;
    }

    void rangesAreChecked()
    {
        QFETCH(QString, assignment);
        QFETCH(bool, good);
        const auto preparation = withOverrides({}, {assignment.toStdString()});
        QVERIFY(preparation.has_value());
        const Status status = validate(*preparation);
        QCOMPARE(status.has_value(), good);
        if (!good) {
            QCOMPARE(status.error().code, ErrorCode::BadSpec);
            const std::string key = "preparation." + assignment.section(QLatin1Char('='), 0, 0).toStdString();
            QVERIFY2(status.error().message.find(key) != std::string::npos, status.error().message.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestCellPreparation)
#include "tst_cell_preparation.moc"
