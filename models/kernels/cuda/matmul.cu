// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The matrix product of models/kernels/matmul.h on a GPU, in the same order: one thread owns its outputs,
// each is a chain of IEEE fused multiply-adds over at most 256 terms, block sums are added in order. No
// tensor cores, no TF32, no atomics, no split sums; compiled with -fmad=false, so that nothing is fused but
// what is written as __fmaf_rn.
#include "models/kernels/cuda/matmul_cuda.h"

#include <cuda_runtime.h>

namespace {

constexpr int kBlock = 256;  // terms of a chain: part of the definition
constexpr int kTile = 64;    // rows and columns of outputs of a thread block
constexpr int kStep = 16;    // terms in shared memory at a time; divides kBlock
constexpr int kThreads = 16; // in each dimension
constexpr int kOwn = kTile / kThreads;

struct Shape
{
    int rows;
    int columns;
    int depth;
    // How the operands lie: (row, k) and (k, column) -> index.
    size_t aRow;
    size_t aTerm;
    size_t bTerm;
    size_t bColumn;
};

/// kTile × kStep elements of A and kStep × kTile of B; zeros outside, which only reach outputs that nobody
/// keeps.
__device__ void fetch(const Shape &shape, const float *a, const float *b, int row, int column, int k,
                      float (&left)[kStep][kTile + 1], float (&right)[kStep][kTile + 1])
{
    for (int i = threadIdx.y * kThreads + threadIdx.x; i < kStep * kTile; i += kThreads * kThreads) {
        const int term = shape.aTerm == 1 ? i % kStep : i / kTile;
        const int at = shape.aTerm == 1 ? i / kStep : i % kTile;
        const bool inside = row + at < shape.rows && k + term < shape.depth;
        left[term][at] = inside ? a[(row + at) * shape.aRow + (k + term) * shape.aTerm] : 0.0f;
    }
    for (int i = threadIdx.y * kThreads + threadIdx.x; i < kStep * kTile; i += kThreads * kThreads) {
        const int term = shape.bTerm == 1 ? i % kStep : i / kTile;
        const int at = shape.bTerm == 1 ? i / kStep : i % kTile;
        const bool inside = column + at < shape.columns && k + term < shape.depth;
        right[term][at] = inside ? b[(k + term) * shape.bTerm + (column + at) * shape.bColumn] : 0.0f;
    }
}

__global__ void product(Shape shape, const float *a, const float *b, float *c, const float *bias, int relu)
{
    __shared__ float left[kStep][kTile + 1];
    __shared__ float right[kStep][kTile + 1];
    const int row = blockIdx.y * kTile;
    const int column = blockIdx.x * kTile;
    float totals[kOwn][kOwn] = {};
    for (int from = 0; from < shape.depth; from += kBlock) {
        float sums[kOwn][kOwn] = {};
        const int to = min(from + kBlock, shape.depth);
        for (int k = from; k < to; k += kStep) {
            fetch(shape, a, b, row, column, k, left, right);
            __syncthreads();
            const int terms = min(kStep, to - k); // no term of zeros: it would turn -0 into +0
            for (int term = 0; term < terms; ++term)
                for (int i = 0; i < kOwn; ++i)
                    for (int j = 0; j < kOwn; ++j)
                        sums[i][j] = __fmaf_rn(left[term][threadIdx.y + i * kThreads],
                                               right[term][threadIdx.x + j * kThreads], sums[i][j]);
            __syncthreads();
        }
        for (int i = 0; i < kOwn; ++i)
            for (int j = 0; j < kOwn; ++j)
                totals[i][j] = from == 0 ? sums[i][j] : __fadd_rn(totals[i][j], sums[i][j]);
    }
    for (int i = 0; i < kOwn; ++i) {
        for (int j = 0; j < kOwn; ++j) {
            const int ownRow = row + static_cast<int>(threadIdx.y) + i * kThreads;
            const int ownColumn = column + static_cast<int>(threadIdx.x) + j * kThreads;
            if (ownRow >= shape.rows || ownColumn >= shape.columns)
                continue;
            float sum = totals[i][j];
            if (bias)
                sum = __fadd_rn(sum, bias[ownColumn]);
            if (relu)
                sum = sum < 0.0f ? 0.0f : sum;
            c[static_cast<size_t>(ownRow) * shape.columns + ownColumn] = sum;
        }
    }
}

/// Memory of the GPU, freed with the object.
class DeviceArray
{
public:
    explicit DeviceArray(size_t count)
        : m_bytes(count * sizeof(float))
    {
        m_error = m_bytes == 0 ? cudaSuccess : cudaMalloc(&m_memory, m_bytes);
    }

    DeviceArray(const DeviceArray &) = delete;
    DeviceArray &operator=(const DeviceArray &) = delete;

    ~DeviceArray() { cudaFree(m_memory); }

    void copyFrom(const float *values)
    {
        if (m_error == cudaSuccess && m_bytes > 0)
            m_error = cudaMemcpy(m_memory, values, m_bytes, cudaMemcpyHostToDevice);
    }

    void copyTo(float *values)
    {
        if (m_error == cudaSuccess && m_bytes > 0)
            m_error = cudaMemcpy(values, m_memory, m_bytes, cudaMemcpyDeviceToHost);
    }

    float *data() const { return static_cast<float *>(m_memory); }

    cudaError_t error() const { return m_error; }

private:
    size_t m_bytes;
    void *m_memory = nullptr;
    cudaError_t m_error = cudaSuccess;
};

} // namespace

extern "C" int ibidemCudaDeviceCount()
{
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

extern "C" int ibidemCudaMatmul(int operands, size_t rows, size_t columns, size_t depth, const float *a,
                                const float *b, float *c, const float *bias, int relu)
{
    const size_t tiles = kTile;
    if (rows == 0 || columns == 0)
        return cudaSuccess;
    if (rows > 65535 * tiles || columns > 1u << 30 || depth > 1u << 30)
        return cudaErrorInvalidValue;
    const bool aTransposed = operands == 2;
    const bool bTransposed = operands == 1;
    const Shape shape = {static_cast<int>(rows),  static_cast<int>(columns), static_cast<int>(depth),
                         aTransposed ? 1 : depth, aTransposed ? rows : 1,    bTransposed ? 1 : columns,
                         bTransposed ? depth : 1};
    DeviceArray left(rows * depth);
    DeviceArray right(columns * depth);
    DeviceArray out(rows * columns);
    DeviceArray added(bias ? columns : 0);
    left.copyFrom(a);
    right.copyFrom(b);
    added.copyFrom(bias);
    for (const DeviceArray *array : {&left, &right, &out, &added})
        if (array->error() != cudaSuccess)
            return array->error();
    const dim3 grid(static_cast<unsigned>((columns + tiles - 1) / tiles),
                    static_cast<unsigned>((rows + tiles - 1) / tiles));
    product<<<grid, dim3(kThreads, kThreads)>>>(shape, left.data(), right.data(), out.data(), added.data(),
                                                relu);
    const cudaError_t launched = cudaGetLastError();
    if (launched != cudaSuccess)
        return launched;
    out.copyTo(c);
    return out.error();
}
