// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/nearest_name.h"
#include "models/spec/recipes.h"
#include "models/spec/run_spec.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <set>

using namespace ibidem;
using namespace ibidem::spec;

namespace {

RunSpec resolvedSpec()
{
    RunSpec spec;
    spec.data.train = {"", "train.tsv", 12, std::string(64, 'a'), std::string(64, 'b')};
    spec.data.test = Input{"", "test.tsv", 13, std::string(64, 'c'), std::string(64, 'd')};
    spec.preparation.genes = Input{"", "genes.txt", 14, std::string(64, 'e'), ""};
    spec.device = "cpu";
    spec.threads = 2;
    spec.isa = "avx2";
    spec.seed = std::numeric_limits<std::uint64_t>::max();
    spec.trees.learningRate = 0.1;
    return spec;
}

Error errorOf(std::string_view json)
{
    const auto spec = RunSpec::fromJson(*parseJson(json));
    return spec ? Error{ErrorCode::Internal, "no error", {}, {}} : spec.error();
}

Error overrideError(const std::string &assignment)
{
    const auto spec = withOverrides(RunSpec{}, {assignment});
    return spec ? Error{ErrorCode::Internal, "no error", {}, {}} : spec.error();
}

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TestRunSpec : public QObject
{
    Q_OBJECT

private slots:
    void readsBackWhatItWrites();
    void keepsSeedsBeyondTwoToTheFiftyThird();
    void leavesOutInputsThatAreNotGiven();
    void takesAPathForAnInput();
    void takesTheRecipesDefaults();
    void namesTheKeyThatWasMeant_data();
    void namesTheKeyThatWasMeant();
    void namesTheKeyOfAWrongType_data();
    void namesTheKeyOfAWrongType();
    void rejectsOtherSchemas();
    void acceptsTheDefaults();
    void rejectsWhatIsOutOfRange_data();
    void rejectsWhatIsOutOfRange();
    void overridesByFullAndByShortNames();
    void overridesInputs();
    void keepsTextAsItWasTyped();
    void explainsWrongOverrides();
    void startsTheChainWithoutWhatMustNotMatter();
    void startsAnotherChainForEveryOtherKey();
    void readsTheLabelColumnFromTheLabelsFile();
    void listsEverySettingOnce();
    void measuresEditDistance();
    void knowsTheKeysOfANetwork();
    void rejectsWhatANetworkCannotBe_data();
    void rejectsWhatANetworkCannotBe();
    void startsTheChainOfANetworkWithoutItsAnalysis();
};

void TestRunSpec::readsBackWhatItWrites()
{
    for (const RunSpec &spec : {RunSpec{}, resolvedSpec()}) {
        const auto text = canonicalJson(spec.toJson());
        QVERIFY(text.has_value());
        const auto again = RunSpec::fromJson(*parseJson(*text));
        QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
        QVERIFY(*again == spec);
        QCOMPARE(*canonicalJson(again->toJson()), *text);
    }
}

void TestRunSpec::keepsSeedsBeyondTwoToTheFiftyThird()
{
    const auto spec = RunSpec::fromJson(*parseJson(R"({"reproducibility":{"seed":9007199254740993}})"));
    QCOMPARE(spec->seed, std::uint64_t{9007199254740993ULL});
    const auto text = RunSpec::fromJson(*parseJson(R"({"reproducibility":{"seed":"18446744073709551615"}})"));
    QCOMPARE(text->seed, std::numeric_limits<std::uint64_t>::max());
    QVERIFY(has(*compactJson(text->toJson()), "\"seed\":18446744073709551615"));
}

void TestRunSpec::leavesOutInputsThatAreNotGiven()
{
    const Json json = RunSpec{}.toJson();
    QVERIFY(!json.at("data").contains("train"));
    QVERIFY(!json.at("data").contains("test"));
    QVERIFY(!json.at("preparation").contains("genes"));
    QCOMPARE(json.at("model").at("kind").get<std::string>(), std::string("trees"));
    QVERIFY(!resolvedSpec().toJson().at("preparation").at("genes").contains("content"));
}

void TestRunSpec::takesAPathForAnInput()
{
    const auto text =
        RunSpec::fromJson(*parseJson(R"({"data":{"train":"a.tsv","test":{"path":"b.tsv"},"labels":null}})"));
    QCOMPARE(text->data.train.path, std::string("a.tsv"));
    QCOMPARE(text->data.test->path, std::string("b.tsv"));
    QVERIFY(!text->data.labels);
}

void TestRunSpec::takesTheRecipesDefaults()
{
    const auto spec =
        RunSpec::fromJson(*parseJson(R"({"recipe":"expression-xgboost","model":{"maxDepth":2}})"));
    QCOMPARE(spec->trees.rounds, 100);
    QCOMPARE(spec->trees.maxDepth, 2);
    QCOMPARE(RunSpec::fromJson(Json::object())->trees.rounds, 1000);
}

void TestRunSpec::namesTheKeyThatWasMeant_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("meant");
    QTest::newRow("letter missing") << R"({"model":{"round":5}})"
                                    << "model.round"
                                    << "model.rounds";
    QTest::newRow("snake case") << R"({"model":{"learning_rate":5}})"
                                << "model.learning_rate"
                                << "model.learningRate";
    QTest::newRow("wrong group") << R"({"training":{"rounds":5}})"
                                 << "training.rounds"
                                 << "model.rounds";
    QTest::newRow("no group") << R"({"seed":5})"
                              << "seed"
                              << "reproducibility.seed";
    QTest::newRow("input") << R"({"data":{"train":{"pth":"x"}}})"
                           << "data.train.pth"
                           << "path";
    QTest::newRow("group") << R"({"modle":{}})"
                           << "modle"
                           << "";
}

void TestRunSpec::namesTheKeyThatWasMeant()
{
    QFETCH(const QString, json);
    QFETCH(const QString, key);
    QFETCH(const QString, meant);
    const Error error = errorOf(json.toStdString());
    QCOMPARE(error.code, ErrorCode::BadSpec);
    QVERIFY2(has(error.message, "'" + key.toStdString() + "'"), error.message.c_str());
    QVERIFY2(has(error.cure, meant.toStdString()), error.cure.c_str());
}

void TestRunSpec::namesTheKeyOfAWrongType_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("key");
    QTest::newRow("text for a number") << R"({"model":{"rounds":"50"}})"
                                       << "model.rounds";
    QTest::newRow("fraction") << R"({"model":{"rounds":50.5}})"
                              << "model.rounds";
    QTest::newRow("too large") << R"({"model":{"rounds":4294967297}})"
                               << "model.rounds";
    QTest::newRow("far too large") << R"({"model":{"rounds":18446744073709551615}})"
                                   << "model.rounds";
    QTest::newRow("text for a fraction") << R"({"model":{"subsample":"half"}})"
                                         << "model.subsample";
    QTest::newRow("negative seed") << R"({"reproducibility":{"seed":-1}})"
                                   << "reproducibility.seed";
    QTest::newRow("level") << R"({"reproducibility":{"level":"exact"}})"
                           << "reproducibility.level";
    QTest::newRow("number for text") << R"({"recipe":1})"
                                     << "recipe";
    QTest::newRow("number for a group") << R"({"model":1})"
                                        << "model";
    QTest::newRow("list for an input") << R"({"data":{"train":["a"]}})"
                                       << "data.train";
    QTest::newRow("digest") << R"({"data":{"train":{"sha256":"XYZ"}}})"
                            << "data.train.sha256";
    QTest::newRow("not an object") << R"([])"
                                   << "specification";
}

void TestRunSpec::namesTheKeyOfAWrongType()
{
    QFETCH(const QString, json);
    QFETCH(const QString, key);
    const Error error = errorOf(json.toStdString());
    QCOMPARE(error.code, ErrorCode::BadSpec);
    QVERIFY2(has(error.message, key.toStdString()), error.message.c_str());
}

void TestRunSpec::rejectsOtherSchemas()
{
    QVERIFY(has(errorOf(R"({"schema":"ibidem/spec/2"})").message, "schema"));
    QVERIFY(has(errorOf(R"({"model":{"kind":"network"}})").message, "model.kind"));
    QVERIFY(RunSpec::fromJson(*parseJson(R"({"schema":"ibidem/spec/1"})")).has_value());
}

void TestRunSpec::acceptsTheDefaults()
{
    QVERIFY(validate(RunSpec{}).has_value());
    QVERIFY(validate(resolvedSpec()).has_value());
}

void TestRunSpec::rejectsWhatIsOutOfRange_data()
{
    QTest::addColumn<QString>("assignment");
    for (const char *const assignment : {"model.rounds=0",
                                         "model.rounds=100001",
                                         "model.learningRate=0",
                                         "model.learningRate=1.5",
                                         "model.maxDepth=0",
                                         "model.maxDepth=17",
                                         "model.minChildWeight=-1",
                                         "model.subsample=0",
                                         "model.subsample=1.01",
                                         "model.columnSample=0",
                                         "model.lambda=-0.1",
                                         "model.alpha=-1",
                                         "model.gamma=-1",
                                         "model.maxBin=1",
                                         "model.objective=binary:hinge",
                                         "preparation.testFraction=0",
                                         "preparation.testFraction=1",
                                         "preparation.values=counts",
                                         "execution.threads=-1",
                                         "execution.threads=1025",
                                         "execution.device=gpu",
                                         "execution.device=cuda:",
                                         "execution.device=cuda:x",
                                         "execution.isa=sse",
                                         "training.checkpointEvery=0",
                                         "data.options.delimiter=pipe",
                                         "data.options.orientation=sideways",
                                         "data.options.labelColumn=",
                                         "recipe=lcep-xgbost"})
        QTest::newRow(assignment) << assignment;
}

void TestRunSpec::rejectsWhatIsOutOfRange()
{
    QFETCH(const QString, assignment);
    const auto spec = withOverrides(RunSpec{}, {assignment.toStdString()});
    QVERIFY2(spec.has_value(), spec ? "" : spec.error().message.c_str());
    const Status status = validate(*spec);
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::BadSpec);
    QVERIFY(!status.error().cure.empty());
    const std::string key = assignment.section(QLatin1Char('='), 0, 0).toStdString();
    QVERIFY2(has(status.error().message, key == "recipe" ? "lcep-xgbost" : key),
             status.error().message.c_str());
}

void TestRunSpec::overridesByFullAndByShortNames()
{
    const auto spec = withOverrides(
        RunSpec{}, {"model.rounds=50", "seed=7", "learningRate=1", "level=seeded", "rounds = 60"});
    QVERIFY2(spec.has_value(), spec ? "" : spec.error().message.c_str());
    QCOMPARE(spec->trees.rounds, 60);
    QCOMPARE(spec->seed, std::uint64_t{7});
    QCOMPARE(spec->trees.learningRate, 1.0);
    QCOMPARE(spec->level, Level::Seeded);
}

void TestRunSpec::overridesInputs()
{
    const auto spec = withOverrides(resolvedSpec(), {"data.train=other.tsv", "genes=", "data.test=null"});
    QVERIFY2(spec.has_value(), spec ? "" : spec.error().message.c_str());
    QVERIFY(spec->data.train == Input({"other.tsv", "", 0, "", ""}));
    QVERIFY(!spec->preparation.genes);
    QVERIFY(!spec->data.test);
}

void TestRunSpec::keepsTextAsItWasTyped()
{
    const auto spec =
        withOverrides(RunSpec{}, {"labelColumn=12", "data.train=a=b.tsv", "data.test=\"c d.tsv\""});
    QVERIFY2(spec.has_value(), spec ? "" : spec.error().message.c_str());
    QCOMPARE(spec->data.options.labelColumn, std::string("12"));
    QCOMPARE(spec->data.train.path, std::string("a=b.tsv"));
    QCOMPARE(spec->data.test->path, std::string("c d.tsv"));
}

void TestRunSpec::explainsWrongOverrides()
{
    QVERIFY(has(overrideError("model.round=5").cure, "model.rounds"));
    QVERIFY(has(overrideError("learning-rate=5").cure, "model.learningRate"));
    QVERIFY(has(overrideError("rounds").cure, "key=value"));
    QVERIFY(has(overrideError("=5").message, "no assignment"));
    QVERIFY(has(overrideError("rounds=many").message, "model.rounds"));
    QCOMPARE(overrideError("rounds=many").code, ErrorCode::BadSpec);
    QVERIFY(overrideError("qqqqqqqqqqqqqqqq=1").cure.empty());
}

void TestRunSpec::startsTheChainWithoutWhatMustNotMatter()
{
    const RunSpec spec = resolvedSpec();
    RunSpec other = spec;
    other.device = "cuda:0";
    other.threads = 7;
    other.isa = "scalar";
    other.checkpointEvery = 3;
    other.data.train.name = "copy.csv.gz";
    other.data.train.bytes = 99;
    other.data.train.sha256 = std::string(64, 'f');
    other.data.options.delimiter = "comma";
    other.preparation.genes->name = "list.txt";
    QCOMPARE(chainStart(other), chainStart(spec));
    QCOMPARE(chainStart(spec).size(), std::size_t{64});
}

void TestRunSpec::startsAnotherChainForEveryOtherKey()
{
    const RunSpec spec = resolvedSpec();
    std::set<std::string> starts = {chainStart(spec)};
    const std::vector<std::string> changes = {
        "recipe=expression-xgboost",
        "labelColumn=x",
        "values=log",
        "testFraction=0.3",
        "splitSeed=1",
        "objective=binary:logistic",
        "rounds=1",
        "maxDepth=4",
        "learningRate=0.3",
        "minChildWeight=2",
        "subsample=0.5",
        "alpha=1",
        "lambda=2",
        "gamma=1",
        "columnSample=0.5",
        "maxBin=64",
        "level=seeded",
        "seed=1",
        "genes=",
        "data.test=",
        "labels=x",
        "split=x",
    };
    for (const std::string &change : changes) {
        const auto changed = withOverrides(spec, {change});
        QVERIFY2(changed.has_value(), change.c_str());
        QVERIFY2(starts.insert(chainStart(*changed)).second, change.c_str());
    }
    RunSpec content = spec;
    content.data.train.content[0] = 'c';
    QVERIFY(starts.insert(chainStart(content)).second);
    RunSpec list = spec;
    list.preparation.genes->sha256[0] = 'd';
    QVERIFY(starts.insert(chainStart(list)).second);
}

void TestRunSpec::readsTheLabelColumnFromTheLabelsFile()
{
    RunSpec spec = resolvedSpec();
    spec.data.options = {"tab", "samples-in-rows", "type"};
    QCOMPARE(tableOptions(spec.data, "train").labelColumn, std::string("type"));
    spec.data.labels = Input{"labels.tsv", "", 0, "", ""};
    QCOMPARE(tableOptions(spec.data, "train").labelColumn, std::string("auto"));
    QCOMPARE(tableOptions(spec.data, "train").delimiter, std::string("tab"));
    QCOMPARE(tableOptions(spec.data, "labels").labelColumn, std::string("type"));
}

void TestRunSpec::listsEverySettingOnce()
{
    const auto list = settings(resolvedSpec());
    QVERIFY(std::is_sorted(list.begin(), list.end(),
                           [](const Setting &a, const Setting &b) { return a.key < b.key; }));
    QCOMPARE(list.size(), std::size_t{29});
    const auto rate = std::find_if(list.begin(), list.end(),
                                   [](const Setting &s) { return s.key == "model.learningRate"; });
    QCOMPARE(rate->value, std::string("0.1"));
    QCOMPARE(rate->defaultValue, std::string("0.2"));
    const auto train =
        std::find_if(list.begin(), list.end(), [](const Setting &s) { return s.key == "data.train"; });
    QCOMPARE(train->value, std::string("train.tsv (bbbbbbbbbbbbbbbb)"));
}

void TestRunSpec::measuresEditDistance()
{
    QCOMPARE(editDistance("kitten", "sitting"), std::size_t{3});
    QCOMPARE(editDistance("", "abc"), std::size_t{3});
    QVERIFY(!nearestName("zzzzzz", {"rounds", "seed"}));
}

namespace {

RunSpec autoencoderSpec()
{
    return findRecipe("sc-autoencoder")->spec;
}

} // namespace

void TestRunSpec::knowsTheKeysOfANetwork()
{
    const RunSpec recipe = autoencoderSpec();
    QVERIFY(recipe.kind == ModelKind::Autoencoder);
    QVERIFY(validate(recipe).has_value());
    RunSpec whole; // what the structures default to is what the recipe says
    whole.recipe = "sc-autoencoder";
    whole.kind = ModelKind::Autoencoder;
    whole.checkpointEvery = 10;
    QVERIFY(recipe == whole);
    const auto spec =
        withOverrides(recipe, {"widths=12,6", "latent=3", "epochs=4", "scale=false", "map=false",
                               "order=shuffled", "minGenes=20", "analysis.labelColumn=cell_type"});
    QVERIFY2(spec.has_value(), spec ? "" : spec.error().message.c_str());
    QVERIFY(spec->autoencoder.widths == std::vector<int>({12, 6}));
    QVERIFY(!spec->cells.scale && !spec->analysis.map);
    QCOMPARE(roundCount(*spec), 4);
    const auto again = RunSpec::fromJson(spec->toJson());
    QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
    QVERIFY(*again == *spec);
    const Network network = networkOf(spec->autoencoder, 7);
    QCOMPARE(network.nodes.back().shape, std::vector<std::size_t>{7});
    QCOMPARE(networkOf(AutoencoderSpec(), 685).parameterCount(), std::size_t{513 * 685 + 86944});
    // The keys of the other kind are unknown here, and the other way round.
    QVERIFY(!withOverrides(recipe, {"model.rounds=3"}).has_value());
    QVERIFY(!withOverrides(RunSpec{}, {"training.epochs=3"}).has_value());
    QVERIFY(!validate(*withOverrides(recipe, {"recipe=lcep-xgboost"})).has_value());
}

void TestRunSpec::rejectsWhatANetworkCannotBe_data()
{
    QTest::addColumn<QString>("assignment");
    for (const char *const assignment :
         {"model.widths=", "model.widths=0", "model.widths=12,0", "model.latent=0", "model.activation=gelu",
          "training.epochs=0", "training.batchSize=0", "training.optimiser=rmsprop",
          "training.learningRate=0", "training.weightDecay=-1", "training.momentum=1",
          "training.order=sorted", "training.validationFraction=0.95", "training.patience=-1",
          "analysis.neighbours=1", "analysis.minDistance=2", "analysis.resolution=0",
          "analysis.labelColumn=", "preparation.bins=0"})
        QTest::newRow(assignment) << assignment;
}

void TestRunSpec::rejectsWhatANetworkCannotBe()
{
    QFETCH(const QString, assignment);
    const auto spec = withOverrides(autoencoderSpec(), {assignment.toStdString()});
    QVERIFY2(spec.has_value(), spec ? "" : spec.error().message.c_str());
    const Status status = validate(*spec);
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::BadSpec);
    const std::string key = assignment.section(QLatin1Char('='), 0, 0).toStdString();
    QVERIFY2(has(status.error().message, key), status.error().message.c_str());
}

void TestRunSpec::startsTheChainOfANetworkWithoutItsAnalysis()
{
    const RunSpec spec = autoencoderSpec();
    const std::string start = chainStart(spec);
    for (const char *const assignment :
         {"neighbours=7", "checkpointEvery=3", "threads=5", "isa=scalar", "map=false"})
        QCOMPARE(chainStart(*withOverrides(spec, {assignment})), start);
    for (const char *const assignment :
         {"epochs=7", "latent=5", "minGenes=1", "order=shuffled", "validationFraction=0.1", "seed=1"})
        QVERIFY2(chainStart(*withOverrides(spec, {assignment})) != start, assignment);
}

QTEST_GUILESS_MAIN(TestRunSpec)
#include "tst_run_spec.moc"
