// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0

/// jemalloc, which this program is linked with, reads this before the first allocation: memory that was given
/// back stays with the process for the next step of a training. With the system's own habit of returning it,
/// a third of LibTorch's time on a CPU goes into getting it again. MALLOC_CONF in the environment still
/// overrides it.
extern "C" {
extern const char *malloc_conf; // NOLINT(readability-identifier-naming): jemalloc's name
const char *malloc_conf = "dirty_decay_ms:-1,muzzy_decay_ms:-1";
}
