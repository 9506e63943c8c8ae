// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/verb.h"

namespace ibidem::cli {

// Each in a file of its own under verbs/.
void addInspect(Verbs &verbs);
void addRecipe(Verbs &verbs);
void addGenerate(Verbs &verbs);
void addGenerateCells(Verbs &verbs);
void addImport(Verbs &verbs);
void addTrain(Verbs &verbs);
void addResume(Verbs &verbs);
void addBatch(Verbs &verbs);
void addPredict(Verbs &verbs);
void addPrepare(Verbs &verbs);
void addEvaluate(Verbs &verbs);
void addRerun(Verbs &verbs);
void addCompare(Verbs &verbs);
void addReport(Verbs &verbs);
void addExport(Verbs &verbs);
void addSelftest(Verbs &verbs);
void addDemo(Verbs &verbs);
void addSystem(Verbs &verbs);

} // namespace ibidem::cli
