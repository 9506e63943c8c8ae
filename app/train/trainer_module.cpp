// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/trainer_module.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <vector>

namespace ibidem::app {

namespace {

constexpr const char *kModuleName = "ibidem-trees.so";

std::vector<std::filesystem::path> moduleFolders()
{
    if (const char *given = std::getenv("IBIDEM_MODULES"))
        return {given};
    std::error_code ignored;
    const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    return {here / "../lib", here / "../lib/ibidem", here};
}

} // namespace

Result<std::unique_ptr<train::Trainer>> loadTreesTrainer()
{
    std::string tried;
    for (const std::filesystem::path &folder : moduleFolders()) {
        const std::filesystem::path file = (folder / kModuleName).lexically_normal();
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) {
            tried += (tried.empty() ? "" : ", ") + file.string();
            continue;
        }
        void *module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!module)
            return fail(ErrorCode::Unavailable, "the module cannot be loaded: " + std::string(::dlerror()),
                        file.string(), "run installer/setup and build again");
        void *symbol = ::dlsym(module, train::kTrainerFactory);
        if (!symbol)
            return fail(ErrorCode::Unavailable, "this is no trainer module", file.string(), "build again");
        train::TrainerFactory *create = nullptr;
        std::memcpy(&create, &symbol, sizeof create);
        return std::unique_ptr<train::Trainer>(create());
    }
    return fail(ErrorCode::Unavailable, "the module of boosted trees is not there (looked for " + tried + ")",
                {}, "build or install it beside the program");
}

} // namespace ibidem::app
