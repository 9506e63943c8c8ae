// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The sentence about two networks: it names a cause that can have acted, what is out of the tolerance, and
// tells what is missing from what differs.
#include "models/runs/network_files.h"
#include "models/runs/trace.h"
#include "tests/models/compare/network_pair.h"

#include <algorithm>
#include <cmath>

using namespace ibidem;
using namespace ibidem::compare;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

class TestNetworkSentence : public QObject, private NetworkPair
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheOtherInputs();
    void namesPreparationBeforeWhatFollows();
    void blamesTheLengthOnlyForTheLength();
    void blamesNoLengthUnderATolerance();
    void putsTheLengthLastWhereNothingTellsThePlace();
    void blamesTheOptimiserOnlyAfterAStep();
    void namesWhatIsOutOfTheTolerance();
    void namesALossOutOfTheTolerance();
    void leavesTheMapAsideUnderATolerance();
    void judgesTheMapOfAnEqualEmbedding();
    void namesClustersUnderATolerance();
    void saysWhatIsMissing();
    void saysThatRowsOfChangedPlacesHoldOtherValues();
    void measuresCountsInNoUlp();
    void saysThatAnUnusedColumnChanged();
    void blamesNoWaitingOfThreads();

private:
    /// The manifest of run b, after it was written.
    template <class Change>
    Comparison edited(Change change)
    {
        runs::Manifest manifest = runs::readManifest(m_folder / "b").value();
        change(manifest);
        if (!runs::writeManifest(m_folder / "b", manifest))
            qWarning("the manifest cannot be written");
        return compared();
    }

    static bool says(const Comparison &comparison, std::string_view words)
    {
        return comparison.sentence.find(words) != std::string::npos;
    }
};

void TestNetworkSentence::namesTheOtherInputs()
{
    NetworkRun other = makeNetworkRun({44, 12, 3, 8});
    for (std::string &cell : other.cellIds)
        cell += "b";
    other.spec.seed = 1;
    (void)written(makeNetworkRun(), other);
    const Comparison result =
        edited([](runs::Manifest &manifest) { manifest.spec->data.train.name = "heart (1k).h5"; });
    QVERIFY2(says(result, "DIFFERENT since epoch 1, step 1: "), describe(result).c_str());
    VERIFY_SAYS(result, ", because the input data.train is cells.h5ad in A and heart (1k).h5 in B.");
    VERIFY_SAYS(result,
                "44 embedded cells missing in A; 2 epochs, 2 metric values, 40 embedded cells missing "
                "in B");
}

void TestNetworkSentence::namesPreparationBeforeWhatFollows()
{
    const auto change = [](NetworkRun &run) {
        run.spec.cells.maxValue = 5.0;
        run.spec.training.learningRate = 0.5;
    };
    VERIFY_SAYS(changed(change),
                "because the setting preparation.maxValue is 3 in A and 5 in B (and 1 more)");
    // Which cells a batch takes does not depend on their values.
    const Comparison seeded = changed([&](NetworkRun &run) {
        change(run);
        run.spec.seed = 1;
    });
    VERIFY_SAYS(seeded, "because the setting reproducibility.seed is 0 in A and 1 in B.");
}

void TestNetworkSentence::blamesTheLengthOnlyForTheLength()
{
    const Comparison seeded = changed([](NetworkRun &run) {
        run.spec.training.epochs = 3;
        run.spec.training.patience = 2;
        run.spec.seed = 1;
    });
    VERIFY_SAYS(seeded, "because the setting reproducibility.seed is 0 in A and 1 in B.");
    const Comparison meddled = changed([](NetworkRun &run) {
        run.spec.training.epochs = 3;
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 2 && step == 4)
                weights[2][5] += 0.5F;
        };
    });
    VERIFY_SAYS(meddled, "no recorded setting, input or state explains it");
}

/// Weights part at the first update, long before the tolerance is left, if it is.
void TestNetworkSentence::blamesNoLengthUnderATolerance()
{
    const auto change = [](int epochs) {
        return [epochs](NetworkRun &run) {
            run.spec.training.epochs = epochs;
            run.spec.training.patience = 2;
            run.spec.training.learningRate *= 1.5;
            run.mapping = [](std::vector<float> &, std::vector<std::int32_t> &clusters) {
                clusters[3] = 1 - clusters[3];
            };
        };
    };
    const Comparison result = changed(change(5), Tolerance::parse("rel:1e9").value());
    VERIFY_SAYS(result, "DIFFERENT beyond rel:1e+09: ");
    VERIFY_SAYS(result, "because the setting training.learningRate is 0.001 in A and 0.0015 in B;");
    const Comparison shorter = changed(change(3), Tolerance::parse("rel:1e9").value());
    VERIFY_SAYS(shorter, "DIFFERENT beyond rel:1e+09 since epoch 4: A has 5 epochs and B 3; ");
    VERIFY_SAYS(shorter, "because the setting training.learningRate is 0.001 in A and 0.0015 in B (and ");
}

void TestNetworkSentence::putsTheLengthLastWhereNothingTellsThePlace()
{
    const auto change = [](NetworkRun &run) {
        run.spec.training.epochs = 3;
        run.spec.training.patience = 2;
        run.spec.autoencoder.activation = "tanh";
    };
    (void)changed(change);
    for (const auto &file : {runs::kEpochsFile, runs::kTensorsFile, runs::kTraceFile, runs::kMetricsFile})
        for (const char *run : {"a", "b"}) {
            fs::remove(m_folder / run / file);
            runs::Manifest manifest = runs::readManifest(m_folder / run).value();
            manifest.files.erase(std::string(file));
            QVERIFY(runs::writeManifest(m_folder / run, manifest));
        }
    const Comparison result = compared();
    VERIFY_SAYS(result, "because the setting model.activation is relu in A and tanh in B (and 2 more)");
}

void TestNetworkSentence::blamesTheOptimiserOnlyAfterAStep()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.spec.training.learningRate = 0.5;
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 1 && step == 1)
                weights[2][5] += 0.5F;
        };
    });
    VERIFY_SAYS(result, "DIFFERENT since epoch 1, step 1: the weights of encoder.2.weight differ");
    VERIFY_SAYS(result, "no recorded setting, input or state explains it");
}

void TestNetworkSentence::namesWhatIsOutOfTheTolerance()
{
    const Comparison result = changed(
        [](NetworkRun &run) {
            run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
                if (epoch != 5 || step != 5)
                    return;
                weights[0][0] = std::nextafter(weights[0][0], 9.0F); // within
                weights[2][1] = std::nextafter(weights[2][1], 9.0F);
                weights[2][5] += 0.25F; // beyond
            };
        },
        Tolerance::parse("rel:1e-1").value());
    QVERIFY2(says(result, "DIFFERENT beyond rel:0.1"), describe(result).c_str());
    QVERIFY(find(result, "tensor", "encoder.0.weight")->within == std::optional<bool>(true));
    const Difference *const beyond = find(result, "tensor", "encoder.2.weight [0, 5]");
    QVERIFY2(beyond != nullptr && beyond->within == std::optional<bool>(false), describe(result).c_str());
    VERIFY_SAYS(result, "have other bits");
    QVERIFY(!find(result, "chain")->within);
    // Each row that tells a distance says whether it is inside, and the sentence names none that is.
    for (const Difference &difference : result.differences)
        QVERIFY2(!difference.within.value_or(false) || !says(result, difference.a + " in A"),
                 describe(result).c_str());
}

void TestNetworkSentence::namesALossOutOfTheTolerance()
{
    const Comparison result = changed(
        [](NetworkRun &run) {
            run.meddling.loss = [](int epoch, int step, double &loss) {
                if (epoch == 2 && step == 2)
                    loss *= 1.0 + 1e-6;
                if (epoch == 4 && step == 3)
                    loss = 0.25;
            };
        },
        Tolerance::parse("rel:1e-3").value());
    VERIFY_SAYS(result, "DIFFERENT beyond rel:0.001 since epoch 4, step 3: the loss is ");
    VERIFY_SAYS(result, " in A and 0.25 in B; ");
    QCOMPARE(first(result), std::string(R"({"epoch":4,"layer":null,"operation":"loss","step":3})"));
    QVERIFY(find(result, "step", "epoch 4, step 3, loss")->within == std::optional<bool>(false));
}

void TestNetworkSentence::leavesTheMapAsideUnderATolerance()
{
    const auto change = [](NetworkRun &run) {
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 5 && step == 5)
                weights[0][0] = std::nextafter(weights[0][0], 9.0F);
        };
        run.mapping = [](std::vector<float> &map, std::vector<std::int32_t> &) { map[10] += 5.0F; };
        run.graph = "two";
    };
    const Comparison result = changed(change, Tolerance::parse("rel:1e-1").value());
    QVERIFY2(result.verdict == Verdict::Within, describe(result).c_str());
    VERIFY_SAYS(result,
                "; the map is left aside: UMAP makes another one of any other bits of the embedding.");
    QVERIFY(find(result, "map", "X_umap")->informative);
    QVERIFY(find(result, "map", "graph")->informative);
    QVERIFY(changed(change).verdict == Verdict::Different);
}

void TestNetworkSentence::judgesTheMapOfAnEqualEmbedding()
{
    const auto moved = [](float distance) {
        return [distance](NetworkRun &run) {
            run.mapping = [distance](std::vector<float> &map, std::vector<std::int32_t> &) {
                map[10] += distance * std::abs(map[10]);
            };
            run.graph = "two";
        };
    };
    const Tolerance tolerance = Tolerance::parse("rel:1e-3").value();
    const Comparison result = changed(moved(500.0F), tolerance);
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result, "DIFFERENT beyond rel:0.001: X_umap of cell CELL1005, dimension 1 is ");
    QVERIFY(!says(result, "left aside"));
    QVERIFY(find(result, "map", "X_umap")->within == std::optional<bool>(false));
    const Comparison near = changed(moved(1e-5F), tolerance);
    QVERIFY2(near.verdict == Verdict::Within, describe(near).c_str());
    QVERIFY(!says(near, "left aside"));
}

void TestNetworkSentence::namesClustersUnderATolerance()
{
    const Comparison result = changed(
        [](NetworkRun &run) {
            run.mapping = [](std::vector<float> &, std::vector<std::int32_t> &clusters) {
                clusters[3] = 1 - clusters[3];
                clusters[5] = 1 - clusters[5];
            };
            run.labels.clear();
        },
        Tolerance::parse("rel:1e9").value());
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result, "DIFFERENT beyond rel:1e+09: 2 cells are in other clusters (adjusted Rand index ");
}

void TestNetworkSentence::saysWhatIsMissing()
{
    (void)changed([](NetworkRun &) {});
    for (const auto &file : {runs::kWeightsFile, runs::kEmbeddingFile, runs::kEpochsFile, runs::kTensorsFile})
        fs::remove(m_folder / "b" / file);
    const Comparison result = edited([](runs::Manifest &manifest) {
        manifest.outcome = "stopped";
        manifest.chain.clear();
        for (const auto &file :
             {runs::kWeightsFile, runs::kEmbeddingFile, runs::kEpochsFile, runs::kTensorsFile})
            manifest.files.erase(std::string(file));
    });
    QCOMPARE(
        result.sentence,
        std::string("DIFFERENT: A is finished after 5 epochs and B is stopped after 5 epochs; 12 tensors, 40 "
                    "embedded cells missing in B."));
    QCOMPARE(result.missing.at("tensors").inB, std::uint64_t{12});
    QCOMPARE(result.missing.at("cells").inA, std::uint64_t{0});
    QCOMPARE(result.cellsEqual, std::uint64_t{0});
    const Json counts = result.toJson().at("compared");
    QCOMPARE(counts.at("tensors").at("missing").at("a").get<int>(), 0);
    QCOMPARE(counts.at("tensors").at("missing").at("b").get<int>(), 12);
    QCOMPARE(counts.at("cells").at("missing").at("b").get<int>(), 40);
    QVERIFY(!counts.at("metrics").contains("missing"));
    const Comparison shortest = changed([](NetworkRun &run) { run.spec.training.epochs = 4; });
    VERIFY_SAYS(shortest, "; 1 epoch, 1 metric value missing in B, because");
    // Of runs of other length the rest is missing.
    const Comparison shorter = changed([](NetworkRun &run) { run.spec.training.epochs = 3; });
    VERIFY_SAYS(shorter,
                " differ; 2 epochs, 2 metric values missing in B, because the setting training.epochs");
}

void TestNetworkSentence::saysThatRowsOfChangedPlacesHoldOtherValues()
{
    const Comparison result = changed([](NetworkRun &run) {
        const auto genes = static_cast<std::ptrdiff_t>(run.geneIds.size());
        std::swap_ranges(run.values.begin() + 3 * genes, run.values.begin() + 4 * genes,
                         run.values.begin() + 17 * genes);
        std::swap(run.cellIds[3], run.cellIds[17]);
        std::swap(run.labels[3], run.labels[17]);
    });
    VERIFY_SAYS(result, ": the batch takes the same rows in the same order, but they hold other values; ");
    VERIFY_SAYS(result, ", because of the order: train: cells CELL1003 and CELL1017 have changed places.");
}

void TestNetworkSentence::measuresCountsInNoUlp()
{
    (void)changed([](NetworkRun &) {});
    const Comparison result =
        edited([](runs::Manifest &manifest) { manifest.metrics["analysis"]["clusters"] = 3.0; });
    const Difference *const clusters = find(result, "analysis", "final analysis clusters");
    QVERIFY2(clusters != nullptr, describe(result).c_str());
    QVERIFY(!clusters->maxUlp);
    QCOMPARE(clusters->maxAbs.value_or(0.0), 1.0);
}

void TestNetworkSentence::saysThatAnUnusedColumnChanged()
{
    (void)changed([](NetworkRun &) {});
    const auto change = [](runs::Manifest &manifest) {
        manifest.spec->data.train.content = std::string(64, 'e');
        manifest.chain = std::string(64, 'f');
    };
    const Comparison result = edited(change);
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result,
                "but not the chain of digests, because the input data.train (cells.h5ad) has other "
                "content, though all that was read of it for the training is the same: another column "
                "changed.");
    // What was not read explains no other weights.
    NetworkRun run = makeNetworkRun();
    run.spec.seed = 1;
    (void)written(makeNetworkRun(), run);
    const Comparison seeded = edited(change);
    VERIFY_SAYS(seeded, "because the setting reproducibility.seed is 0 in A and 1 in B.");
}

void TestNetworkSentence::blamesNoWaitingOfThreads()
{
    const auto state = [](NetworkRun &run, const char *library) {
        run.spec.level = spec::Level::Deterministic;
        run.state["library"]["version"] = library;
        run.state["environment"] = {{"GOMP_SPINCOUNT", nullptr}, {"OMP_WAIT_POLICY", nullptr}};
    };
    NetworkRun a = makeNetworkRun();
    state(a, "2.8");
    NetworkRun b = makeNetworkRun();
    state(b, "2.9");
    b.state["environment"] = {{"GOMP_SPINCOUNT", "3000"}, {"OMP_WAIT_POLICY", "PASSIVE"}};
    b.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
        if (epoch == 2 && step == 4)
            weights[2][5] += 0.5F;
    };
    const Comparison result = written(a, b);
    VERIFY_SAYS(result, "because the state library.version was 2.8 in A and 2.9 in B.");
    QVERIFY(find(result, "state", "GOMP_SPINCOUNT")->informative);
    QVERIFY(find(result, "state", "OMP_WAIT_POLICY")->informative);
}

QTEST_GUILESS_MAIN(TestNetworkSentence)
#include "tst_network_sentence.moc"
