// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/philox.h"
#include "models/kernels/isa.h"
#include "models/train/fixed/fixed_network.h"
#include "models/train/network/engine.h"
#include "models/train/reproducibility/effective_state.h"

#include <QByteArray>
#include <QtGlobal>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// A small network, a batch, and the library engine through its module, as ibidem-train loads it.
namespace ibidem::train {

using spec::Level;
using spec::Operation;

inline constexpr std::size_t kGenes = 120;
inline constexpr std::size_t kSamples = 48;

inline spec::RunSpec specOf(Level level, int threads = 1)
{
    spec::RunSpec spec;
    spec.kind = spec::ModelKind::Autoencoder;
    spec.recipe = "sc-autoencoder";
    spec.level = level;
    spec.seed = 42;
    spec.device = "cpu";
    spec.threads = threads;
    spec.isa = availableIsas().back();
    return spec;
}

/// One for all fixed engines of a test: they compute one after the other.
inline kernels::Workplace &testPlace()
{
    static kernels::Workplace place(kernels::availableIsas().back(), nullptr);
    return place;
}

inline spec::Network networkOf(Operation activation = Operation::Relu)
{
    return spec::autoencoder({kGenes, {64, 40}, 20, activation});
}

inline std::vector<float> batchOf(std::uint64_t seed = 1)
{
    RandomStream stream(seed, RandomPurpose::Test);
    std::vector<float> batch;
    for (std::size_t i = 0; i < kSamples * kGenes; ++i)
        batch.push_back(static_cast<float>(stream.normal()));
    return batch;
}

inline std::filesystem::path modulePath()
{
    return std::filesystem::path(qgetenv("IBIDEM_BIN").toStdString()).parent_path() / "lib/ibidem-library.so";
}

inline EngineFactory *libraryFactory()
{
    void *module = ::dlopen(modulePath().c_str(), RTLD_NOW | RTLD_LOCAL);
    void *symbol = module ? ::dlsym(module, kEngineFactory) : nullptr;
    if (!symbol)
        std::fprintf(stderr, "%s\n", ::dlerror());
    EngineFactory *create = nullptr;
    std::memcpy(&create, &symbol, sizeof create);
    return create;
}

inline Result<std::unique_ptr<Engine>> libraryEngine(const EngineRequest &request)
{
    EngineFactory *create = libraryFactory();
    if (!create)
        return fail(ErrorCode::Internal, "the module cannot be loaded");
    Error error;
    std::unique_ptr<Engine> engine(create(request, &error));
    if (!engine)
        return tl::unexpected<Error>(error);
    return engine;
}

inline Status start(Engine &engine, const spec::Network &network)
{
    IBIDEM_TRY(const std::span<float> weights, engine.weights());
    initialWeights(network, 7, weights);
    return engine.weightsChanged();
}

inline Status trainSteps(Engine &engine, std::span<const float> batch, int steps)
{
    for (int step = 0; step < steps; ++step) {
        IBIDEM_CHECK(engine.differentiate(batch, kSamples));
        IBIDEM_CHECK(engine.update());
    }
    return {};
}

inline std::vector<float> copied(const Result<std::span<float>> &values)
{
    return {values->begin(), values->end()};
}

inline std::vector<float> gradientsOf(Engine &engine)
{
    const auto gradients = engine.gradients();
    return {gradients->begin(), gradients->end()};
}

inline bool sameBits(std::span<const float> a, std::span<const float> b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

/// The largest difference, as a share of the largest number.
inline double difference(std::span<const float> a, std::span<const float> b)
{
    double largest = 0.0;
    double apart = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(b[i])));
        apart = std::max(apart, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
    return largest > 0.0 ? apart / largest : apart;
}

/// The same of each tensor: the name and difference of the worst.
inline std::pair<std::string, double> worst(const spec::Network &network, std::span<const float> a,
                                            std::span<const float> b)
{
    std::pair<std::string, double> result{"none", 0.0};
    std::size_t offset = 0;
    for (const spec::Parameter &parameter : network.parameters) {
        const std::size_t count = spec::elementCount(parameter.shape);
        const double apart = difference(a.subspan(offset, count), b.subspan(offset, count));
        if (!(apart <= result.second))
            result = {parameter.name, apart};
        offset += count;
    }
    return result;
}

} // namespace ibidem::train
