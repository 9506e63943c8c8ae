// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/spec/recipes.h"
#include "models/spec/run_spec.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>

using namespace ibidem;
using namespace ibidem::spec;

namespace {

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/// Dotted keys of a schema's properties.
void collectKeys(const Json &object, const std::string &prefix, std::set<std::string> &keys)
{
    for (const auto &[name, value] : object.items()) {
        const Json *const inner = value.is_object() ? findAt(value, "properties") : nullptr;
        if (inner)
            collectKeys(*inner, prefix + name + ".", keys);
        else
            keys.insert(prefix + name);
    }
}

} // namespace

class TestSpecFiles : public QObject
{
    Q_OBJECT

private slots:

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void readsTheSameFromJsonAndToml();
    void tellsWhetherTheFileChoosesALevel();
    void takesRelativePathsFromTheFilesFolder();
    void namesLineAndColumnOfBrokenFiles();
    void namesTheFileOfUnknownKeys();
    void rejectsValuesThatJsonCannotHold();
    void saysThatAFileIsMissing();
    void trainsAWrittenSpecAgain();
    void holdsEveryRecipeOfTheResources();
    void hasASchemaWithTheSameKeys();
    void suggestsTheNearestRecipe();

private:
    [[nodiscard]] std::filesystem::path write(const std::string &name, std::string_view text) const
    {
        const auto path = std::filesystem::path(m_folder->path().toStdString()) / name;
        return writeFileAtomically(path, text) ? path : std::filesystem::path();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestSpecFiles::readsTheSameFromJsonAndToml()
{
    const auto json = readSpecFile(write("a.json", R"({
  "recipe": "expression-xgboost",
  "data": {"train": "/t.tsv", "options": {"labelColumn": "type"}},
  "model": {"rounds": 20, "learningRate": 1},
  "reproducibility": {"seed": 9007199254740993, "level": "seeded"}
})"));
    const auto toml = readSpecFile(write("a.toml", R"(
recipe = "expression-xgboost"
data.train = "/t.tsv"
data.options.labelColumn = "type"
[model]
rounds = 20       # few
learningRate = 1
[reproducibility]
seed = 9_007_199_254_740_993
level = "seeded"
)"));
    QVERIFY2(json.has_value(), json ? "" : describe(json.error()).c_str());
    QVERIFY2(toml.has_value(), toml ? "" : describe(toml.error()).c_str());
    QVERIFY(*json == *toml);
    QCOMPARE(toml->seed, std::uint64_t{9007199254740993ULL});
    QCOMPARE(toml->trees.rounds, 20);
}

void TestSpecFiles::tellsWhetherTheFileChoosesALevel()
{
    const auto chooses = [this](const std::string &name, std::string_view text) {
        bool chosen = false;
        return readSpecFile(write(name, text), &chosen) && chosen;
    };
    QVERIFY(chooses("l1.json", R"({"reproducibility": {"level": "portable"}})"));
    QVERIFY(chooses("l2.toml", "reproducibility.level = \"seeded\"\n"));
    QVERIFY(!chooses("l3.json", R"({"reproducibility": {"seed": 1}, "data": {"train": "level: x.tsv"}})"));
    QVERIFY(!chooses("l4.toml", "# level: whatever the device gives\nmodel.rounds = 20\n"));
}

void TestSpecFiles::takesRelativePathsFromTheFilesFolder()
{
    const auto path = write("b.json", R"({"data":{"train":"x/../t.tsv","test":"/abs/u.tsv"}})");
    const auto spec = readSpecFile(path);
    QCOMPARE(spec->data.train.path, (path.parent_path() / "t.tsv").string());
    QCOMPARE(spec->data.test->path, std::string("/abs/u.tsv"));
}

void TestSpecFiles::namesLineAndColumnOfBrokenFiles()
{
    const auto json = readSpecFile(write("c.json", "{\n  \"model\": {,}\n}\n"));
    QCOMPARE(json.error().code, ErrorCode::BadSpec);
    QVERIFY2(has(json.error().message, "line 2"), json.error().message.c_str());
    QVERIFY(has(json.error().path, "c.json"));
    const auto toml = readSpecFile(write("c.toml", "[model]\nrounds = = 5\n"));
    QCOMPARE(toml.error().code, ErrorCode::BadSpec);
    QVERIFY2(has(toml.error().message, "line 2"), toml.error().message.c_str());
    QVERIFY(has(toml.error().path, "c.toml"));
}

void TestSpecFiles::namesTheFileOfUnknownKeys()
{
    const auto spec = readSpecFile(write("d.toml", "[model]\nround = 5\n"));
    QCOMPARE(spec.error().code, ErrorCode::BadSpec);
    QVERIFY(has(spec.error().path, "d.toml"));
    QVERIFY(has(spec.error().cure, "model.rounds"));
}

void TestSpecFiles::rejectsValuesThatJsonCannotHold()
{
    QVERIFY(has(readSpecFile(write("e.toml", "recipe = 2021-04-08\n")).error().message, "line 1"));
    QVERIFY(has(readSpecFile(write("f.toml", "model.lambda = inf\n")).error().message, "model.lambda"));
    QVERIFY(has(readSpecFile(write("g.toml", "model.rounds = [1, 2]\n")).error().message, "line 1"));
}

void TestSpecFiles::saysThatAFileIsMissing()
{
    QCOMPARE(readSpecFile("/nowhere/spec.json").error().code, ErrorCode::InputMissing);
}

void TestSpecFiles::trainsAWrittenSpecAgain()
{
    RunSpec spec = findRecipe("expression-xgboost")->spec;
    spec.data.train = {"", "train.tsv", 12, std::string(64, 'a'), std::string(64, 'b')};
    spec.trees.rounds = 3;
    const auto text = canonicalJson(spec.toJson());
    const auto again = readSpecFile(write("spec.json", *text));
    QVERIFY2(again.has_value(), again ? "" : describe(again.error()).c_str());
    QVERIFY(*again == spec);
}

void TestSpecFiles::holdsEveryRecipeOfTheResources()
{
    const char *const source = std::getenv("IBIDEM_SOURCE");
    QVERIFY(source);
    const auto files = listFolder(std::filesystem::path(source) / "resources" / "recipes");
    QVERIFY(files.has_value());
    QCOMPARE(recipes().size(), files->size());
    for (std::size_t i = 0; i < files->size(); ++i) {
        const Recipe &recipe = recipes()[i];
        QCOMPARE(recipe.name + ".json", files->at(i));
        QCOMPARE(recipe.spec.recipe, recipe.name);
        QVERIFY(validate(recipe.spec).has_value());
        QVERIFY(!recipe.title.empty() && !recipe.description.empty() && !recipe.source.empty());
    }
    // The recipe says what the defaults of the code say: the paper's parameters.
    QVERIFY(findRecipe("lcep-xgboost")->spec == RunSpec{});
}

void TestSpecFiles::hasASchemaWithTheSameKeys()
{
    const char *const source = std::getenv("IBIDEM_SOURCE");
    QVERIFY(source);
    const auto text = readFile(std::filesystem::path(source) / "resources" / "schemas" / "spec.schema.json");
    QVERIFY2(text.has_value(), "spec.schema.json");
    const auto schema = parseJson(*text);
    QVERIFY2(schema.has_value(), schema ? "" : schema.error().message.c_str());
    std::set<std::string> described;
    collectKeys(schema->at("properties"), {}, described);
    std::set<std::string> known = {"schema", "model.kind"};
    for (const Setting &setting : settings({}))
        known.insert(setting.key);
    QVERIFY(described == known);
}

void TestSpecFiles::suggestsTheNearestRecipe()
{
    const auto found = findRecipe("lcep-xgbost");
    QCOMPARE(found.error().code, ErrorCode::BadSpec);
    QVERIFY(has(found.error().cure, "lcep-xgboost"));
    QVERIFY(has(findRecipe("quite another thing").error().cure, "expression-xgboost"));
}

QTEST_GUILESS_MAIN(TestSpecFiles)
#include "tst_spec_files.moc"
