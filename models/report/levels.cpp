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

/// Processors and threads that the runs were made on, as their manifests say.
struct Observed
{
    std::set<std::string> processors;
    std::set<std::string> threads;
    std::set<std::string> devices;
};

std::string printed(const Json *value)
{
    if (!value || value->is_null())
        return {};
    return value->is_string() ? value->get<std::string>() : compactJson(*value).value_or("");
}

Observed observedIn(const ReportContent &content)
{
    Observed observed;
    for (const ReportedRun &run : content.runs) {
        std::string processor = printed(findAt(run.manifest.environment, "cpu.brand"));
        for (const char *part : {"cpu.family", "cpu.model", "cpu.stepping"})
            processor += " " + printed(findAt(run.manifest.environment, part));
        observed.processors.insert(processor);
        observed.threads.insert(printed(findAt(run.manifest.effectiveState, "threads.used")));
        observed.devices.insert(printed(findAt(run.manifest.effectiveState, "device")));
    }
    return observed;
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
    for (const ReportedRun &run : content.runs) {
        files += run.manifest.files.size();
        for (const runs::FileProblem &problem : run.changed)
            changed.push_back(problem.file + " of " + run.name);
    }
    if (files == 0)
        return {};
    if (!changed.empty())
        return {{false, "Changed after the run or missing: " + join(changed, ", ") +
                            ". What the record says of them holds no longer for what lies in the folder."}};
    return {{true, "Every file that run.json lists (" + std::to_string(files) +
                       (content.runs.size() == 1 ? ")" : " in all runs)") + " has the SHA-256 it records."},
            {false, "Nothing vouches for run.json itself but training again, or a digest of it that was "
                    "published."}};
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

std::vector<Claim> repeatClaims(const ReportContent &content, const Observed &observed)
{
    std::vector<Claim> list;
    list.push_back({true, "The same bits again: " +
                              std::string(content.isNetwork() ? "weights, metrics and embedding of "
                                                              : "trees, metrics and predictions of ") +
                              runCount(content) + " equal those of " + content.reference().name + "."});
    if (observed.threads.size() > 1)
        list.push_back(
            {true, "The same bits with different numbers of threads: " + listed(observed.threads) + "."});
    else
        list.push_back({false, "Another number of threads was not tried in these runs."});
    if (observed.processors.size() > 1)
        list.push_back({true, "The same bits on " + std::to_string(observed.processors.size()) +
                                  " kinds of processor, as the runs record them."});
    else
        list.push_back(
            {false, "Not yet observed on another machine: every run here names the same kind of processor."});
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

std::string otherMachines(const ReportContent &content)
{
    const Level level = content.reference().manifest.spec->level;
    if (level != Level::Portable && level != Level::Deterministic)
        return {};
    const std::size_t processors = observedIn(content).processors.size();
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
        list = repeatClaims(content, observedIn(content));
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
