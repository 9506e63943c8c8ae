// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/report/html.h"
#include "models/report/levels.h"
#include "models/report/sections.h"

#include <algorithm>
#include <array>
#include <optional>

namespace ibidem::report {

namespace {

struct NamedInput
{
    const char *role;
    const char *option; ///< of `ibidem train`; none: the spec alone names it
    const spec::Input *input;
};

std::vector<NamedInput> inputsOf(const spec::RunSpec &spec)
{
    const bool isTable = spec.kind == spec::ModelKind::Trees;
    std::vector<NamedInput> inputs{
        {isTable ? "Training table" : "Matrix of cells", "--data", &spec.data.train}};
    const auto add = [&](const char *role, const char *option, const std::optional<spec::Input> &input) {
        if (input)
            inputs.push_back({role, option, &*input});
    };
    add("Test table", "--test", spec.data.test);
    add("Class labels", "--labels", spec.data.labels);
    add("Gene list", "", spec.preparation.genes);
    add("Split", "", spec.preparation.split);
    return inputs;
}

std::string inputTable(const spec::RunSpec &spec)
{
    Table all;
    all.caption = "Input files, by content";
    all.headers = {"Role", "File", "Size", "SHA-256 of the file", "Digest of the content"};
    all.numbers = {2};
    for (const NamedInput &named : inputsOf(spec))
        all.rows.push_back({named.role, escaped(named.input->name), formatBytes(named.input->bytes),
                            code(named.input->sha256),
                            named.input->content.empty() ? "–" : code(named.input->content)});
    return table(all);
}

std::string stageTable(const runs::Manifest &manifest, bool isOfCells)
{
    Table all;
    all.caption = "Preparation, stage by stage: a digest of everything that left the stage";
    all.headers = {"Stage", isOfCells ? "Cells" : "Samples", "Genes", "SHA-256"};
    all.numbers = {1, 2};
    for (const runs::StageRecord &stage : manifest.preparation)
        all.rows.push_back({escaped(stage.name), std::to_string(stage.samples), std::to_string(stage.genes),
                            code(stage.digest)});
    return table(all);
}

/// 0 changed by a person, 1 an input, 2 "auto" as resolved, 3 the default.
int settingRank(const spec::Setting &setting)
{
    if (setting.value == setting.defaultValue)
        return 3;
    if (setting.key.starts_with("execution.") &&
        (setting.defaultValue == "auto" || setting.defaultValue == "0"))
        return 2;
    return setting.defaultValue.empty() ? 1 : 0;
}

std::string settingTable(const spec::RunSpec &spec)
{
    constexpr std::array kRemarks{"changed", "input", "resolved", ""};
    std::vector<spec::Setting> list = spec::settings(spec);
    std::stable_sort(list.begin(), list.end(), [](const spec::Setting &a, const spec::Setting &b) {
        return settingRank(a) < settingRank(b);
    });
    Table all;
    all.caption = "Every setting; those that were changed from the default come first";
    all.headers = {"Setting", "Value", "Default", "Remark"};
    for (const spec::Setting &setting : list) {
        const int rank = settingRank(setting);
        const std::string remark = kRemarks.at(static_cast<std::size_t>(rank));
        all.rows.push_back({code(setting.key), setting.value.empty() ? "–" : escaped(setting.value),
                            setting.defaultValue.empty() ? "–" : escaped(setting.defaultValue),
                            rank == 0 ? element("strong", remark) : remark});
    }
    return table(all);
}

using Leaves = std::vector<std::pair<std::string, std::string>>;

std::string leafText(const Json &value)
{
    if (value.is_null())
        return "not set or not known";
    return value.is_string() ? value.get<std::string>() : compactJson(value).value_or("?");
}

bool isList(const Json &value)
{
    return value.is_array() &&
           std::none_of(value.begin(), value.end(), [](const Json &item) { return item.is_structured(); });
}

/// "cpu.brand" -> value. An element that has a name goes by it, not by its number.
void collectLeaves(const Json &value, const std::string &path, Leaves &leaves)
{
    if (value.is_object()) {
        for (const auto &[key, member] : value.items())
            if (key != "why" || !member.is_object())
                collectLeaves(member, path.empty() ? key : path + "." + key, leaves);
    } else if (value.is_array() && !isList(value)) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            const Json *name = value[i].is_object() ? findAt(value[i], "name") : nullptr;
            const bool named = name && name->is_string();
            collectLeaves(value[i], path + "." + (named ? name->get<std::string>() : std::to_string(i + 1)),
                          leaves);
        }
    } else {
        leaves.emplace_back(path, leafText(value));
    }
}

std::string leafTable(const std::string &caption, const Json &value)
{
    Leaves leaves;
    collectLeaves(value, {}, leaves);
    Table all;
    all.caption = caption;
    all.headers = {"Name", "Value found"};
    for (const auto &[path, text] : leaves)
        all.rows.push_back({code(path), code(text)});
    return table(all);
}

std::string libraryTable(const Json &environment)
{
    Table all;
    all.caption = "Numeric libraries in the process that trained";
    all.headers = {"Library", "Version", "Size", "SHA-256"};
    all.numbers = {2};
    const Json *libraries = findAt(environment, "libraries");
    if (!libraries || !libraries->is_array())
        return {};
    for (const Json &library : *libraries) {
        if (!library.is_object())
            continue;
        const Json *version = findAt(library, "version");
        const auto bytes = integerAt(library, "bytes");
        all.rows.push_back({escaped(stringAt(library, "name").value_or("?")),
                            version && version->is_string() ? escaped(version->get<std::string>()) : "–",
                            bytes && *bytes >= 0 ? formatBytes(static_cast<std::uint64_t>(*bytes)) : "–",
                            code(stringAt(library, "sha256").value_or("not known"))});
    }
    return table(all);
}

/// What the program offers for a run as it is. `rerun` wants a finished one: a stopped one is resumed first.
std::string repeatCommands(const runs::Manifest &manifest, const std::string &run)
{
    std::string lines;
    if (manifest.outcome == "stopped")
        lines += "# go on with the stopped run: the bits are those of one that was never stopped\n"
                 "ibidem resume " +
                 run + "\n\n";
    if (manifest.outcome == "stopped" || manifest.outcome == "finished")
        lines += "# train again from what the run recorded, in fresh processes, and compare bit for bit\n"
                 "ibidem rerun " +
                 run + " --times 2\n";
    return lines;
}

std::string commands(const ReportContent &content)
{
    const ReportedRun &reference = content.reference();
    const std::string run = shellWord(reference.name);
    std::string lines = repeatCommands(reference.manifest, run);
    for (std::size_t i = 1; i < content.runs.size(); ++i)
        lines += "ibidem compare " + run + " " + shellWord(content.runs[i].name) + "\n";
    if (reference.manifest.spec) {
        lines += lines.empty() ? "" : "\n";
        lines += "# on another machine, from the recorded specification and the input files\nibidem train " +
                 shellWord(reference.name + "/" + std::string(runs::kSpecFile));
        for (const NamedInput &named : inputsOf(*reference.manifest.spec))
            if (*named.option)
                lines += std::string(" ") + named.option + " " + shellWord(named.input->name);
        // A processor may lack the instruction set; at this level it does not matter.
        lines += reference.manifest.spec->level == spec::Level::Portable ? " --isa auto" : "";
        lines += " --out again\nibidem compare " + run + " again\n";
    }
    return lines;
}

} // namespace

std::string noteSection(const ReportContent &content)
{
    std::string items;
    for (const std::string &note : content.reference().manifest.notes)
        items += element("li", escaped(note)) + "\n";
    return items.empty() ? std::string() : section("notes", "Notes", element("ul", "\n" + items) + "\n");
}

std::string dataSection(const ReportContent &content)
{
    const runs::Manifest &manifest = content.reference().manifest;
    std::string markup;
    if (manifest.spec)
        markup += inputTable(*manifest.spec);
    if (!manifest.classNames.empty())
        markup += paragraph((content.isNetwork() ? "Labels of the cells: " : "Classes: ") +
                            join(manifest.classNames, ", ") + ".");
    markup += stageTable(manifest, content.isNetwork());
    if (!manifest.splitDigest.empty())
        markup += element("p", "Which " + content.sampleWord() +
                                   " is in which part: " + code(manifest.splitDigest)) +
                  "\n";
    return section("data", "Data and preparation", markup);
}

std::string levelSection(const ReportContent &content)
{
    const std::optional<spec::RunSpec> &spec = content.reference().manifest.spec;
    if (!spec)
        return {};
    const LevelWords words = levelWords(spec->level, spec->kind);
    std::string list;
    const auto add = [&](std::string_view term, std::string_view text) {
        list += element("dt", escaped(term)) + element("dd", escaped(text)) + "\n";
    };
    add("Level", spec::levelName(spec->level));
    add("What is fixed", words.fixes);
    add("Promise", words.promise);
    if (const std::string seen = otherMachines(content); !seen.empty())
        add("Other machines", seen);
    add("Seed", std::to_string(spec->seed));
    add("Ran on", spec->device + ", " + std::to_string(spec->threads) +
                      (spec->threads == 1 ? " thread" : " threads") + ", instruction set " + spec->isa);
    add("Checked", spec->level == spec::Level::Random ? "This level demands nothing of the state."
                                                      : "The state below was read back after set-up; a run "
                                                        "whose state contradicts its level is refused.");
    return section("level", "Level of reproducibility", element("dl", "\n" + list) + "\n");
}

std::string settingSection(const ReportContent &content)
{
    const std::optional<spec::RunSpec> &spec = content.reference().manifest.spec;
    return spec ? section("settings", "Settings", settingTable(*spec)) : std::string();
}

std::string stateSection(const ReportContent &content)
{
    const runs::Manifest &manifest = content.reference().manifest;
    std::string markup = libraryTable(manifest.environment);
    Json machine = manifest.environment;
    machine.erase("libraries");
    if (const std::string found = leafTable("State as read back after set-up", manifest.effectiveState);
        !found.empty())
        markup += details("Effective state: every switch, variable and parameter", found);
    if (const std::string found = leafTable("Machine and system", machine); !found.empty())
        markup += details("Environment: processor, memory, system", found);
    return section("state", "Effective state and environment", markup);
}

std::string redoSection(const ReportContent &content)
{
    const std::string lines = commands(content);
    return lines.empty()
               ? std::string()
               : section("redo", "How to redo it", element("pre", code(lines), "tabindex=\"0\"") + "\n");
}

std::string digestSection(const ReportContent &content)
{
    Table identities;
    identities.caption = "Identity of each run: the last link of its chain of digests";
    identities.headers = {"Run", "Outcome", content.isNetwork() ? "Epochs" : "Rounds", "Chain"};
    identities.numbers = {2};
    for (const ReportedRun &run : content.runs)
        identities.rows.push_back({escaped(run.name), escaped(run.manifest.outcome),
                                   std::to_string(run.manifest.roundsDone),
                                   run.manifest.chain.empty() ? "–" : code(run.manifest.chain)});
    Table digests;
    digests.caption = "Digests of the results of " + content.reference().name;
    digests.headers = {"Of", "SHA-256"};
    for (const auto &[name, digest] : content.reference().manifest.digests)
        digests.rows.push_back({escaped(name), code(digest)});
    return section("digests", "Digests and files",
                   table(identities) + table(digests) + fileTable(content.reference()));
}

} // namespace ibidem::report
