// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Runs of networks: what is equal, and negative controls, each found and named with epoch, step and tensor.
#include "models/runs/network_files.h"
#include "models/runs/trace.h"
#include "tests/models/compare/network_pair.h"

#include <algorithm>
#include <cmath>

using namespace ibidem;
using namespace ibidem::compare;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

class TestNetworkComparison : public QObject, private NetworkPair
{
    Q_OBJECT

private Q_SLOTS:
    void findsEqualRunsIdentical();
    void countsEverythingInTheDocument();
    void leavesOtherThreadsToInformation();
    void namesOneFlippedUlpOfOneWeight();
    void namesAFlippedUlpOfTheLastStep();
    void namesAnotherOrderOfTheBatch();
    void namesOtherValuesOfTheBatch();
    void namesAnotherGradient();
    void namesAnotherLoss();
    void namesAnotherSeed();
    void namesSwappedCells();
    void namesAChangedValue();
    void namesAChangedSetting();
    void namesAnotherShape();
    void findsRunsOfOtherLength();
    void saysThatOnlyTheMapDiffers();
    void explainsTheMapByItsSettings();
    void leavesLabelsOfAnotherColumnToInformation();
    void comparesReconstructions();
    void acceptsWhatIsWithinTheTolerance();
    void comparesTreesWithANetwork();
};

void TestNetworkComparison::findsEqualRunsIdentical()
{
    const Comparison result = changed([](NetworkRun &) {});
    QVERIFY2(result.verdict == Verdict::Identical, describe(result).c_str());
    QCOMPARE(result.sentence, std::string("IDENTICAL: 12 of 12 tensors, 5 of 5 epochs, 5 of 5 metric values, "
                                          "40 of 40 embedded cells are equal bit for bit."));
    QVERIFY2(result.differences.empty(), describe(result).c_str());
    QCOMPARE(first(result), std::string(R"({"epoch":null,"layer":null,"operation":null,"step":null})"));
}

void TestNetworkComparison::countsEverythingInTheDocument()
{
    const Json compared = changed([](NetworkRun &) {}).toJson()["compared"];
    for (const auto &[key, total] :
         {std::pair{"tensors", 12}, std::pair{"epochs", 5}, std::pair{"cells", 40}, std::pair{"metrics", 5},
          std::pair{"trees", 0}, std::pair{"predictions", 0}}) {
        QCOMPARE(compared.at(key).at("total").get<int>(), total);
        QCOMPARE(compared.at(key).at("equal").get<int>(), total);
    }
}

void TestNetworkComparison::leavesOtherThreadsToInformation()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.spec.threads = 4;
        run.spec.isa = "avx512";
        run.state["threads"]["used"] = 4;
        run.environment["cpu"]["brand"] = "two";
    });
    QVERIFY2(result.verdict == Verdict::Identical, describe(result).c_str());
    VERIFY_SAYS(result, "equal bit for bit, with isa avx2 and avx512, threads 1 and 4.");
    QVERIFY(find(result, "environment", "cpu.brand")->informative);
}

void TestNetworkComparison::namesOneFlippedUlpOfOneWeight()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 3 && step == 4)
                weights[2][5] = std::nextafter(weights[2][5], 9.0F); // encoder.2.weight
        };
    });
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result,
                "DIFFERENT since epoch 3, step 4: the weights of encoder.2.weight differ at the start "
                "of the step, after steps that are equal bit for bit; ");
    VERIFY_SAYS(result, "3 of 5 epochs");
    VERIFY_SAYS(result, "no recorded setting, input or state explains it");
    QCOMPARE(first(result), std::string(R"({"epoch":3,"layer":"encoder.2","operation":"weights","step":4})"));
    QCOMPARE(result.firstWhat, std::string("step 4, weights of encoder.2.weight"));
    QVERIFY(find(result, "step", "epoch 3, step 4, weights of encoder.2.weight") != nullptr);
    // 2 steps of epoch 3 and two epochs of 5
    QCOMPARE(find(result, "step")->count, std::uint64_t{12});
    QVERIFY(find(result, "epoch", "after epoch 3") != nullptr);
    QCOMPARE(result.epochsEqual, std::uint64_t{2});
    QVERIFY(find(result, "tensor") != nullptr);
    QVERIFY(find(result, "tensor")->maxUlp.value_or(0) > 0);
}

void TestNetworkComparison::namesAFlippedUlpOfTheLastStep()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 5 && step == 5)
                weights[11][0] = std::nextafter(weights[11][0], 9.0F); // the last bias
        };
    });
    VERIFY_SAYS(result, "DIFFERENT since epoch 5, step 5: the weights of decoder.4.bias differ");
    QCOMPARE(result.epochsEqual, std::uint64_t{4});
    QCOMPARE(find(result, "step")->count, std::uint64_t{1});
}

void TestNetworkComparison::namesAnotherOrderOfTheBatch()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.meddling.order = [](int epoch, int step, std::vector<std::size_t> &batch) {
            if (epoch == 2 && step == 3)
                std::swap(batch[0], batch[1]);
        };
    });
    VERIFY_SAYS(result, "DIFFERENT since epoch 2, step 3: the batch has other cells, or the same in another "
                        "order; ");
    QCOMPARE(first(result), std::string(R"({"epoch":2,"layer":null,"operation":"order","step":3})"));
}

void TestNetworkComparison::namesOtherValuesOfTheBatch()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.meddling.data = [](int epoch, int step, std::vector<float> &values) {
            if (epoch == 2 && step == 1)
                values[7] = std::nextafter(values[7], 9.0F);
        };
    });
    VERIFY_SAYS(result,
                "DIFFERENT since epoch 2, step 1: the batch takes the same rows in the same order, but they "
                "hold other values");
    QCOMPARE(first(result), std::string(R"({"epoch":2,"layer":null,"operation":"data","step":1})"));
}

void TestNetworkComparison::namesAnotherGradient()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.meddling.gradients = [](int epoch, int step, Meddling::Weights &gradients) {
            if (epoch != 4 || step != 2)
                return;
            // decoder.0.weight went wrong, and with it what is computed from it: all layers before.
            for (std::size_t tensor = 0; tensor <= 6; ++tensor)
                gradients[tensor][0] = std::nextafter(gradients[tensor][0], 9.0F);
        };
    });
    VERIFY_SAYS(result,
                "DIFFERENT since epoch 4, step 2: the gradients of decoder.0.weight and 6 more differ, "
                "although cells, weights and loss are equal");
    QCOMPARE(first(result),
             std::string(R"({"epoch":4,"layer":"decoder.0","operation":"gradients","step":2})"));
}

void TestNetworkComparison::namesAnotherLoss()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.meddling.loss = [](int epoch, int step, double &loss) {
            if (epoch == 4 && step == 2)
                loss = 0.25;
        };
    });
    VERIFY_SAYS(result, "DIFFERENT since epoch 4, step 2: the loss is ");
    VERIFY_SAYS(result, " in A and 0.25 in B, although cells and weights are equal");
    QCOMPARE(first(result), std::string(R"({"epoch":4,"layer":null,"operation":"loss","step":2})"));
}

void TestNetworkComparison::namesAnotherSeed()
{
    const Comparison result = changed([](NetworkRun &run) { run.spec.seed = 1; });
    VERIFY_SAYS(result, "DIFFERENT since epoch 1, step 1: the batch has other cells");
    VERIFY_SAYS(result, "because the setting reproducibility.seed is 0 in A and 1 in B");
    QVERIFY(!find(result, "setting", "reproducibility.seed")->informative);
}

void TestNetworkComparison::namesSwappedCells()
{
    const Comparison result = changed([](NetworkRun &run) {
        const std::size_t genes = run.geneIds.size();
        std::swap_ranges(run.values.begin() + std::ptrdiff_t(3 * genes),
                         run.values.begin() + std::ptrdiff_t(4 * genes),
                         run.values.begin() + std::ptrdiff_t(17 * genes));
    });
    QVERIFY(find(result, "sample", "cells CELL1003 and CELL1017 are swapped: their values are exchanged") !=
            nullptr);
    VERIFY_SAYS(result, "because cells CELL1003 and CELL1017 are swapped");
    VERIFY_SAYS(result, "DIFFERENT since epoch 1, step ");
    QCOMPARE(result.firstOperation, std::string("data"));
}

void TestNetworkComparison::namesAChangedValue()
{
    const Comparison result = changed([](NetworkRun &run) {
        float &value = run.values[5 * run.geneIds.size() + 7];
        value = std::nextafter(value, 9.0F);
    });
    QVERIFY(find(result, "value", "gene GENE107 in train cell CELL1005") != nullptr);
    VERIFY_SAYS(result, "because the value of gene GENE107 in train cell CELL1005 changed");
    QCOMPARE(result.firstOperation, std::string("data"));
}

void TestNetworkComparison::namesAChangedSetting()
{
    const Comparison result = changed([](NetworkRun &run) { run.spec.training.learningRate = 2e-3; });
    // The first step is the same: its gradients are computed before anything is learned.
    VERIFY_SAYS(result,
                "DIFFERENT since epoch 1, step 2: the weights of encoder.0.weight and 11 more differ");
    VERIFY_SAYS(result, "because the setting training.learningRate is 0.001 in A and 0.002 in B");
}

void TestNetworkComparison::namesAnotherShape()
{
    const Comparison result = changed([](NetworkRun &run) { run.spec.autoencoder.latent = 2; });
    QCOMPARE(find(result, "tensor", "encoder.4.weight")->a, std::string("F32 [3, 4]"));
    QCOMPARE(find(result, "tensor", "encoder.4.weight")->b, std::string("F32 [2, 4]"));
    QCOMPARE(find(result, "embedding", "dimensions of the latent space")->b, std::string("2"));
    VERIFY_SAYS(result, "because the setting model.latent is 3 in A and 2 in B");
}

void TestNetworkComparison::findsRunsOfOtherLength()
{
    const Comparison result = changed([](NetworkRun &run) { run.spec.training.epochs = 3; });
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    QCOMPARE(result.epochs, std::uint64_t{5});
    QCOMPARE(result.epochsEqual, std::uint64_t{3});
    QCOMPARE(find(result, "epoch", "number of epochs")->b, std::string("3"));
    QCOMPARE(find(result, "outcome")->b, std::string("finished after 3 epochs"));
    QVERIFY(find(result, "step") == nullptr); // as far as both go, every step is the same
    VERIFY_SAYS(result, "because the setting training.epochs is 5 in A and 3 in B");
}

void TestNetworkComparison::saysThatOnlyTheMapDiffers()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.mapping = [](std::vector<float> &map, std::vector<std::int32_t> &clusters) {
            map[10] += 0.5F;
            map[11] += 0.25F;
            map[20] += 0.5F;
            clusters[3] = 1 - clusters[3];
        };
    });
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result,
                "DIFFERENT only after the training: 12 of 12 tensors, 5 of 5 epochs, 5 of 5 metric values, "
                "40 of 40 embedded cells are equal bit for bit, but not what was made of the embedding: UMAP "
                "(2 cells), clusters (1 cell, adjusted Rand index 0.9");
    VERIFY_SAYS(result, "libm: another C library gives another map; the weights are identical.");
    QVERIFY(std::abs(find(result, "map", "X_umap of cell CELL1005")->maxAbs.value_or(0.0) - 0.5) < 1e-6);
    QVERIFY(find(result, "analysis", "final analysis ari") != nullptr);
    QVERIFY(!result.firstRound);
    // A graph alone that differs counts too.
    const Comparison graph = changed([](NetworkRun &run) { run.graph = "two"; });
    QVERIFY(graph.verdict == Verdict::Different);
    VERIFY_SAYS(graph, "embedding: graph of neighbours. The libraries");
}

void TestNetworkComparison::explainsTheMapByItsSettings()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.spec.analysis.minDistance = 0.5;
        run.spec.analysis.resolution = 1.25;
    });
    QVERIFY2(result.verdict == Verdict::Identical, describe(result).c_str());
    VERIFY_SAYS(result, "equal bit for bit; the map and clusters differ, as their settings do (minDistance "
                        "0.1 and 0.5, resolution 1 and 1.25).");
    QVERIFY(find(result, "map", "X_umap")->informative);
    QVERIFY(find(result, "clusters")->informative);
    const Comparison without = changed([](NetworkRun &run) { run.spec.analysis.map = false; });
    QVERIFY2(without.verdict == Verdict::Identical, describe(without).c_str());
    QCOMPARE(find(without, "map", "X_umap and leiden")->b, std::string("none"));
    VERIFY_SAYS(without, "equal bit for bit; only A has a map, as the settings ask (map true and false).");
    const Comparison farther = changed([](NetworkRun &run) {
        run.spec.analysis.minDistance = 0.3;
        run.spec.threads = 2;
    });
    VERIFY_SAYS(farther, "equal bit for bit, with threads 1 and 2; the map differs, as its settings do "
                         "(minDistance 0.1 and 0.3).");
    // A setting that changed nothing is only told.
    const Comparison same = changed([](NetworkRun &run) { run.spec.analysis.mapEpochs = 300; });
    VERIFY_SAYS(same, "equal bit for bit, with mapEpochs 0 and 300.");
}

void TestNetworkComparison::leavesLabelsOfAnotherColumnToInformation()
{
    const Comparison result = changed([](NetworkRun &run) {
        run.spec.analysis.labelColumn = "cell type";
        for (std::int32_t &label : run.labels)
            label = label == 0 ? 1 : 0;
    });
    QVERIFY2(result.verdict == Verdict::Identical, describe(result).c_str());
    QVERIFY(find(result, "label", "label of cell CELL1000")->informative);
    QCOMPARE(find(result, "label", "label of cell CELL1000")->a, std::string("none"));
    // The same column with another label is another result.
    const Comparison changedLabel = changed([](NetworkRun &run) { run.labels[1] = 0; });
    QVERIFY2(changedLabel.verdict == Verdict::Different, describe(changedLabel).c_str());
    QVERIFY(!find(changedLabel, "label", "label of cell CELL1001")->informative);
    VERIFY_SAYS(
        changedLabel,
        "40 of 40 embedded cells are equal bit for bit, but not the agreement with the labels, because "
        "in the column louvain the label of cell CELL1001 is T cells in A and B cells in B; labels "
        "train nothing: only the agreement with them can differ.");
}

void TestNetworkComparison::comparesReconstructions()
{
    NetworkRun run = makeNetworkRun();
    run.spec.analysis.reconstruction = true;
    NetworkRun other = run;
    other.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
        if (epoch == 5 && step == 5)
            weights[0][0] += 0.5F;
    };
    const Comparison result = written(run, other);
    const Difference *found = find(result, "reconstruction", "values [0, 0], cell CELL1000, gene GENE100");
    QVERIFY2(found != nullptr, describe(result).c_str());
    QVERIFY(found->maxAbs.value_or(0.0) > 0.0);
    // One that only one run was asked to keep is no difference.
    QVERIFY(written(run, makeNetworkRun()).verdict == Verdict::Identical);
}

void TestNetworkComparison::acceptsWhatIsWithinTheTolerance()
{
    const auto flip = [](NetworkRun &run) {
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 5 && step == 5)
                weights[2][5] = std::nextafter(weights[2][5], 9.0F);
        };
    };
    const Comparison within = changed(flip, Tolerance::parse("rel:1e-3").value());
    QVERIFY2(within.verdict == Verdict::Within, describe(within).c_str());
    VERIFY_SAYS(within, "WITHIN rel:0.001: ");
    const Comparison ulp = changed(flip, Tolerance::parse("ulp:1000000000000").value());
    QVERIFY2(ulp.verdict == Verdict::Within, describe(ulp).c_str());
    QVERIFY(changed(flip, Tolerance::parse("ulp:0").value()).verdict == Verdict::Different);
    // A flip that grows for three epochs is out of so narrow a bound.
    const Comparison beyond = changed(
        [](NetworkRun &run) {
            run.meddling.weights = [](int epoch, int, Meddling::Weights &weights) {
                if (epoch == 2)
                    weights[0][1] += 0.01F;
            };
        },
        Tolerance::parse("rel:1e-6").value());
    QVERIFY2(beyond.verdict == Verdict::Different, describe(beyond).c_str());
}

void TestNetworkComparison::comparesTreesWithANetwork()
{
    for (const char *name : {"a", "b"})
        fs::remove_all(m_folder / name);
    QVERIFY(writeRun(m_folder / "a", makeRun()));
    QVERIFY(writeNetworkRun(m_folder / "b", makeNetworkRun()));
    const Comparison result = compared();
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result, "because the setting model.kind is trees in A and autoencoder in B");
    QVERIFY(find(result, "sample") == nullptr);
}

QTEST_GUILESS_MAIN(TestNetworkComparison)
#include "tst_network_comparison.moc"
