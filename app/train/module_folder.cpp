// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/module_folder.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <vector>

namespace ibidem::app {

namespace {

std::vector<std::filesystem::path> moduleFolders()
{
    if (const char *given = std::getenv("IBIDEM_MODULES"))
        return {given};
    std::error_code ignored;
    const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    return {here / "../lib", here / "../lib/ibidem", here};
}

} // namespace

Result<void *> moduleSymbol(const std::string &fileName, const char *symbol, const std::string &what)
{
    std::string tried;
    for (const std::filesystem::path &folder : moduleFolders()) {
        const std::filesystem::path file = (folder / fileName).lexically_normal();
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) {
            tried += (tried.empty() ? "" : ", ") + file.string();
            continue;
        }
        void *module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!module)
            return fail(ErrorCode::Unavailable, what + " cannot be loaded: " + std::string(::dlerror()),
                        file.string(), "run installer/setup and build again");
        void *address = ::dlsym(module, symbol);
        if (!address)
            return fail(ErrorCode::Unavailable, "this is not " + what, file.string(), "build again");
        return address;
    }
    return fail(ErrorCode::Unavailable, what + " is not there (looked for " + tried + ")", {},
                "build or install it beside the program");
}

} // namespace ibidem::app
