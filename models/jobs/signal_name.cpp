// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/signal_name.h"

#include <cstring>

namespace ibidem::jobs {

std::string signalName(int signal)
{
    const char *name = sigabbrev_np(signal);
    return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

} // namespace ibidem::jobs
