// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Files that are, or are not, what their manifests say.
#include "models/report/html.h"
#include "models/report/sections.h"

namespace ibidem::report {

namespace {

/// A comparison reads what lies there, to tell how it differs: nothing else does.
std::string useOfChangedFiles(const ReportContent &content)
{
    const std::string advice = "These files are not what the run recorded: do not rely on them. ";
    if (content.comparisons.empty())
        return advice + "Nothing on this page is drawn from them.";
    return advice + "Nothing on this page is drawn from them, apart from the comparison: verdict and "
                    "differences tell where they differ from another run.";
}

} // namespace

std::string changedFilesBox(const ReportContent &content)
{
    std::string items;
    for (const ReportedRun &run : content.runs)
        for (const runs::FileProblem &problem : run.changed)
            items += element("li", escaped(run.name + ": " + problem.message)) + "\n";
    if (items.empty())
        return {};
    const std::string box = element("p", "Files changed after the run", "class=\"word\"") + "\n" +
                            paragraph(useOfChangedFiles(content)) + element("ul", "\n" + items) + "\n";
    return element("div", "\n" + box, "class=\"verdict different\"") + "\n";
}

std::string fileTable(const ReportedRun &run)
{
    Table files;
    files.caption = "Files of " + run.name + ", checked when this page was made";
    files.headers = {"File", "SHA-256 that run.json records", "In the folder"};
    for (const auto &[name, digest] : run.manifest.files) {
        const runs::FileProblem *const problem = run.problemOf(name);
        files.rows.push_back(
            {escaped(name), code(digest),
             problem == nullptr ? "the same" : element("strong", escaped(problem->message))});
    }
    return table(files);
}

} // namespace ibidem::report
