// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/moved_inputs.h"
#include "app/cli/run_output.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/runs/run_folder.h"

#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string run;
    MovedInputs moved;
};

Status checkUnfinished(const std::filesystem::path &folder)
{
    if (runs::isPartial(folder))
        return {};
    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(folder));
    if (manifest.outcome == "stopped" || manifest.outcome == "failed")
        return {};
    const std::filesystem::path partial = runs::partialPath(folder);
    std::error_code ignored;
    return fail(ErrorCode::Usage, "there is nothing to go on with: the run is " + manifest.outcome,
                folder.string(),
                std::filesystem::is_directory(partial, ignored)
                    ? "the one that was to replace it goes on with: ibidem resume " + partial.string()
                    : std::string());
}

Result<int> resume(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path folder, runs::locateUnfinished(arguments.run));
    IBIDEM_CHECK(checkUnfinished(folder));
    IBIDEM_TRY(const jobs::TrainOrder order, jobs::resumeOrder(folder, arguments.moved.byRole()));
    IBIDEM_TRY(const Trained trained, resumeRun(order, Places::ofUser(), console));
    return showTrained(trained, console);
}

} // namespace

void addResume(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    Verb verb =
        verbs
            .add("resume", "Go on with a stopped or killed run; the bits are those of an uninterrupted one",
                 "ibidem resume my-run",
                 [arguments](Console &console) { return resume(*arguments, console); })
            .positional("RUN", arguments->run, "Folder of the run");
    arguments->moved.addTo(verb);
}

} // namespace ibidem::cli
