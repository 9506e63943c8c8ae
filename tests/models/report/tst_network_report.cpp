// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/data/safetensors.h"
#include "models/report/cell_map_figure.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"
#include "tests/models/compare/network_fixture.h"
#include "tests/models/report/report_page.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>

using namespace ibidem;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

namespace {

/// What a reader sees: no markup, no style sheet.
QString wordsOf(const QString &page)
{
    QString words = page.mid(page.indexOf(QStringLiteral("<body>")));
    return words.remove(QRegularExpression(QStringLiteral("<[^>]*>")));
}

QString sectionOf(const QString &page, const char *id)
{
    const qsizetype start =
        page.indexOf(QStringLiteral("<section aria-labelledby=\"%1\"").arg(QLatin1String(id)));
    return start < 0 ? QString() : page.mid(start, page.indexOf(QStringLiteral("</section>"), start) - start);
}

} // namespace

class TestNetworkReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = fs::path(m_temporary->path().toStdString());
    }

    void isWellFormedAndComplete()
    {
        const QString page = reportOf({write("one", makeNetworkRun()), write("two", makeNetworkRun())});
        QVERIFY(!elementsOf(page).isEmpty());
        for (const char *id : {"verdict", "results", "curves", "embedding", "network", "data", "level",
                               "settings", "redo", "state", "epochs", "digests"})
            QVERIFY2(!sectionOf(page, id).isEmpty(), id);
        QVERIFY(sectionOf(page, "importance").isEmpty());
        const qsizetype tables = page.count(QStringLiteral("<table>"));
        QCOMPARE(page.count(QStringLiteral("<caption>")), tables);
        QVERIFY(!page.contains(m_temporary->path()));
        QVERIFY(!elementsOf(page).contains(QStringLiteral("script")));
    }

    void speaksOfEpochsAndCells()
    {
        NetworkRun other = makeNetworkRun();
        other.spec.seed = 1;
        const fs::path one = write("one", makeNetworkRun());
        for (const QString &page : {reportOf({one}), reportOf({one, write("two", makeNetworkRun())}),
                                    reportOf({one, write("three", other)})}) {
            const QString words = wordsOf(page);
            QVERIFY(words.contains(QStringLiteral("epoch")));
            for (const char *word : {"\\brounds?\\b", "\\btrees?\\b", "\\bsamples? are\\b", "predictions"}) {
                const QRegularExpression wrong(QString::fromLatin1(word));
                QVERIFY2(!words.contains(wrong), qPrintable(words.mid(words.indexOf(wrong) - 80, 160)));
            }
        }
    }

    void saysIdenticalOfWhat()
    {
        const QString page = reportOf({write("one", makeNetworkRun()), write("two", makeNetworkRun())});
        QVERIFY(page.contains(QStringLiteral("class=\"verdict identical\"")));
        QVERIFY(page.contains(QStringLiteral("IDENTICAL: 12 of 12 tensors, 5 of 5 epochs")));
        QVERIFY(page.contains(QStringLiteral("0 in every epoch")));
        QVERIFY(page.contains(QStringLiteral("weights, metrics and embedding of 1 other run")));
    }

    void namesEpochStepAndTensor()
    {
        NetworkRun other = makeNetworkRun();
        other.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 3 && step == 4)
                weights[2][5] = std::nextafter(weights[2][5], 9.0F);
        };
        const QString page = reportOf({write("one", makeNetworkRun()), write("two", other)});
        QVERIFY(page.contains(
            QStringLiteral("DIFFERENT since epoch 3, step 4: the weights of encoder.2.weight differ")));
        QVERIFY(sectionOf(page, "verdict")
                    .contains(QStringLiteral("epoch 3: step 4, weights of encoder.2.weight")));
        QVERIFY(sectionOf(page, "differences")
                    .contains(QStringLiteral("epoch 3, step 4, weights of encoder.2.weight")));
    }

    void showsLayersAndTraining()
    {
        const QString network = sectionOf(reportOf({write("one", makeNetworkRun())}), "network");
        // 12-6-4-3-4-6-12: (12+1)*6 + (6+1)*4 + (4+1)*3 + (3+1)*4 + (4+1)*6 + (6+1)*12
        QVERIFY(network.contains(QStringLiteral("251 parameters in 12 tensors")));
        for (const char *words : {"encoder.4", "6 × 12", "3 × 4", "linear", "relu", "the embedding", "adam",
                                  "shuffled once", "mean squared error"})
            QVERIFY2(network.contains(QString::fromUtf8(words)), words);
    }

    void showsTheMapByClusterAndLabel()
    {
        const QString embedding = sectionOf(reportOf({write("one", makeNetworkRun())}), "embedding");
        QCOMPARE(embedding.count(QStringLiteral("<svg")), qsizetype(2));
        // Every cell once in either figure.
        QCOMPARE(embedding.count(QStringLiteral("h0")), qsizetype(80));
        for (const char *words :
             {"class=\"c0\"", "class=\"c1\"", "class=\"unlabelled\"", "B cells", "without label",
              "Adjusted Rand index", "Clusters, the largest first", "louvain"})
            QVERIFY2(embedding.contains(QString::fromUtf8(words)), words);
        NetworkRun plain = makeNetworkRun();
        plain.labels.clear();
        plain.spec.analysis.map = false;
        const QString without = sectionOf(reportOf({write("plain", plain)}), "embedding");
        QVERIFY(without.contains(QStringLiteral("No map and no clusters were asked for")));
        QVERIFY(!without.contains(QStringLiteral("<svg")));
    }

    void hostileLabelsStayText()
    {
        NetworkRun run = makeNetworkRun();
        run.labelNames = {"<script>alert(1)</script>", "a & \"b\""};
        run.spec.analysis.labelColumn = "<b>";
        const QString page = reportOf({write("one", run)});
        QVERIFY(!elementsOf(page).isEmpty());
        QVERIFY(!page.contains(QStringLiteral("<script")));
        QVERIFY(!page.contains(QStringLiteral("<b>")));
    }

    void theSameRunsGiveTheSameBytes()
    {
        const QString first = reportOf({write("one", makeNetworkRun())});
        const QString again = reportOf({write("one", makeNetworkRun())});
        QCOMPARE(first, again);
        NetworkRun other = makeNetworkRun();
        other.mapping = [](std::vector<float> &map, std::vector<std::int32_t> &) { map[0] += 1.0F; };
        QVERIFY(reportOf({write("one", other)}) != first);
    }

    void manyCellsStaySmall()
    {
        RandomStream random(1, RandomPurpose::Test);
        std::vector<float> map;
        std::vector<std::int32_t> groups;
        for (std::int32_t cell = 0; cell < 35'000; ++cell) {
            map.push_back(20.0F * random.uniformFloat());
            map.push_back(20.0F * random.uniformFloat());
            groups.push_back(cell % 20);
        }
        map[4] = std::nanf("");
        const report::CellGroups all{std::vector<std::string>(20, "name"), groups};
        const std::string many = report::cellMapFigure(map, all, "Many.");
        QVERIFY2(many.size() < 200'000, qPrintable(QString::number(many.size())));
        QVERIFY(many.find("Many. One cell in 4 is drawn.") != std::string::npos);
        const std::string tenThousand = report::cellMapFigure(
            std::span(map).first(20'000), {all.names, std::span(groups).first(10'000)}, "x");
        QVERIFY2(tenThousand.size() < 200'000, qPrintable(QString::number(tenThousand.size())));
        QCOMPARE(QString::fromStdString(tenThousand).count(QStringLiteral("h0")), qsizetype(9'999));
        QVERIFY(tenThousand.find("nan") == std::string::npos);
        QVERIFY(report::cellMapFigure({}, all, "x").empty());
    }

    void drawsNoMapFromAChangedEmbedding()
    {
        const fs::path one = write("one", makeNetworkRun());
        NetworkRun other = makeNetworkRun();
        other.mapping = [](std::vector<float> &map, std::vector<std::int32_t> &) { map[0] += 1.0F; };
        const fs::path two = write("two", other);
        QVERIFY(copyFile(two, one, runs::kEmbeddingFile));
        const QString page = reportOf({one});
        QVERIFY(sectionOf(page, "verdict")
                    .contains(QStringLiteral("one: embedding.safetensors does not match its manifest")));
        QVERIFY(sectionOf(page, "embedding").isEmpty());
        QVERIFY(!sectionOf(page, "network").isEmpty());
        QVERIFY(writeFileAtomically(one / runs::kEmbeddingFile, "not a container"));
        QVERIFY(sectionOf(reportOf({one, two}), "verdict").contains(QStringLiteral("DIFFERENT")));
    }

    /// What a changed file holds stands where the runs are compared, and nowhere else.
    void showsAChangedValueOnlyWhereRunsDiffer()
    {
        const fs::path one = write("one", makeNetworkRun());
        const fs::path two = write("two", makeNetworkRun());
        const QString doctored = QStringLiteral("1234.5");
        QVERIFY(!reportOf({one, two}).contains(doctored));
        QVERIFY(putEmbeddedValue(two, 1234.5F));
        for (const auto &runs : {std::vector{one, two}, std::vector{two, one}}) {
            QString page = reportOf(runs);
            const QString differences = sectionOf(page, "differences");
            QVERIFY(differences.contains(doctored));
            const QString verdict = sectionOf(page, "verdict");
            QVERIFY(!page.remove(differences).remove(verdict).contains(doctored));
            QVERIFY(verdict.contains(QStringLiteral("apart from the comparison: verdict and differences")));
        }
        QVERIFY(!reportOf({two}).contains(doctored));
    }

    void tellsOfAnotherMapOfEqualWeights()
    {
        NetworkRun other = makeNetworkRun();
        other.spec.analysis.minDistance *= 3;
        const fs::path one = write("one", makeNetworkRun());
        const QString page = reportOf({one, write("two", other)});
        QVERIFY(page.contains(QStringLiteral("class=\"verdict identical\"")));
        QVERIFY(
            sectionOf(page, "verdict")
                .contains(QStringLiteral("<td>identical, but another map (other settings of the analysis)")));
        QVERIFY(sectionOf(reportOf({one, write("three", makeNetworkRun())}), "verdict")
                    .contains(QStringLiteral("<td>identical</td>")));
    }

    void tellsOfAnotherMapAmongSeveralRuns()
    {
        NetworkRun other = makeNetworkRun();
        other.spec.analysis.minDistance *= 3;
        const fs::path one = write("one", makeNetworkRun());
        const fs::path two = write("two", makeNetworkRun());
        const fs::path three = write("three", other);
        QVERIFY(wordsOf(sectionOf(reportOf({one, two, three}), "verdict"))
                    .contains(
                        QStringLiteral("IDENTICAL: 2 of 2 other runs are equal to one bit for bit; three has "
                                       "another map (other settings of the analysis).")));
        QVERIFY(reportOf({one, two, two})
                    .contains(QStringLiteral("2 of 2 other runs are equal to one bit for bit.")));
        other.spec.analysis.map = false;
        const fs::path four = write("four", other);
        QVERIFY(reportOf({one, two, four}).contains(QStringLiteral("four has no map (other settings")));
        QVERIFY(reportOf({four, one, one}).contains(QStringLiteral("one has a map, unlike the first run")));
    }

    void saysWhatValidationCellsTookPartIn()
    {
        NetworkRun run = makeNetworkRun();
        const auto verdict = [&] { return wordsOf(sectionOf(reportOf({write("one", run)}), "verdict")); };
        QVERIFY(!verdict().contains(QStringLiteral("validation")));
        run.spec.training.validationFraction = 0.2;
        QVERIFY(verdict().contains(
            QStringLiteral("took part in the preparation (filters, selection of genes, scaling)")));
        run.spec.cells.scale = false;
        QVERIFY(verdict().contains(QStringLiteral("(filters, selection of genes)")));
    }

    void saysThatPatienceEndedTheTraining()
    {
        NetworkRun run = makeNetworkRun();
        run.spec.training.patience = 2;
        QVERIFY(!reportOf({write("one", run)}).contains(QStringLiteral("ended early")));
        const fs::path folder = m_folder / "one";
        runs::Manifest manifest = *runs::readManifest(folder);
        manifest.spec->training.epochs = 9;
        QVERIFY(runs::writeManifest(folder, manifest));
        const QString page = reportOf({folder});
        QVERIFY(sectionOf(page, "verdict")
                    .contains(QStringLiteral("The training ended early, after 5 of 9 epochs, because the "
                                             "training loss had not fallen for 2 epochs")));
        QVERIFY(sectionOf(page, "verdict").contains(QStringLiteral("not of the best")));
        QVERIFY(wordsOf(sectionOf(page, "network")).contains(QStringLiteral("Epochs done5")));
        QVERIFY(page.contains(QStringLiteral("with FMA or without, and on ARM64.")));
    }

    void longTrainingsShowTheirEnds()
    {
        NetworkSize size;
        size.epochs = 30;
        const QString epochs = sectionOf(reportOf({write("one", makeNetworkRun(size))}), "epochs");
        QCOMPARE(epochs.count(QStringLiteral("<tr>")), qsizetype(12)); // head, 5, dots, 5
        QVERIFY(epochs.contains(QStringLiteral("all others stand in epochs.csv")));
    }

private:
    /// The first number of X_ae, at its place in the file; the manifest stays as it was.
    static bool putEmbeddedValue(const fs::path &run, float value)
    {
        const fs::path file = run / runs::kEmbeddingFile;
        Result<std::string> bytes = readFile(file, 1U << 20U);
        if (!bytes)
            return false;
        const std::span<std::byte> all = std::as_writable_bytes(std::span(*bytes));
        const Result<data::Safetensors> container = data::Safetensors::parse(all, "embedding");
        const data::TensorView *const tensor = container ? container->find("X_ae") : nullptr;
        if (tensor == nullptr)
            return false;
        const std::ptrdiff_t place = tensor->bytes.data() - all.data();
        std::memcpy(all.data() + place, &value, sizeof value);
        return writeFileAtomically(file, *bytes).has_value();
    }

    static bool copyFile(const fs::path &from, const fs::path &to, std::string_view file)
    {
        return fs::copy_file(from / file, to / file, fs::copy_options::overwrite_existing);
    }

    fs::path write(const char *name, const NetworkRun &run)
    {
        const Status done = writeNetworkRun(m_folder / name, run);
        if (!done)
            qWarning("%s", describe(done.error()).c_str());
        return m_folder / name;
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(TestNetworkReport)
#include "tst_network_report.moc"
