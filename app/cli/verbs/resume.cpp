// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/run_output.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/runs/run_folder.h"

#include <memory>

namespace ibidem::cli {

namespace {

Result<int> resume(const std::string &run, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path folder, runs::locateRun(run));
    if (!runs::isPartial(folder)) {
        IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(folder));
        if (manifest.outcome != "stopped" && manifest.outcome != "failed")
            return fail(ErrorCode::Usage, "there is nothing to go on with: the run is " + manifest.outcome,
                        folder.string());
    }
    IBIDEM_TRY(const Trained trained, resumeRun(folder, console));
    return showTrained(trained, console);
}

} // namespace

void addResume(Verbs &verbs)
{
    const auto run = std::make_shared<std::string>();
    verbs
        .add("resume", "Go on with a stopped or killed run; the bits are those of an uninterrupted one",
             "ibidem resume my-run", [run](Console &console) { return resume(*run, console); })
        .positional("RUN", *run, "Folder of the run");
}

} // namespace ibidem::cli
