// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/child_jobs.h"

#include <QCoreApplication>

namespace ibidem::jobs {

Programs Programs::besideThisProgram()
{
    const QString folder = qEnvironmentVariable("IBIDEM_BIN", QCoreApplication::applicationDirPath());
    const std::filesystem::path path = folder.toStdString();
    return {path / "ibidem-convert", path / "ibidem-train"};
}

} // namespace ibidem::jobs
