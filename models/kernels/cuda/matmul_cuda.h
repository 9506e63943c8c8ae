// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// The module lib/ibidem-kernels-cuda.so, built where nvcc is found and loaded with dlopen: C functions, so
/// that what loads it needs no CUDA headers. One caller at a time.

/// GPUs that can be used; 0 also without a driver.
extern "C" int ibidemCudaDeviceCount();

/// models/kernels/matmul.h on the first GPU, with the bits of its definition: `operands` 0 N N, 1 N T, 2 T N;
/// `bias` may be null; `relu` 0 or 1. All memory is the host's. 0, or the number of CUDA's error.
extern "C" int ibidemCudaMatmul(int operands, std::size_t rows, std::size_t columns, std::size_t depth,
                                const float *a, const float *b, float *c, const float *bias, int relu);
