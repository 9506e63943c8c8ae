// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/prepare_cells.h"
#include "app/train/stop_watcher.h"
#include "app/train/training_run.h"
#include "models/base/version.h"

#include <cstdio>
#include <span>
#include <string>
#include <vector>

namespace {

constexpr const char *kHelp =
    R"(ibidem-train: one training run in one process

Usage:
  ibidem-train SPEC.json RUN_FOLDER   train a resolved specification into RUN_FOLDER
  ibidem-train --resume RUN_FOLDER    go on with a run that was stopped or killed
  ibidem-train --prepare CONTAINER [--options JSON] [--threads N] [--out FILE]
                                      prepare a matrix of cells for a network
  ibidem-train --version
  ibidem-train --help

RUN_FOLDER is called RUN_FOLDER.partial until the run is finished, stopped or has
failed. Events are in its events.jsonl; standard output only says that there is news.
The line "stop" on standard input, SIGTERM, SIGINT or SIGUSR1: finish the round of
trees or the step of a network, write a checkpoint, end with 75. A second signal ends
at once.

--prepare works on a converted matrix; JSON holds what differs from the defaults
({"minGenes":20}). Standard output then tells how far it is and what came of it, one
JSON object a line. FILE is written beside and renamed.

Example:
  ibidem-train runs/first.partial/spec.json runs/first.partial
)";

void print(std::FILE *stream, const std::string &text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
}

int usage(const std::string &problem)
{
    print(stderr, "ibidem-train: " + problem + ". See ibidem-train --help\n");
    return ibidem::exitCode(ibidem::ErrorCode::Usage);
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 1 && arguments[0] == "--version") {
        print(stdout, "ibidem-train " + std::string(ibidem::kVersion) + "\n");
        return 0;
    }
    if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
        print(stdout, kHelp);
        return 0;
    }
    if (!arguments.empty() && arguments[0] == "--prepare") {
        const ibidem::app::StopWatcher watcher;
        return ibidem::app::prepareContainer(std::span(arguments).subspan(1), watcher.token());
    }
    if (arguments.size() != 2)
        return usage("a specification and a run folder are needed");
    ibidem::app::TrainOptions options;
    options.resume = arguments[0] == "--resume";
    if (!options.resume && arguments[0].starts_with('-'))
        return usage("unknown option '" + arguments[0] + "'");
    if (!options.resume)
        options.spec = arguments[0];
    options.folder = arguments[1];
    const ibidem::app::StopWatcher watcher;
    const auto code = ibidem::app::runTraining(options, watcher.token());
    if (code)
        return *code;
    print(stderr, "ibidem-train: " + ibidem::describe(code.error()) + "\n");
    return ibidem::exitCode(code.error().code);
}
