// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/report/html_report.h"

#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::vector<std::string> runs;
    std::string html;
    bool force = false;
};

Result<int> reportVerb(const Arguments &arguments, Console &console)
{
    IBIDEM_CHECK(refuseOverwrite(arguments.html, arguments.force));
    IBIDEM_TRY(const std::string page, report::htmlReport({arguments.runs.begin(), arguments.runs.end()}));
    IBIDEM_CHECK(writeFileAtomically(arguments.html, page));
    console.document(Json{{"report", arguments.html}, {"runs", arguments.runs}, {"bytes", page.size()}});
    console.result(arguments.html + "\n");
    return 0;
}

} // namespace

void addReport(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("report", "One self-contained page about a run and its reruns",
             "ibidem report my-run my-run-rerun-1 --html report.html",
             [arguments](Console &console) { return reportVerb(*arguments, console); })
        .positionals("RUN", arguments->runs, "Runs; the first is the reference")
        .required("--html", "FILE", arguments->html, "Page to write")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
