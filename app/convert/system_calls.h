// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

namespace ibidem::app {

/// Gives up, for all threads of this process and for ever, what reading a file never needs: network, other
/// programs and processes, kernel modules, mounts, tracing, keys, clocks, other users. A file that takes over
/// the reader and tries one of them ends the process with SIGSYS. New threads, files and memory stay. Needs
/// PR_SET_NO_NEW_PRIVS. Unavailable where the kernel has no filter of system calls or does not let this
/// process set one (an emulator, some containers): the reader then still has its other limits. Nothing is
/// done under sanitizers, which start helpers.
[[nodiscard]] Status forbidSystemCalls();

} // namespace ibidem::app
