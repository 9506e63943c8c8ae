// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/levels.h"

#include "models/base/text.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace ibidem::report {

namespace {

using spec::Level;

std::string printed(const Json *value)
{
    if (!value || value->is_null())
        return {};
    return value->is_string() ? value->get<std::string>() : compactJson(*value).value_or("");
}

bool isImported(const runs::Manifest &manifest)
{
    return manifest.outcome == "imported";
}

std::string processorOf(const runs::Manifest &manifest)
{
    std::vector<std::string> facts;
    for (const char *fact : {"cpu.brand", "cpu.family", "cpu.model", "cpu.stepping"})
        if (std::string value = printed(findAt(manifest.environment, fact)); !value.empty())
            facts.push_back(std::move(value));
    return join(facts, " ");
}

/// What the trainings recorded of one thing; a run that recorded nothing of it says nothing about it.
template <class Fact>
std::set<std::string> factsOf(const std::vector<const runs::Manifest *> &manifests, Fact fact)
{
    std::set<std::string> facts;
    for (const runs::Manifest *manifest : manifests)
        if (!isImported(*manifest))
            facts.insert(fact(*manifest));
    facts.erase("");
    return facts;
}

std::set<std::string> threadsOf(const std::vector<const runs::Manifest *> &manifests)
{
    return factsOf(manifests, [](const runs::Manifest &manifest) {
        return printed(findAt(manifest.effectiveState, "threads.used"));
    });
}

std::vector<const runs::Manifest *> manifestsOf(const ReportContent &content)
{
    std::vector<const runs::Manifest *> manifests;
    for (const ReportedRun &run : content.runs)
        manifests.push_back(&run.manifest);
    return manifests;
}

std::string listed(const std::set<std::string> &values)
{
    const std::vector<std::string> list(values.begin(), values.end());
    return join(list, ", ");
}

std::string runCount(const ReportContent &content)
{
    const std::size_t reruns = content.comparisons.size();
    return std::to_string(reruns) + (reruns == 1 ? " other run" : " other runs");
}

/// Do the files belong to the records? A page about a doctored run must not read like one about a sound run.
std::vector<Claim> fileClaims(const ReportContent &content)
{
    std::size_t files = 0;
    std::vector<std::string> changed;
    std::vector<Claim> list;
    for (const ReportedRun &run : content.runs) {
        files += run.manifest.files.size();
        if (run.manifest.files.empty())
            list.push_back({false, "run.json of " + run.name +
                                       " lists no files: nothing vouches for what lies in that folder."});
        for (const runs::FileProblem &problem : run.changed)
            changed.push_back(problem.file + " of " + run.name);
    }
    if (files == 0)
        return list;
    if (!changed.empty()) {
        list.push_back({false, "Changed after the run or missing: " + join(changed, ", ") +
                                   ". What the record says of them holds no longer for what lies in the "
                                   "folder."});
        return list;
    }
    list.push_back({true, "Every file that run.json lists (" + std::to_string(files) +
                              (content.runs.size() == 1 ? ")" : " in all runs)") +
                              " has the SHA-256 it records."});
    list.push_back({false, "Nothing vouches for run.json itself but training again, or a digest of it that "
                           "was published; nothing vouches for files that it does not list."});
    return list;
}

/// What was held out of the learning, but of nothing before it.
std::vector<Claim> validationClaims(const spec::RunSpec &spec)
{
    if (spec.training.validationFraction <= 0)
        return {};
    std::vector<std::string> stages{"filters"};
    if (spec.cells.selectGenes)
        stages.emplace_back("selection of genes");
    if (spec.cells.scale)
        stages.emplace_back("scaling");
    return {{false, "The validation cells were held out of the learning only: they took part in the "
                    "preparation (" +
                        join(stages, ", ") +
                        "). Their loss may be lower than that of cells nobody has seen."}};
}

/// Patience ends a training; it does not go back to the best epoch.
std::vector<Claim> endClaims(const runs::Manifest &manifest)
{
    const spec::NetworkTraining &training = manifest.spec->training;
    if (manifest.outcome != "finished" || training.patience <= 0 || manifest.roundsDone >= training.epochs)
        return {};
    return {{false, "The training ended early, after " + std::to_string(manifest.roundsDone) + " of " +
                        std::to_string(training.epochs) + " epochs, because the " +
                        (training.validationFraction > 0 ? "validation" : "training") +
                        " loss had not fallen for " + std::to_string(training.patience) +
                        (training.patience == 1 ? " epoch" : " epochs") +
                        ". The weights are those of the last epoch, not of the best."}};
}

/// A kind of result, and the files that it is read from.
struct ResultKind
{
    const char *name;
    std::uint64_t compare::Comparison::*total;
    std::vector<std::string_view> files;
};

std::vector<ResultKind> resultKinds(bool isNetwork)
{
    using compare::Comparison;
    if (isNetwork)
        return {{"weights", &Comparison::epochs, {runs::kEpochsFile}},
                {"metrics", &Comparison::metrics, {runs::kMetricsFile}},
                {"embedding", &Comparison::cells, {runs::kEmbeddingFile}}};
    return {{"trees", &Comparison::trees, {runs::kModelFile, runs::kRoundsFile}},
            {"metrics", &Comparison::metrics, {runs::kMetricsFile}},
            {"predictions", &Comparison::predictions, {runs::kPredictionsFile}}};
}

/// What every comparison really compared, of files that somebody vouches for: a run may lack a kind of
/// result, or have got it later.
std::string comparedResults(const ReportContent &content)
{
    std::vector<std::string> names;
    for (const ResultKind &kind : resultKinds(content.isNetwork())) {
        const auto isListed = [&kind](const ReportedRun &run) {
            return std::any_of(kind.files.begin(), kind.files.end(), [&run](std::string_view file) {
                return run.manifest.files.contains(std::string(file));
            });
        };
        const auto isCompared = [&kind](const compare::Comparison &one) { return one.*kind.total != 0; };
        if (std::all_of(content.comparisons.begin(), content.comparisons.end(), isCompared) &&
            std::all_of(content.runs.begin(), content.runs.end(), isListed))
            names.emplace_back(kind.name);
    }
    if (names.empty())
        return "the results that were compared";
    const std::string last = names.back();
    names.pop_back();
    return names.empty() ? last : join(names, ", ") + " and " + last;
}

Claim processorClaim(std::size_t kinds)
{
    if (kinds > 1)
        return {true, "The same bits on " + std::to_string(kinds) +
                          " kinds of processor, as the runs record them."};
    return {false, "Not yet observed on another machine: no second kind of processor is on record here."};
}

std::vector<Claim> repeatClaims(const ReportContent &content)
{
    const std::vector<const runs::Manifest *> manifests = manifestsOf(content);
    std::vector<Claim> list;
    list.push_back({true, "The same bits again: " + comparedResults(content) + " of " + runCount(content) +
                              " equal those of " + content.reference().name + "."});
    for (const ReportedRun &run : content.runs)
        if (isImported(run.manifest))
            list.push_back({false, run.name + " was imported: how it was trained is not on record, so it "
                                              "shows equal results, not a repeated training."});
    if (const std::set<std::string> threads = threadsOf(manifests); threads.size() > 1)
        list.push_back({true, "The same bits with different numbers of threads: " + listed(threads) + "."});
    else
        list.push_back({false, "Another number of threads is not on record in these runs."});
    list.push_back(processorClaim(processorKinds(manifests)));
    return list;
}

} // namespace

LevelWords levelWords(Level level, spec::ModelKind kind)
{
    switch (level) {
    case Level::Random:
        return {"Nothing is fixed; the seed was drawn and is recorded.",
                "No promise is made: another run may differ."};
    case Level::Seeded:
        return {"Every seed is fixed; the library chooses its fastest kernels.",
                "The same bits on a processor with the same number of threads, usually not on a GPU."};
    case Level::Deterministic:
        return {"Seeds, deterministic algorithms, own random streams; library and driver are recorded.",
                "The same bits on machines of one numeric class: same processor family, instruction set and "
                "number of "
                "threads, or same GPU model, driver and libraries."};
    case Level::Portable:
        return {"Every operation that reaches a result is done in a fixed order or is exact in any order.",
                "The same bits for any number of threads on any x86-64 processor, with FMA or without" +
                    std::string(kind == spec::ModelKind::Trees ? "." : ", and on ARM64.")};
    }
    return {};
}

std::size_t processorKinds(const std::vector<const runs::Manifest *> &manifests)
{
    return factsOf(manifests, processorOf).size();
}

std::string otherMachines(const ReportContent &content)
{
    const Level level = content.reference().manifest.spec->level;
    if (level != Level::Portable && level != Level::Deterministic)
        return {};
    const std::size_t processors = processorKinds(manifestsOf(content));
    if (content.allIdentical() && processors > 1)
        return "Observed: the same bits on " + std::to_string(processors) +
               " kinds of processor, as these runs record them.";
    return "Not yet observed: this stays a promise until the run of a second machine has the same chain of "
           "digests.";
}

std::vector<Claim> claims(const ReportContent &content)
{
    std::vector<Claim> list;
    if (content.comparisons.empty()) {
        list.push_back({false, "Not yet repeated: this report is about one run alone."});
    } else if (content.allIdentical()) {
        list = repeatClaims(content);
    } else {
        list.push_back({false, "Not all of these runs have the same bits; see the differences below."});
    }
    const auto add = [&list](std::vector<Claim> more) {
        std::move(more.begin(), more.end(), std::back_inserter(list));
    };
    add(fileClaims(content));
    if (content.isNetwork()) { // so it has a specification
        add(validationClaims(*content.reference().manifest.spec));
        add(endClaims(content.reference().manifest));
    }
    list.push_back({false, "Equal bits say that the training can be repeated, not that the model is right."});
    return list;
}

} // namespace ibidem::report
