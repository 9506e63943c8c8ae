// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/trees/trees_trainer.h"

/// The module's one symbol; the caller owns the trainer.
extern "C" [[gnu::visibility("default")]] ibidem::train::Trainer *ibidemCreateTrainer()
{
    return ibidem::train::createTreesTrainer().release();
}
