// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/trainer_module.h"

#include "app/train/module_folder.h"

#include <cstring>

namespace ibidem::app {

Result<std::unique_ptr<train::Trainer>> loadTreesTrainer()
{
    IBIDEM_TRY(void *const symbol,
               moduleSymbol("ibidem-trees.so", train::kTrainerFactory, "the module of boosted trees"));
    train::TrainerFactory *create = nullptr;
    std::memcpy(&create, &symbol, sizeof create);
    return std::unique_ptr<train::Trainer>(create());
}

} // namespace ibidem::app
