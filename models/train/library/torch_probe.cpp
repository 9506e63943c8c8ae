// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <torch/version.h>

#include <exception>
#include <string>

namespace {

/// [[1, 2], [3, 4]] times itself, so exact that any kernel must give 7 10 15 22.
std::string multiplied()
{
    const at::Tensor matrix = at::arange(1, 5, at::kFloat).reshape({2, 2});
    const at::Tensor product = at::mm(matrix, matrix).contiguous();
    std::string text;
    for (int i = 0; i < 4; ++i)
        text += (i == 0 ? "" : " ") + std::to_string(static_cast<int>(product.const_data_ptr<float>()[i]));
    return text;
}

std::string probe()
{
    try {
        return "LibTorch " TORCH_VERSION ": " + multiplied();
    } catch (const std::exception &error) {
        return std::string("LibTorch " TORCH_VERSION " failed: ") + error.what();
    }
}

} // namespace

/// Does LibTorch load and compute? "LibTorch 2.11.0: 7 10 15 22" if so; valid until the module is unloaded.
extern "C" [[gnu::visibility("default")]] const char *ibidemLibraryProbe()
{
    static const std::string text = probe();
    return text.c_str();
}
