// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/tree_ensemble.h"
#include "models/train/trees/xgboost_api.h"
#include "tests/models/train/synthetic_expression.h"
#include "tests/test_data.h"

#include <QTest>

#include <xgboost/c_api.h>

#include <cstring>
#include <limits>

using namespace ibidem;
using namespace ibidem::train;

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

void require(const Status &status)
{
    if (!status)
        qFatal("%s", describe(status.error()).c_str());
}

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::vector<float> ownMargins(const data::TreeEnsemble &ensemble, const std::vector<float> &values)
{
    const std::size_t rows = values.size() / ensemble.featureCount;
    std::vector<float> margins(rows * ensemble.groupCount);
    for (std::size_t row = 0; row < rows; ++row)
        ensemble.predictMargins(std::span(values).subspan(row * ensemble.featureCount, ensemble.featureCount),
                                std::span(margins).subspan(row * ensemble.groupCount, ensemble.groupCount),
                                ensemble.roundCount());
    return margins;
}

/// Margins by XGBoost itself, of a model given as bytes.
std::vector<float> libraryMargins(const std::string &model, const std::vector<float> &values,
                                  std::size_t columns)
{
    BoosterHandle booster = nullptr;
    if (XGBoosterCreate(nullptr, 0, &booster) != 0 ||
        XGBoosterLoadModelFromBuffer(booster, model.data(), model.size()) != 0)
        qFatal("XGBoost does not load the model: %s", XGBGetLastError());
    const Matrix matrix = Matrix::create(values, columns, 1).value();
    const bst_ulong *shape = nullptr;
    bst_ulong dimensions = 0;
    const float *found = nullptr;
    if (XGBoosterPredictFromDMatrix(
            booster, matrix.handle(),
            R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})",
            &shape, &dimensions, &found) != 0)
        qFatal("XGBoost does not predict: %s", XGBGetLastError());
    std::vector<float> margins(found, found + shape[0] * shape[1]);
    XGBoosterFree(booster);
    return margins;
}

/// Trained by the library alone, with missing values, gamma (so that nodes are pruned) and another base
/// score.
std::string trainedModel(const prepare::PreparedExpression &data, const std::vector<float> &values,
                         const std::string &baseScore)
{
    Matrix matrix = Matrix::create(values, data.geneIds.size(), 1).value();
    require(matrix.setLabels(data.train.classes));
    Booster booster = Booster::create({&matrix}).value();
    require(booster.setFeatureNames(data.geneIds));
    const std::size_t classes = data.classNames.size();
    for (const auto &[name, value] : std::vector<std::pair<std::string, std::string>>{
             {"objective", classes > 2 ? "multi:softprob" : "binary:logistic"},
             {"num_class", classes > 2 ? std::to_string(classes) : "0"},
             {"base_score", baseScore},
             {"tree_method", "hist"},
             {"gamma", "0.5"},
             {"max_depth", "5"},
             {"nthread", "1"}})
        require(booster.set(name, value));
    for (int round = 0; round < 25; ++round)
        require(booster.update(round, matrix));
    return booster.model().value();
}

std::vector<float> withGaps(std::vector<float> values)
{
    for (std::size_t i = 0; i < values.size(); i += 7)
        values[i] = std::numeric_limits<float>::quiet_NaN();
    return values;
}

} // namespace

class TestXgboostAgrees : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { silenceXgboost(); }

    void ownMarginsAreTheLibrarys_data();
    void ownMarginsAreTheLibrarys();
    void importedModelLoadsInTheLibrary();
};

void TestXgboostAgrees::ownMarginsAreTheLibrarys_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<QString>("baseScore");
    QTest::newRow("two classes") << 2 << "0.5";
    QTest::newRow("two classes, base score 0.3") << 2 << "0.3";
    QTest::newRow("four classes") << 4 << "0.5";
}

void TestXgboostAgrees::ownMarginsAreTheLibrarys()
{
    QFETCH(int, classes);
    QFETCH(QString, baseScore);
    const auto data = syntheticExpression(static_cast<std::size_t>(classes));
    const std::vector<float> values = withGaps(data.train.values);
    const std::string model = trainedModel(data, values, baseScore.toStdString());
    const auto ensemble = data::parseXgboostUbjson(bytesOf(model), "model.ubj");
    QVERIFY2(ensemble.has_value(), ensemble ? "" : describe(ensemble.error()).c_str());
    QCOMPARE(ensemble->featureNames, data.geneIds);
    QCOMPARE(ensemble->roundCount(), std::size_t{25});
    const std::vector<float> library = libraryMargins(model, values, data.geneIds.size());
    QVERIFY(sameBits(ownMargins(*ensemble, values), library));

    const auto written = data::xgboostUbjson(*ensemble);
    QVERIFY(written.has_value());
    QVERIFY(sameBits(libraryMargins(*written, values, data.geneIds.size()), library));
    QVERIFY(*data::parseXgboostUbjson(bytesOf(*written), "again.ubj") == *ensemble);

    data::TreeEnsemble changed = *ensemble;
    for (data::TreeNode &node : changed.trees[0].nodes)
        node.value = -node.value;
    QVERIFY(!sameBits(ownMargins(changed, values), library));
}

void TestXgboostAgrees::importedModelLoadsInTheLibrary()
{
    IBIDEM_REAL_DATA(folder);
    const std::string old = readFile(folder / "mlf-core/lcep-package_model_2021-04-08_v2.xgb").value();
    const auto ensemble = data::parseXgboostBinary(bytesOf(old), "model.xgb");
    QVERIFY(ensemble.has_value());
    const std::string written = data::xgboostUbjson(*ensemble).value();
    RandomStream random(9, RandomPurpose::Test);
    std::vector<float> values(50 * 530);
    for (float &value : values)
        value = static_cast<float>(random.uniform() * 20.0);
    QVERIFY(sameBits(libraryMargins(written, values, 530), ownMargins(*ensemble, values)));
    QVERIFY(*data::parseXgboostUbjson(bytesOf(written), "model.ubj") == *ensemble);
}

QTEST_GUILESS_MAIN(TestXgboostAgrees)
#include "tst_xgboost_agrees.moc"
