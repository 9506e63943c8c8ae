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

/// Files that were changed after the run end with 65, as `export` does; the page is written all the same, for
/// it is what shows a reviewer the damage.
Result<int> reportVerb(const Arguments &arguments, Console &console)
{
    IBIDEM_CHECK(refuseOverwrite(arguments.html, arguments.force));
    IBIDEM_TRY(const report::HtmlReport made,
               report::htmlReport({arguments.runs.begin(), arguments.runs.end()}));
    IBIDEM_CHECK(writeFileAtomically(arguments.html, made.page));
    Json changed = Json::array();
    for (const report::ChangedFile &one : made.changed) {
        console.warn("not what the run recorded: " + one.run + ": " + one.message);
        changed.push_back({{"run", one.run}, {"file", one.file}, {"message", one.message}});
    }
    console.document(Json{{"report", arguments.html},
                          {"runs", arguments.runs},
                          {"bytes", made.page.size()},
                          {"changed", changed}});
    console.result(arguments.html + "\n");
    return made.changed.empty() ? 0 : exitCode(ErrorCode::BadData);
}

} // namespace

void addReport(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("report", "One self-contained page about one run, or several compared with the first",
             "ibidem report my-run my-run-rerun-1 --html report.html",
             [arguments](Console &console) { return reportVerb(*arguments, console); })
        .positionals("RUN", arguments->runs, "Runs; the first is the reference")
        .required("--html", "FILE", arguments->html, "Page to write")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
