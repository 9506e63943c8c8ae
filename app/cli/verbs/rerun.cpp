// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/moved_inputs.h"
#include "app/cli/reruns.h"
#include "app/cli/run_output.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"

#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string run;
    std::optional<std::uint64_t> times;
    std::optional<std::string> outPrefix;
    bool allowChanged = false;
    MovedInputs moved;
};

constexpr std::uint64_t kMostReruns = 1000;

Json documentOf(const Reruns &reruns, const runs::Manifest &last)
{
    Json document = runDocument(reruns.trained.back(), last);
    Json folders = Json::array();
    Json comparisons = Json::array();
    double seconds = 0.0;
    for (std::size_t i = 0; i < reruns.trained.size(); ++i) {
        folders.push_back(reruns.trained[i].run.string());
        comparisons.push_back(reruns.comparisons[i].toJson());
        seconds += reruns.trained[i].seconds;
    }
    document["reference"] = reruns.reference.string();
    document["runs"] = std::move(folders);
    document["comparisons"] = std::move(comparisons);
    document["verdict"] = reruns.identical() ? "identical" : "different";
    document["sentence"] = compare::verdictSentence(reruns.comparisons);
    document["seconds"] = seconds;
    return document;
}

Result<int> rerun(const Arguments &arguments, Console &console)
{
    const std::uint64_t times = arguments.times.value_or(1);
    if (times < 1 || times > kMostReruns)
        return fail(ErrorCode::Usage, "--times: from 1 to 1000");
    RerunOrder order{arguments.run, times, {}, arguments.allowChanged, arguments.moved.byRole()};
    if (arguments.outPrefix)
        order.outPrefix = *arguments.outPrefix;
    IBIDEM_TRY(const Reruns reruns, rerunAndCompare(order, Places::ofUser(), console));
    if (reruns.exitCode != 0)
        return showTrained(reruns.trained.back(), console);
    IBIDEM_TRY(const runs::Manifest last, runs::readManifest(reruns.trained.back().run));
    console.document(documentOf(reruns, last));
    std::string text;
    for (std::size_t i = 0; i < reruns.trained.size(); ++i)
        text += reruns.trained[i].run.string() + "\n";
    const Colour colour = reruns.identical() ? Colour::Green : Colour::Red;
    console.result(text + console.paint(colour, compare::verdictSentence(reruns.comparisons)) + "\n");
    if (!reruns.identical())
        console.say("what differs: ibidem compare " + reruns.reference.string() + " " +
                    reruns.firstDifferent().string());
    return reruns.identical() ? 0 : 1;
}

} // namespace

void addRerun(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    Verb verb = verbs
                    .add("rerun", "Train again from what a run recorded, and compare bit for bit",
                         "ibidem rerun my-run --times 5",
                         [arguments](Console &console) { return rerun(*arguments, console); })
                    .positional("RUN", arguments->run, "The run to repeat")
                    .wholeNumber("--times", arguments->times, "How often (1)")
                    .text("--out-prefix", "PREFIX", arguments->outPrefix,
                          "New runs are PREFIX1, PREFIX2 …; else RUN-rerun-1 …")
                    .flag("--allow-changed", arguments->allowChanged,
                          "Go on though an input has another content now");
    arguments->moved.addTo(verb);
}

} // namespace ibidem::cli
