// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/batch.h"

#include "models/base/files.h"
#include "models/jobs/batch_entry.h"
#include "models/jobs/memory_budget.h"
#include "models/jobs/resolve_order.h"
#include "models/jobs/run_inputs.h"
#include "models/runs/run_folder.h"

#include <QTimer>

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace ibidem::jobs {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookForMemoryEvery{1000};
constexpr const char *kStagingFolder = ".batch";

int coreCount()
{
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// A file that the specification names must be there: said before hours of other trainings, not after.
Status checkFiles(const std::vector<WantedInput> &wanted)
{
    for (const WantedInput &input : wanted) {
        std::error_code ignored;
        if (!input.recorded.path.empty() && !fs::exists(input.file, ignored))
            return fail(ErrorCode::InputMissing,
                        "there is no such file (\"" + input.role + "\" of the specification)",
                        input.file.string(), "correct its path: it counts from the specification's folder");
    }
    return {};
}

} // namespace

struct Batch::State
{
    BatchOrder order;
    BatchSetting setting;
    std::function<std::uint64_t()> usableMemory;
    std::vector<BatchRun> runs;
    std::vector<TrainOrder> orders;   ///< of each run
    std::vector<OrderedSpec> ordered; ///< of each run; empty where it is broken
    std::deque<std::size_t> queue;    ///< not begun yet
    std::map<std::size_t, std::unique_ptr<BatchEntry>> active;
    std::set<std::size_t> retried;
    MemoryBudget budget;
    runs::RunLock lock;
    QTimer timer; ///< looks whether there is memory again
    Status written = fail(ErrorCode::Internal, "the batch is not at its end");
    std::size_t atOnce = 1;
    std::size_t ended = 0;
    bool stopping = false;
    bool done = false;

    Status readSpec(std::size_t i)
    {
        TrainOrder &one = orders[i];
        one.recipeOrSpec = runs[i].spec.file.string();
        one.threads = order.threads;
        one.purpose = OrderPurpose::Batch;
        IBIDEM_TRY(ordered[i], readOrder(one));
        spec::RunSpec spec = ordered[i].spec;
        IBIDEM_TRY(const std::vector<WantedInput> wanted,
                   wantedInputs(spec, one, setting.cacheFolder, ordered[i].folder));
        return checkFiles(wanted);
    }

    void readSpecs()
    {
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (const Status read = readSpec(i); !read) {
                runs[i].outcome = RunOutcome::Failed;
                runs[i].error = read.error();
                if (runs[i].error->path.empty())
                    runs[i].error->path = runs[i].spec.file.string();
                ++ended;
            } else {
                queue.push_back(i);
            }
        }
    }

    void begin(Batch *batch, std::size_t i)
    {
        auto entry = std::make_unique<BatchEntry>(setting, runs[i], orders[i], ordered[i]);
        QObject::connect(
            entry.get(), &BatchEntry::prepared, batch, [this] { admit(); }, Qt::QueuedConnection);
        QObject::connect(
            entry.get(), &BatchEntry::ended, batch, [this, batch, i] { take(batch, i); },
            Qt::QueuedConnection);
        QObject::connect(entry.get(), &BatchEntry::progressed, batch, &Batch::progressed);
        entry->prepare();
        active.emplace(i, std::move(entry));
    }

    void fill(Batch *batch)
    {
        while (!stopping && !queue.empty() && active.size() < atOnce) {
            begin(batch, queue.front());
            queue.pop_front();
        }
        if (!active.empty())
            return;
        if (!stopping && order.retry && retryKilled())
            return fill(batch);
        conclude(batch);
    }

    /// Those that died for want of memory have all of it now.
    bool retryKilled()
    {
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (runs[i].outcome != RunOutcome::Killed || !retried.insert(i).second)
                continue;
            runs[i].outcome = RunOutcome::Pending;
            runs[i].error.reset();
            --ended;
            queue.push_back(i);
        }
        atOnce = 1;
        return !queue.empty();
    }

    /// In the order of the table: nobody is overtaken by smaller ones.
    void admit()
    {
        bool full = false;
        for (const auto &[i, entry] : active) {
            if (!entry->waits())
                continue;
            if (!entry->follows() && (full || !budget.fits(entry->need(), usableMemory()))) {
                full = true;
                continue;
            }
            budget.begin(static_cast<int>(i), entry->need());
            entry->train();
        }
        if (full)
            timer.start(kLookForMemoryEvery);
        else
            timer.stop();
    }

    void take(Batch *batch, std::size_t i)
    {
        const auto found = active.find(i);
        if (found == active.end())
            return;
        runs[i] = found->second->run();
        found->second.release()->deleteLater();
        active.erase(found);
        budget.end(static_cast<int>(i));
        if (runs[i].outcome != RunOutcome::Pending) {
            ++ended;
            Q_EMIT batch->runEnded(static_cast<int>(i));
        }
        Q_EMIT batch->progressed();
        admit();
        fill(batch);
    }

    void conclude(Batch *batch)
    {
        if (std::exchange(done, true))
            return;
        timer.stop();
        std::error_code ignored;
        fs::remove_all(setting.staging, ignored);
        written = write();
        lock = {};
        Q_EMIT batch->finished();
    }

    [[nodiscard]] Status write() const
    {
        IBIDEM_TRY(const std::string text, canonicalJson(batchRecord(runs, order.out)));
        return writeFileAtomically(order.out / kBatchFile, text);
    }
};

Batch::Batch(Programs programs, BatchOrder order, fs::path cacheFolder,
             std::function<std::uint64_t()> usableMemory, QObject *parent)
    : QObject(parent)
    , m_state(std::make_unique<State>())
{
    State &state = *m_state;
    state.order = std::move(order);
    state.order.jobs = std::max(1, state.order.jobs);
    state.atOnce = static_cast<std::size_t>(state.order.jobs);
    state.setting = {std::move(programs), std::move(cacheFolder), state.order.out / kStagingFolder,
                     std::max(1, coreCount() / state.order.jobs)};
    state.usableMemory = usableMemory ? std::move(usableMemory) : [] { return ibidem::jobs::usableMemory(); };
    for (const BatchSpec &spec : state.order.specs) {
        BatchRun run;
        run.spec = spec;
        run.run = state.order.out / spec.name;
        state.runs.push_back(std::move(run));
    }
    state.orders.resize(state.runs.size());
    state.ordered.resize(state.runs.size());
    connect(&state.timer, &QTimer::timeout, this, [this] { m_state->admit(); });
}

Batch::~Batch() = default;

Status Batch::open()
{
    State &state = *m_state;
    IBIDEM_CHECK(makeFolder(state.order.out));
    auto lock = runs::RunLock::acquire(state.order.out);
    if (!lock) {
        if (lock.error().code == ErrorCode::Unavailable)
            lock.error().message = "another batch works in this folder: " + lock.error().message;
        return tl::unexpected<Error>(std::move(lock).error());
    }
    state.lock = *std::move(lock);
    std::error_code ignored; // of a batch that was killed
    fs::remove_all(state.setting.staging, ignored);
    state.readSpecs();
    return {};
}

void Batch::start()
{
    // Queued, so that finished() never comes before start() has returned.
    QMetaObject::invokeMethod(
        this, [this] { m_state->fill(this); }, Qt::QueuedConnection);
}

void Batch::stop()
{
    m_state->stopping = true;
    for (const auto &[i, entry] : m_state->active)
        entry->stop();
}

void Batch::stopNow()
{
    m_state->stopping = true;
    for (const auto &[i, entry] : m_state->active)
        entry->stopNow();
}

const std::vector<BatchRun> &Batch::runs() const
{
    return m_state->runs;
}

std::size_t Batch::running() const
{
    return m_state->active.size();
}

std::size_t Batch::ended() const
{
    return m_state->ended;
}

double Batch::fraction() const
{
    if (m_state->runs.empty())
        return 1.0;
    auto sum = static_cast<double>(m_state->ended);
    for (const auto &[i, entry] : m_state->active)
        sum += entry->fraction();
    return std::min(1.0, sum / static_cast<double>(m_state->runs.size()));
}

bool Batch::stopped() const
{
    return m_state->stopping;
}

const Status &Batch::written() const
{
    return m_state->written;
}

} // namespace ibidem::jobs
