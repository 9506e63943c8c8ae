// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/network/network_trainer.h"

#include "models/base/text.h"
#include "models/kernels/reductions.h"
#include "models/kernels/tensor_digest.h"
#include "models/runs/trace.h"
#include "models/train/checkpoints/checkpoint.h"
#include "models/train/fixed/fixed_network.h"
#include "models/train/network/sample_order.h"
#include "models/train/network/tensor_records.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <optional>

namespace ibidem::train {

namespace {

constexpr const char *kWeightsState = "weights";
constexpr const char *kMeanState = "mean";
constexpr const char *kVarianceState = "variance";
constexpr const char *kDigestsState = "digests"; ///< of the tensors after each epoch
constexpr const char *kPlaceState =
    "place"; ///< steps done in the epoch under way, and the bits of its loss so far
constexpr std::size_t kDigestBytes = sizeof(Sha256Digest);

/// The library's part of a checkpoint's owner: another version may compute other numbers. Of a library that
/// is not ours the numeric class counts as well: on another machine its bits would not be the same.
std::string libraryOf(const Json &state)
{
    const auto text = [&state](const char *key) {
        const Json *const value = findAt(state, key);
        return value && !value->is_null() ? compactJson(*value).value_or("?") : std::string("?");
    };
    std::string library = stringAt(state, "name").value_or("unknown") + " (" +
                          stringAt(state, "version").value_or("unknown") + ")";
    if (text("name") != "\"ibidem-kernels\"")
        for (const char *key : {"device", "cpuCapability", "mklBranch", "nthread"})
            library += std::string(", ") + key + " " + text(key);
    return library;
}

class Session
{
public:
    Session(const NetworkRequest &request, Engine &engine, TrainListener &listener, const RunToken &token)
        : m_request(request)
        , m_spec(request.spec)
        , m_engine(engine)
        , m_listener(listener)
        , m_token(token)
        , m_folder(request.folder / runs::kCheckpointFolder)
        , m_place(request.place)
        , m_records(request.network, m_place)
        , m_parts(partsOf(request.spec, request.data.samples))
        , m_batchSize(static_cast<std::size_t>(request.spec.training.batchSize))
        , m_batch(std::min(m_batchSize, request.data.samples) * request.data.features)
        , m_stepsPerEpoch((m_parts.learned.size() + m_batchSize - 1) / m_batchSize)
    {}

    Result<NetworkOutcome> run()
    {
        kernels::setFloatState(); // a library that was loaded meanwhile may have changed it
        IBIDEM_TRY(const Json state, m_engine.state());
        m_owner = {spec::chainStart(m_spec), m_request.data.digest, libraryOf(state), "epoch"};
        IBIDEM_CHECK(m_listener.ready(state));
        if (m_parts.learned.empty())
            return fail(ErrorCode::BadData, "no sample is left to learn from", m_spec.data.train.name,
                        "lower training.validationFraction, or loosen the filters of the preparation");
        IBIDEM_CHECK(setUp());
        m_listener.started(m_outcome.epochsDone);
        IBIDEM_CHECK(allEpochs());
        if (!m_place.isFloatStateExact())
            return fail(ErrorCode::Internal,
                        "the floating-point state of a thread was changed during the training", {},
                        "train again; if it comes back, tell us what 'ibidem system' prints");
        IBIDEM_CHECK(m_trace->flush());
        if (!m_outcome.stopped && m_outcome.epochsDone < m_spec.training.epochs)
            m_outcome.bestOfEarlyEnd = m_bestEpoch;
        finishRecords();
        return std::move(m_outcome);
    }

private:
    Status setUp()
    {
        if (m_request.resume) {
            IBIDEM_TRY(const auto checkpoint,
                       newestCheckpoint(
                           m_folder, m_owner, [this](const Checkpoint &one) { return restore(one); },
                           [this](const std::string &message) { m_listener.warning(message); }));
            if (checkpoint) {
                m_outcome.epochsDone = checkpoint->round;
                m_outcome.metrics = checkpoint->metrics;
                return {};
            }
        } else {
            clearCheckpoints(m_folder);
        }
        IBIDEM_TRY(const std::span<float> weights, m_engine.weights());
        initialWeights(m_request.network, m_spec.seed, weights);
        IBIDEM_CHECK(m_engine.weightsChanged());
        IBIDEM_CHECK(m_engine.setOptimiser(0));
        return openTrace(0);
    }

    Status openTrace(std::uint64_t steps)
    {
        IBIDEM_TRY(runs::TraceWriter writer,
                   runs::TraceWriter::open(m_request.folder, m_records.names(), steps));
        m_trace.emplace(std::move(writer));
        return {};
    }

    Status restore(const Checkpoint &checkpoint)
    {
        IBIDEM_TRY(const std::span<float> weights, m_engine.weights());
        IBIDEM_TRY(const OptimiserState optimiser, m_engine.optimiser());
        const auto epochs = static_cast<std::size_t>(checkpoint.round);
        IBIDEM_TRY(const auto saved,
                   checkpoint.values<float>(kWeightsState, data::DType::F32, weights.size()));
        IBIDEM_TRY(const auto mean,
                   checkpoint.values<float>(kMeanState, data::DType::F32, optimiser.mean.size()));
        IBIDEM_TRY(const auto variance,
                   checkpoint.values<float>(kVarianceState, data::DType::F32, optimiser.variance.size()));
        IBIDEM_TRY(const auto digests,
                   checkpoint.values<std::uint8_t>(kDigestsState, data::DType::U8,
                                                   epochs * m_records.names().size() * kDigestBytes));
        IBIDEM_TRY(const auto place, checkpoint.values<std::uint64_t>(kPlaceState, data::DType::U64, 2));
        const double lossSum = std::bit_cast<double>(place[1]);
        if (checkpoint.round > m_spec.training.epochs || place[0] >= m_stepsPerEpoch ||
            !std::isfinite(lossSum))
            return fail(ErrorCode::BadData, "its place in the training is none");
        const std::uint64_t steps = epochs * m_stepsPerEpoch + place[0];
        IBIDEM_CHECK(openTrace(steps));
        std::copy(saved.begin(), saved.end(), weights.begin());
        std::copy(mean.begin(), mean.end(), optimiser.mean.begin());
        std::copy(variance.begin(), variance.end(), optimiser.variance.begin());
        IBIDEM_CHECK(m_engine.weightsChanged());
        IBIDEM_CHECK(m_engine.setOptimiser(steps));
        m_digests = digests;
        m_stepsDone = place[0];
        m_lossSum = lossSum;
        for (const runs::MetricPoint &point : checkpoint.metrics)
            watch(point);
        return {};
    }

    Status allEpochs()
    {
        CheckpointWriter writer(m_folder, m_owner, [this](std::int64_t epoch, const std::string &file) {
            m_listener.checkpoint(epoch, file);
        });
        while (m_outcome.epochsDone < m_spec.training.epochs && !isPatienceOver()) {
            IBIDEM_CHECK(oneEpoch());
            if (m_outcome.stopped) {
                IBIDEM_CHECK(writeCheckpoint(writer));
                break;
            }
            // Also at the end: what comes after the training must not cost it if it is interrupted.
            const bool isLast = m_outcome.epochsDone == m_spec.training.epochs || isPatienceOver();
            if (m_outcome.epochsDone % m_spec.checkpointEvery == 0 || isLast)
                IBIDEM_CHECK(writeCheckpoint(writer));
            IBIDEM_CHECK(writer.poll());
        }
        return writer.finish();
    }

    /// Stops between two steps when asked to; then the epoch is taken up in its middle later.
    Status oneEpoch()
    {
        const std::int64_t epoch = m_outcome.epochsDone + 1;
        std::vector<std::uint32_t> order = orderOf(m_spec, m_parts.learned, epoch);
        if (m_request.probe.order)
            m_request.probe.order(epoch, order);
        while (m_stepsDone < m_stepsPerEpoch) {
            if (m_token.stopRequested()) {
                m_outcome.stopped = true;
                return {};
            }
            const std::size_t first = m_stepsDone * m_batchSize;
            IBIDEM_CHECK(
                oneStep(epoch, std::span(order).subspan(first, std::min(m_batchSize, order.size() - first))));
            ++m_stepsDone;
            tellSteps(epoch);
        }
        return endEpoch(epoch);
    }

    Status oneStep(std::int64_t epoch, std::span<const std::uint32_t> samples)
    {
        const auto step = static_cast<std::int64_t>(m_stepsDone) + 1;
        const auto [batch, batchDigest] = gather(samples);
        IBIDEM_TRY(std::span<float> weights, m_engine.weights());
        if (m_request.probe.weights) {
            m_request.probe.weights(epoch, step, weights);
            IBIDEM_CHECK(m_engine.weightsChanged());
        }
        runs::StepRecord record;
        record.epoch = static_cast<std::uint32_t>(epoch);
        record.step = static_cast<std::uint32_t>(step);
        record.orderDigest = kernels::tensorDigest(std::as_bytes(samples));
        record.batchDigest = batchDigest;
        IBIDEM_TRY(record.weights, digestsOf(record, "", weights));
        IBIDEM_TRY(const double loss, m_engine.differentiate(batch, samples.size()));
        IBIDEM_TRY(const std::span<const float> gradients, m_engine.gradients());
        IBIDEM_TRY(record.gradients, digestsOf(record, "the gradient of ", gradients));
        if (!std::isfinite(loss))
            return notFinite(record, "the loss");
        record.lossBits = std::bit_cast<std::uint64_t>(loss);
        m_lossSum += loss * static_cast<double>(samples.size());
        IBIDEM_CHECK(m_trace->add(record));
        return m_engine.update();
    }

    struct Batch
    {
        std::span<const float> values;
        std::uint64_t digest = 0; ///< kernels::tensorDigest
    };

    [[nodiscard]] Batch gather(std::span<const std::uint32_t> samples)
    {
        constexpr std::size_t kRowsAPiece = 8; // a multiple of two: a digest's words are two numbers
        const std::size_t features = m_request.data.features;
        std::atomic<std::uint64_t> sum = 0; // modulo 2^64: any order gives the same
        m_place.each((samples.size() + kRowsAPiece - 1) / kRowsAPiece, true, [&](std::size_t piece) {
            const std::size_t begin = piece * kRowsAPiece;
            const std::size_t end = std::min(samples.size(), begin + kRowsAPiece);
            for (std::size_t row = begin; row < end; ++row) {
                const auto from = m_request.data.values.subspan(samples[row] * features, features);
                std::copy(from.begin(), from.end(),
                          m_batch.begin() + static_cast<std::ptrdiff_t>(row * features));
            }
            const auto rows = std::span(m_batch).subspan(begin * features, (end - begin) * features);
            sum += kernels::partialDigest(std::as_bytes(rows), begin * features * sizeof(float));
        });
        const auto values = std::span(m_batch).first(samples.size() * features);
        return {values, kernels::finishDigest(sum, values.size_bytes())};
    }

    /// Of each tensor; an error naming the first with a value that is not finite.
    [[nodiscard]] Result<std::vector<std::uint64_t>>
    digestsOf(const runs::StepRecord &record, const char *what, std::span<const float> values)
    {
        TensorRecords::Look look = m_records.lookAt(values);
        if (look.notFinite)
            return notFinite(record, what + m_records.names()[*look.notFinite]);
        return std::move(look.digests);
    }

    [[nodiscard]] tl::unexpected<Error> notFinite(const runs::StepRecord &record,
                                                  const std::string &what) const
    {
        return fail(ErrorCode::BadSpec,
                    "epoch " + std::to_string(record.epoch) + ", step " + std::to_string(record.step) + ": " +
                        what + " is no finite number any more",
                    {},
                    "lower training.learningRate (now " + formatDouble(m_spec.training.learningRate) + ")");
    }

    /// Epochs of large data take long: a bar that moves.
    void tellSteps(std::int64_t epoch)
    {
        constexpr auto kPause = std::chrono::milliseconds(100);
        const auto now = std::chrono::steady_clock::now();
        if (now - m_told < kPause || m_stepsDone == m_stepsPerEpoch)
            return;
        m_told = now;
        const double done = static_cast<double>(epoch - 1) +
                            static_cast<double>(m_stepsDone) / static_cast<double>(m_stepsPerEpoch);
        m_token.progress("training", done / m_spec.training.epochs);
    }

    Status endEpoch(std::int64_t epoch)
    {
        m_outcome.epochsDone = epoch;
        m_told = std::chrono::steady_clock::now();
        std::vector<runs::MetricPoint> points;
        points.push_back({epoch, "train", "loss", m_lossSum / static_cast<double>(m_parts.learned.size())});
        if (!m_parts.validation.empty()) {
            IBIDEM_TRY(const double loss, validationLoss());
            points.push_back({epoch, "validation", "loss", loss});
        }
        IBIDEM_TRY(const std::span<float> weights, m_engine.weights());
        IBIDEM_CHECK(checkEnd(epoch, weights, points.back().value));
        for (const runs::MetricPoint &point : points)
            watch(point);
        for (const Sha256Digest &digest : m_records.epochDigests(weights))
            m_digests.insert(m_digests.end(), digest.begin(), digest.end());
        m_outcome.metrics.insert(m_outcome.metrics.end(), points.begin(), points.end());
        m_listener.round(epoch, m_spec.training.epochs, points);
        m_stepsDone = 0;
        m_lossSum = 0.0;
        return {};
    }

    /// What the last step made is looked at by no step after it.
    [[nodiscard]] Status checkEnd(std::int64_t epoch, std::span<const float> weights, double loss)
    {
        runs::StepRecord last;
        last.epoch = static_cast<std::uint32_t>(epoch);
        last.step = static_cast<std::uint32_t>(m_stepsPerEpoch);
        IBIDEM_CHECK(digestsOf(last, "after it ", weights));
        if (!std::isfinite(loss))
            return notFinite(last, "the loss of the validation samples after it");
        return {};
    }

    /// Remembers the best epoch of the loss that patience looks at.
    void watch(const runs::MetricPoint &point)
    {
        if (point.split != (m_parts.validation.empty() ? "train" : "validation"))
            return;
        if (m_bestEpoch == 0 || point.value < m_bestLoss) {
            m_bestLoss = point.value;
            m_bestEpoch = point.round;
        }
    }

    Result<double> validationLoss()
    {
        double sum = 0.0;
        const std::span<const std::uint32_t> all = m_parts.validation;
        for (std::size_t first = 0; first < all.size(); first += m_batchSize) {
            const auto samples = all.subspan(first, std::min(m_batchSize, all.size() - first));
            const std::span<const float> batch = gather(samples).values;
            IBIDEM_TRY(const Engine::Evaluation evaluation, m_engine.evaluate(batch, samples.size()));
            sum += static_cast<double>(kernels::sumOfSquaredDifferences(m_place, evaluation.output, batch));
        }
        return sum / static_cast<double>(all.size() * m_request.data.features);
    }

    /// Has the watched loss not fallen for as many epochs as the specification waits?
    [[nodiscard]] bool isPatienceOver() const
    {
        return m_spec.training.patience > 0 && m_bestEpoch > 0 &&
               m_outcome.epochsDone - m_bestEpoch >= m_spec.training.patience;
    }

    Status writeCheckpoint(CheckpointWriter &writer)
    {
        IBIDEM_CHECK(m_trace->flush());
        IBIDEM_TRY(const std::span<float> weights, m_engine.weights());
        IBIDEM_TRY(const OptimiserState optimiser, m_engine.optimiser());
        const std::array<std::uint64_t, 2> place{m_stepsDone, std::bit_cast<std::uint64_t>(m_lossSum)};
        Checkpoint checkpoint;
        checkpoint.round = m_outcome.epochsDone;
        checkpoint.metrics = m_outcome.metrics;
        checkpoint.add<float>(kWeightsState, data::DType::F32, weights);
        checkpoint.add<float>(kMeanState, data::DType::F32, optimiser.mean);
        checkpoint.add<float>(kVarianceState, data::DType::F32, optimiser.variance);
        checkpoint.add<std::uint8_t>(kDigestsState, data::DType::U8, m_digests);
        checkpoint.add<std::uint64_t>(kPlaceState, data::DType::U64, place);
        return writer.start(std::move(checkpoint));
    }

    /// Roots and chain follow from the digests and metrics, so that a resumed run has all of them.
    void finishRecords()
    {
        const std::vector<std::string> &names = m_records.names();
        std::string link = m_owner.chainStart;
        auto next = m_outcome.metrics.begin();
        for (std::int64_t epoch = 1; epoch <= m_outcome.epochsDone; ++epoch) {
            std::vector<Sha256Digest> leaves(names.size());
            for (std::size_t i = 0; i < names.size(); ++i) {
                const std::size_t at =
                    (static_cast<std::size_t>(epoch - 1) * names.size() + i) * kDigestBytes;
                std::copy_n(m_digests.begin() + static_cast<std::ptrdiff_t>(at), kDigestBytes,
                            leaves[i].begin());
                m_outcome.tensors.push_back({epoch, names[i], toHex(leaves[i])});
            }
            const auto end =
                std::find_if(next, m_outcome.metrics.end(),
                             [epoch](const runs::MetricPoint &point) { return point.round != epoch; });
            std::string root = rootOf(names, leaves);
            link = runs::nextLink(link, root, {next, end}, m_request.data.digest);
            m_outcome.epochs.push_back({epoch, std::move(root), link});
            next = end;
        }
    }

    const NetworkRequest &m_request;
    const spec::RunSpec &m_spec;
    Engine &m_engine;
    TrainListener &m_listener;
    const RunToken &m_token;
    std::filesystem::path m_folder;
    kernels::Workplace &m_place;
    TensorRecords m_records;
    SampleParts m_parts;
    std::size_t m_batchSize;
    std::vector<float> m_batch;
    std::size_t m_stepsPerEpoch;
    std::size_t m_stepsDone = 0; ///< in the epoch under way
    double m_lossSum = 0.0;      ///< of its samples
    double m_bestLoss = 0.0;
    std::int64_t m_bestEpoch = 0; ///< 0: none yet
    std::vector<std::uint8_t> m_digests;
    std::optional<runs::TraceWriter> m_trace;
    CheckpointOwner m_owner;
    std::chrono::steady_clock::time_point m_told{};
    NetworkOutcome m_outcome;
};

} // namespace

Result<NetworkOutcome> trainNetwork(const NetworkRequest &request, Engine &engine, TrainListener &listener,
                                    const RunToken &token)
{
    return Session(request, engine, listener, token).run();
}

} // namespace ibidem::train
