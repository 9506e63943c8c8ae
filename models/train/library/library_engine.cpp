// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/library/library_engine.h"

#include "models/base/text.h"
#include "models/train/library/library_network.h"
#include "models/train/library/library_optimiser.h"
#include "models/train/library/numeric_switches.h"

#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <dlfcn.h>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace ibidem::train {

namespace {

tl::unexpected<Error> outOfMemory(std::string_view doing)
{
    return fail(ErrorCode::BadData, "there is not enough memory for " + std::string(doing), {},
                "choose a smaller batch (training.batchSize) or network, or a machine with more memory");
}

/// What LibTorch said, by who must act. Only its words tell the cases apart.
tl::unexpected<Error> failure(std::string_view doing, std::string_view words)
{
    if (words.find("tried to allocate") != std::string_view::npos ||
        words.find("out of memory") != std::string_view::npos)
        return outOfMemory(doing);
    if (words.find("does not have a deterministic implementation") != std::string_view::npos)
        return fail(ErrorCode::Unavailable, std::string(doing) + ": " + std::string(words), {},
                    "train on another device, or at level \"seeded\"");
    return fail(ErrorCode::Internal, std::string(doing) + ": LibTorch failed: " + std::string(words));
}

/// LibTorch throws; nothing of ours does.
template <class Work>
auto guarded(std::string_view doing, const Work &work) -> decltype(work())
{
    try {
        return work();
    } catch (const c10::Error &error) {
        return failure(doing, error.what_without_backtrace());
    } catch (const std::bad_alloc &) {
        return outOfMemory(doing);
    } catch (const std::exception &error) {
        return failure(doing, error.what());
    }
}

std::span<float> memoryOf(const at::Tensor &tensor)
{
    return {tensor.mutable_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// The host's side of a flat tensor: its own memory on a CPU, else a copy made on demand.
class HostSide
{
public:
    std::span<float> read(const at::Tensor &tensor)
    {
        if (tensor.is_cpu())
            return memoryOf(tensor);
        if (!m_copy.defined())
            m_copy = at::empty(tensor.sizes(), at::TensorOptions().dtype(at::kFloat).pinned_memory(true));
        m_copy.copy_(tensor);
        return memoryOf(m_copy);
    }

    void writeBack(at::Tensor &tensor) const
    {
        if (!tensor.is_cpu() && m_copy.defined())
            tensor.copy_(m_copy);
    }

private:
    at::Tensor m_copy;
};

/// "AVX2" -> "avx2", as specifications name instruction sets.
Json isaOf(const Json &capability)
{
    if (capability == "DEFAULT")
        return "scalar";
    if (capability == "AVX2")
        return "avx2";
    if (capability == "AVX512")
        return "avx512";
    return capability;
}

class LibraryEngine : public Engine
{
public:
    LibraryEngine(const EngineRequest &request, at::Device device)
        : m_request(request)
        , m_device(device)
        , m_network(request.network, device)
        , m_optimiser(request.spec.training, m_network.weights())
    {}

    Result<Json> state() override
    {
        return guarded("reading LibTorch's state", [this]() -> Result<Json> {
            holdThreads();
            Json state = readNumericSwitches();
            state["name"] = "libtorch";
            state["optimiser"] = m_request.spec.training.optimiser;
            state["device"] = m_network.weights().device().str();
            state["isa"] = isaOf(state["cpuCapability"]);
            return state;
        });
    }

    Result<std::span<float>> weights() override
    {
        return guarded("reading the weights", [this]() -> Result<std::span<float>> {
            return m_hostWeights.read(m_network.weights());
        });
    }

    Status weightsChanged() override
    {
        return guarded("setting the weights", [this]() -> Status {
            m_hostWeights.writeBack(m_network.weights());
            return {};
        });
    }

    Result<OptimiserState> optimiser() override
    {
        return guarded("reading the optimiser's state", [this]() -> Result<OptimiserState> {
            OptimiserState state{m_optimiser.steps(), m_hostMean.read(m_optimiser.mean()), {}};
            if (m_optimiser.variance().defined())
                state.variance = m_hostVariance.read(m_optimiser.variance());
            return state;
        });
    }

    Status setOptimiser(std::uint64_t steps) override
    {
        return guarded("setting the optimiser's state", [&]() -> Status {
            m_optimiser.setSteps(steps);
            m_hostMean.writeBack(m_optimiser.mean());
            if (m_optimiser.variance().defined())
                m_hostVariance.writeBack(m_optimiser.variance());
            return {};
        });
    }

    Result<double> differentiate(std::span<const float> batch, std::size_t samples) override
    {
        return guarded("forward and backward of a batch", [&]() -> Result<double> {
            IBIDEM_TRY(const at::Tensor input, tensorOf(batch, samples));
            return m_network.differentiate(input);
        });
    }

    Result<std::span<const float>> gradients() override
    {
        return guarded("reading the gradients", [this]() -> Result<std::span<const float>> {
            return m_hostGradients.read(m_network.gradients());
        });
    }

    Status update() override
    {
        return guarded("a step of the optimiser", [this]() -> Status {
            holdThreads();
            m_optimiser.step(m_network.weights(), m_network.gradients());
            return {};
        });
    }

    Result<Evaluation> evaluate(std::span<const float> batch, std::size_t samples) override
    {
        return guarded("evaluating a batch", [&]() -> Result<Evaluation> {
            IBIDEM_TRY(const at::Tensor input, tensorOf(batch, samples));
            const at::NoGradGuard plain;
            m_evaluated = m_network.forward(input);
            m_evaluated.output = m_evaluated.output.to(at::kCPU).contiguous();
            Evaluation evaluation{memoryOf(m_evaluated.output), {}};
            if (m_evaluated.embedding.defined()) {
                m_evaluated.embedding = m_evaluated.embedding.to(at::kCPU).contiguous();
                evaluation.embedding = memoryOf(m_evaluated.embedding);
            }
            return evaluation;
        });
    }

private:
    void holdThreads() const { holdThreadCount(m_request.spec.threads); }

    /// A copy in LibTorch's memory: where the caller's begins must not decide how the library computes.
    Result<at::Tensor> tensorOf(std::span<const float> batch, std::size_t samples)
    {
        holdThreads();
        const std::size_t features = spec::elementCount(m_request.network.nodes.front().shape);
        if (samples == 0 || samples > m_request.maxSamples || batch.size() != samples * features)
            return fail(ErrorCode::Internal, "a batch of " + std::to_string(samples) + " samples and " +
                                                 std::to_string(batch.size()) +
                                                 " values does not fit the network");
        const auto rows = static_cast<std::int64_t>(samples);
        const auto columns = static_cast<std::int64_t>(features);
        const at::Tensor view = at::from_blob(const_cast<float *>(batch.data()), // NOLINT: only read
                                              {rows, columns}, at::TensorOptions().dtype(at::kFloat));
        if (!m_batch.defined())
            m_batch = at::empty({static_cast<std::int64_t>(m_request.maxSamples), columns},
                                at::TensorOptions().dtype(at::kFloat).device(m_device));
        at::Tensor rowsUsed = m_batch.narrow(0, 0, rows);
        rowsUsed.copy_(view);
        return rowsUsed;
    }

    const EngineRequest m_request;
    const at::Device m_device;
    LibraryNetwork m_network;
    LibraryOptimiser m_optimiser;
    HostSide m_hostWeights;
    HostSide m_hostGradients;
    HostSide m_hostMean;
    HostSide m_hostVariance;
    LibraryNetwork::Values m_evaluated;
    at::Tensor m_batch;
};

/// LibTorch finds its CUDA part through a registry that is read once: it must be there before the first
/// question.
Status loadCuda(const std::string &device)
{
    const std::string cure = "run installer/setup --cuda, or train with --device cpu";
    if (!::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) {
        const char *why = ::dlerror();
        return fail(ErrorCode::Unavailable,
                    "device " + device + " needs LibTorch's CUDA libraries: " + (why ? why : "not found"), {},
                    cure);
    }
    if (!at::hasCUDA())
        return fail(ErrorCode::Unavailable, "device " + device + ": LibTorch finds no CUDA driver or GPU", {},
                    "install a driver for CUDA 13, or train with --device cpu");
    return {};
}

Result<at::Device> deviceOf(const std::string &name)
{
    if (name == "cpu")
        return at::Device(at::kCPU);
    const auto index =
        name.starts_with("cuda:") ? parseUnsigned(std::string_view(name).substr(5)) : std::nullopt;
    if (!index)
        return fail(ErrorCode::BadSpec, "device: " + ibidem::quoted(name) + " is none", {}, "cpu or cuda:N");
    IBIDEM_CHECK(loadCuda(name));
    const auto count = static_cast<std::uint64_t>(at::detail::getCUDAHooks().deviceCount());
    if (*index >= count)
        return fail(ErrorCode::Unavailable,
                    "device " + name + " is not there: this machine has " + std::to_string(count) + " GPU(s)",
                    {}, "--device cpu");
    return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(*index));
}

} // namespace

Result<std::unique_ptr<Engine>> createLibraryEngine(const EngineRequest &request)
{
    return guarded("the network", [&]() -> Result<std::unique_ptr<Engine>> {
        IBIDEM_CHECK(spec::check(request.network));
        IBIDEM_TRY(const at::Device device, deviceOf(request.spec.device));
        holdThreadCount(request.spec.threads);
        setNumericSwitches(request.spec);
        return std::make_unique<LibraryEngine>(request, device);
    });
}

} // namespace ibidem::train
