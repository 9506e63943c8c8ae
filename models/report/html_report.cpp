// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/html_report.h"

#include "models/report/html.h"
#include "models/report/report_content.h"
#include "models/report/sections.h"
#include "models/spec/recipes.h"

namespace ibidem::report {

namespace {

std::string subtitle(const ReportContent &content)
{
    const ReportedRun &reference = content.reference();
    if (!reference.manifest.spec)
        return "A model that was imported";
    const std::string &name = reference.manifest.spec->recipe;
    const Result<spec::Recipe> recipe = spec::findRecipe(name);
    return recipe ? recipe->title : name;
}

std::string body(const ReportContent &content)
{
    const std::string &name = content.reference().name;
    std::string out = element("header", element("h1", "Reproducibility report: " + escaped(name)) + "\n" +
                                            element("p", escaped(subtitle(content)), "class=\"lead\""));
    std::string sections = verdictSection(content) + noteSection(content) + differenceSection(content);
    sections += resultSection(content) + curveSection(content) + importanceSection(content);
    sections += embeddingSection(content) + networkSection(content);
    sections += dataSection(content) + levelSection(content) + settingSection(content);
    sections += redoSection(content) + stateSection(content) + epochSection(content) + digestSection(content);
    out += "\n" + element("main", "\n" + sections) + "\n";
    return out + element("footer",
                         paragraph("The run was made by " + content.reference().manifest.program +
                                   ". This page is complete in itself: it loads nothing and runs nothing."));
}

std::vector<ChangedFile> changedFilesOf(const ReportContent &content)
{
    std::vector<ChangedFile> list;
    for (const ReportedRun &run : content.runs)
        for (const runs::FileProblem &problem : run.changed)
            list.push_back({run.name, problem.file, problem.message});
    return list;
}

} // namespace

Result<HtmlReport> htmlReport(const std::vector<std::filesystem::path> &runs)
{
    IBIDEM_TRY(const ReportContent content, readReportContent(runs));
    const std::string title = "Reproducibility report: " + content.reference().name;
    std::string head = "\n<meta charset=\"utf-8\"/>\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src 'unsafe-inline'\"/>\n";
    head += element("title", escaped(title)) + "\n" + element("style", styleSheet()) + "\n";
    const std::string markup =
        "\n" + element("head", head) + "\n" + element("body", "\n" + body(content) + "\n") + "\n";
    return HtmlReport{"<!DOCTYPE html>\n" + element("html", markup, "lang=\"en\"") + "\n",
                      changedFilesOf(content)};
}

} // namespace ibidem::report
