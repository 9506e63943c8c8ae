// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/json.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/prepare/cells.h"
#include "tests/test_data.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

constexpr double kTolerance = 1e-5;

/// scanpy's numbers, measured: $IBIDEM_PEERS, by default beside the real data.
std::filesystem::path oracleFile(const std::filesystem::path &data)
{
    const char *const given = std::getenv("IBIDEM_PEERS");
    const std::filesystem::path folder = given ? std::filesystem::path(given) : data / "../peers";
    return folder / "oracle_preprocess.json";
}

std::string hashOf(const std::vector<std::string> &names)
{
    return sha256Hex(join(names, "\n"));
}

bool near(double found, double expected, double scale)
{
    return std::abs(found - expected) <= kTolerance * std::max(std::abs(expected), scale);
}

/// One of the stages, made by leaving out what comes after it.
struct Cut
{
    const char *oracle; ///< the stage's name there
    bool normalise;
    bool logarithm;
    bool select;
    bool scale;
};

constexpr std::array kCuts = {
    Cut{"filter_genes", false, false, false, false},
    Cut{"normalize_total", true, false, false, false},
    Cut{"log1p", true, true, false, false},
    Cut{"highly_variable_genes", true, true, true, false},
    Cut{"scale", true, true, true, true},
};

spec::CellPreparation preparationOf(const Cut &cut, int minGenes)
{
    spec::CellPreparation preparation;
    preparation.minGenes = minGenes;
    preparation.normalise = cut.normalise;
    preparation.logarithm = cut.logarithm;
    preparation.selectGenes = cut.select;
    preparation.scale = cut.scale;
    return preparation;
}

/// What is different from scanpy's stage, or nothing.
std::string differenceOf(const data::PreparedCells &cells, const Json &stage)
{
    if (cells.cellIds.size() != stage["n_cells"] || cells.geneIds.size() != stage["n_genes"])
        return "size";
    if (hashOf(cells.cellIds) != stage["cells_sha256"])
        return "names of the cells";
    if (hashOf(cells.geneIds) != stage["genes_sha256"])
        return "names of the genes";
    double sum = 0.0;
    double squares = 0.0;
    double low = cells.values.front();
    double high = low;
    std::uint64_t nonZero = 0;
    for (const float single : cells.values) {
        const auto value = static_cast<double>(single);
        sum += value;
        squares += value * value;
        low = std::min(low, value);
        high = std::max(high, value);
        nonZero += value != 0.0 ? 1U : 0U;
    }
    // scanpy's sparse matrices have their smallest stored value for a minimum.
    const bool sparse = stage["sparse"].get<bool>();
    if (!near(sum, stage["sum"].get<double>(), std::sqrt(squares)))
        return "sum: " + formatDouble(sum);
    if (!near(squares, stage["sum_of_squares"].get<double>(), 0.0))
        return "sum of squares: " + formatDouble(squares);
    if ((!sparse && !near(low, stage["min"].get<double>(), 0.0)) ||
        !near(high, stage["max"].get<double>(), 0.0))
        return "range: " + formatDouble(low) + " to " + formatDouble(high);
    if (nonZero != stage["nonzero"].get<std::uint64_t>())
        return "values that are not zero: " + std::to_string(nonZero);
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            const auto value = static_cast<double>(cells.values[row * cells.geneIds.size() + column]);
            if (!near(value, stage["top_left_3x3"][row][column].get<double>(), 1e-2))
                return "value " + std::to_string(row) + ", " + std::to_string(column);
        }
    }
    return {};
}

/// What is different of a list's first numbers, or nothing.
std::string differenceOf(const std::string &name, const std::vector<double> &found, const Json &expected)
{
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (!near(found[i], expected[i].get<double>(), 1e-2))
            return name + " of gene " + std::to_string(i) + ": " + formatDouble(found[i]);
    }
    return {};
}

double sumOf(const std::vector<double> &values)
{
    double sum = 0.0;
    for (const double value : values)
        sum += std::isnan(value) ? 0.0 : value;
    return sum;
}

std::string differenceOf(const data::GeneStatistics &statistics, const Json &expected)
{
    for (std::string difference :
         {differenceOf("mean", statistics.means, expected["means"]),
          differenceOf("dispersion", statistics.dispersions, expected["dispersions"]),
          differenceOf("normalised dispersion", statistics.normalisedDispersions,
                       expected["dispersions_norm"])}) {
        if (!difference.empty())
            return difference;
    }
    if (!near(sumOf(statistics.means), expected["means_sum"].get<double>(), 0.0))
        return "sum of the means";
    if (!near(sumOf(statistics.dispersions), expected["dispersions_sum_without_nan"].get<double>(), 0.0))
        return "sum of the dispersions";
    const auto missing = std::count_if(statistics.dispersions.begin(), statistics.dispersions.end(),
                                       [](double value) { return std::isnan(value); });
    return missing == expected["dispersions_nan"].get<std::int64_t>() ? std::string() : "missing dispersions";
}

} // namespace

/// Real matrices through the converter and all stages, against what scanpy makes of them.
class TestCellsOracle : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::map<std::string, std::shared_ptr<const data::MatrixFile>> m_matrices;
    Json m_oracle;

    [[nodiscard]] Result<std::shared_ptr<const data::MatrixFile>> convert(const std::filesystem::path &file)
    {
        auto &known = m_matrices[file.string()];
        if (known)
            return known;
        QProcess process;
        process.setStandardInputFile(QProcess::nullDevice());
        process.start(QDir(qEnvironmentVariable("IBIDEM_BIN")).filePath(QStringLiteral("ibidem-convert")),
                      {QString::fromStdString(file.string()), QStringLiteral("--to"), m_folder.path()});
        if (!process.waitForFinished(120000))
            return fail(ErrorCode::Internal, "ibidem-convert does not end");
        const QByteArray last = process.readAllStandardOutput().trimmed().split('\n').last();
        IBIDEM_TRY(const Json event, parseJson(last.toStdString()));
        IBIDEM_TRY(const std::string container, stringAt(event, "container"));
        IBIDEM_TRY(known, data::MatrixFile::open(container));
        return known;
    }

    [[nodiscard]] Result<data::PreparedCells> prepared(const std::filesystem::path &data,
                                                       const Json &expected, const Cut &cut)
    {
        IBIDEM_TRY(const auto matrix, convert(data / expected["file"].get<std::string>()));
        return prepareCells(*matrix, preparationOf(cut, expected["min_genes"].get<int>()), 2);
    }

private Q_SLOTS:

    void initTestCase()
    {
        IBIDEM_REAL_DATA(data);
        const std::filesystem::path file = oracleFile(data);
        if (!std::filesystem::exists(file)) {
            if (qEnvironmentVariableIntValue("IBIDEM_REQUIRE_DATA") == 1)
                QFAIL("scanpy's numbers are required but not there: set IBIDEM_PEERS");
            QSKIP("scanpy's numbers are not there (IBIDEM_PEERS)");
        }
        const auto text = readFile(file);
        QVERIFY(text.has_value());
        const auto json = parseJson(*text);
        QVERIFY(json.has_value());
        m_oracle = (*json)["datasets"];
        QCOMPARE(m_oracle.size(), std::size_t{4});
    }

    void eachStageAgreesWithScanpy_data()
    {
        QTest::addColumn<QString>("set");
        QTest::addColumn<int>("cut");
        for (const auto &[name, expected] : m_oracle.items())
            for (std::size_t cut = 0; cut < kCuts.size(); ++cut)
                QTest::newRow((name + " " + kCuts[cut].oracle).c_str())
                    << QString::fromStdString(name) << static_cast<int>(cut);
    }

    void eachStageAgreesWithScanpy()
    {
        IBIDEM_REAL_DATA(data);
        QFETCH(QString, set);
        QFETCH(int, cut);
        const Json &expected = m_oracle[set.toStdString()];
        const Cut &stages = kCuts[static_cast<std::size_t>(cut)];
        const auto cells = prepared(data, expected, stages);
        QVERIFY2(cells.has_value(), cells ? "" : describe(cells.error()).c_str());
        const std::string difference = differenceOf(*cells, expected[stages.oracle]);
        QVERIFY2(difference.empty(), difference.c_str());
        // Negative control: one value that is off by a thousandth is found.
        data::PreparedCells other = *cells;
        const auto largest = std::max_element(other.values.begin(), other.values.end());
        *largest *= 1.001F;
        QVERIFY(!differenceOf(other, expected[stages.oracle]).empty());
    }

    void theSelectionIsMadeOfScanpysNumbers_data()
    {
        QTest::addColumn<QString>("set");
        for (const auto &[name, expected] : m_oracle.items())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

    void theSelectionIsMadeOfScanpysNumbers()
    {
        IBIDEM_REAL_DATA(data);
        QFETCH(QString, set);
        const Json &expected = m_oracle[set.toStdString()];
        const auto cells = prepared(data, expected, kCuts.back());
        QVERIFY2(cells.has_value(), cells ? "" : describe(cells.error()).c_str());
        const std::string statistics = differenceOf(cells->statistics, expected["hvg_statistics"]);
        QVERIFY2(statistics.empty(), statistics.c_str());
        for (const std::string &difference :
             {differenceOf("mean", cells->geneMeans, expected["scale"]["mean_first5"]),
              differenceOf("deviation", cells->geneDeviations, expected["scale"]["std_first5"])})
            QVERIFY2(difference.empty(), difference.c_str());

        // The same genes, but for those that rounding may carry over a threshold.
        const auto names =
            expected["highly_variable_genes"]["selected_genes"].get<std::vector<std::string>>();
        const std::vector<std::string> &near = cells->summary.nearThreshold;
        std::vector<std::string> a = names;
        std::vector<std::string> b = cells->geneIds;
        const auto isNear = [&near](const std::string &name) {
            return std::find(near.begin(), near.end(), name) != near.end();
        };
        std::erase_if(a, isNear);
        std::erase_if(b, isNear);
        QVERIFY(a == b);
        QVERIFY(near.size() < 10);
    }

    void theBitsDoNotDependOnTheThreads()
    {
        IBIDEM_REAL_DATA(data);
        const auto matrix = convert(data / "singlecell/paul15_cluster.h5ad");
        QVERIFY2(matrix.has_value(), matrix ? "" : describe(matrix.error()).c_str());
        const auto one = prepareCells(**matrix, {}, 1);
        QVERIFY(one.has_value());
        for (const unsigned threads : {2U, 3U, 7U}) {
            const auto more = prepareCells(**matrix, {}, threads);
            QVERIFY(more.has_value());
            QVERIFY(more->summary == one->summary);
            QVERIFY(more->values == one->values);
        }
        spec::CellPreparation another;
        another.targetSum = 10001.0;
        const auto other = prepareCells(**matrix, another, 1);
        QVERIFY(other.has_value());
        QVERIFY(other->summary.stages[2].digest == one->summary.stages[2].digest);
        QVERIFY(other->summary.stages[3].digest != one->summary.stages[3].digest);
    }
};

QTEST_GUILESS_MAIN(TestCellsOracle)
#include "tst_cells_oracle.moc"
