// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/run_builder.h"

#include "models/base/files.h"
#include "models/jobs/resolve_order.h"
#include "models/jobs/run_inputs.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <pwd.h>
#include <unistd.h>
#include <utility>

namespace ibidem::jobs {

namespace {

std::string hostName()
{
    std::string name(256, '\0');
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.c_str() : "";
}

std::string userName()
{
    const passwd *entry = ::getpwuid(::geteuid());
    return entry ? entry->pw_name : std::to_string(::geteuid());
}

/// Without a slash at its end, which would hide the name of a folder.
std::string fileName(const std::filesystem::path &file)
{
    const std::filesystem::path name = file.has_filename() ? file.filename() : file.parent_path().filename();
    return name.string();
}

void setPath(std::vector<std::pair<std::string, std::string>> &paths, const std::string &role,
             const std::filesystem::path &path)
{
    std::erase_if(paths, [&role](const auto &known) { return known.first == role; });
    std::error_code ignored;
    paths.emplace_back(role, std::filesystem::absolute(path, ignored).string());
}

std::uint64_t cellsOf(const OpenedFile &opened)
{
    const auto &shape = opened.summary.shape;
    return shape.size() == 2 ? shape[0] * shape[1] : 0;
}

} // namespace

struct RunBuilder::State
{
    Programs programs;
    TrainOrder order;
    std::filesystem::path cacheFolder;
    std::filesystem::path runStore;
    OrderedSpec ordered;
    std::vector<WantedInput> wanted;
    std::vector<OpenedFile> opened; ///< as many as wanted
    std::vector<std::unique_ptr<ConvertJob>> jobs;
    std::vector<double> fractions;
    std::size_t open = 0; ///< jobs that are not done
    Result<std::filesystem::path> result = fail(ErrorCode::Internal, "not started");
    bool started = false;
    bool done = false;

    void conclude(RunBuilder *builder, Result<std::filesystem::path> value)
    {
        if (std::exchange(done, true))
            return;
        result = std::move(value);
        for (const auto &job : jobs) {
            job->disconnect(builder);
            job->cancel();
        }
        Q_EMIT builder->finished();
    }

    Status plan()
    {
        IBIDEM_TRY(ordered, readOrder(order));
        IBIDEM_TRY(wanted, wantedInputs(ordered.spec, order, cacheFolder, ordered.folder));
        opened.resize(wanted.size());
        fractions.resize(wanted.size(), 0.0);
        return {};
    }

    /// Opens what needs no converter; starts jobs for the rest.
    Status openAll(RunBuilder *builder)
    {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (!wanted[i].isTable) {
                IBIDEM_TRY(opened[i], openList(wanted[i], cacheFolder));
                IBIDEM_CHECK(checkOpened(ordered.spec, wanted[i], opened[i], order));
            } else if (wanted[i].recorded.path.empty() && !wanted[i].mustMatchRecord) {
                auto found = recordedTable(wanted[i], spec::tableOptions(ordered.spec.data, wanted[i].role),
                                           cacheFolder);
                if (!found)
                    return fail(ErrorCode::Io, "the cache lost an entry that was just there",
                                cacheFolder.string());
                opened[i] = *std::move(found);
            } else {
                addJob(builder, i);
            }
        }
        return {};
    }

    void addJob(RunBuilder *builder, std::size_t i)
    {
        jobs.push_back(std::make_unique<ConvertJob>(
            programs, wanted[i].file, spec::tableOptions(ordered.spec.data, wanted[i].role), cacheFolder));
        ConvertJob *job = jobs.back().get();
        QObject::connect(job, &ConvertJob::progressed, builder, [this, builder, i](double fraction) {
            fractions[i] = std::max(fractions[i], fraction);
            double sum = 0.0;
            for (const double one : fractions)
                sum += one;
            Q_EMIT builder->progressed(QStringLiteral("reading"),
                                       sum / static_cast<double>(fractions.size()));
        });
        QObject::connect(job, &ConvertJob::finished, builder,
                         [this, builder, job, i] { jobDone(builder, *job, i); });
    }

    void jobDone(RunBuilder *builder, const ConvertJob &job, std::size_t i)
    {
        if (!job.result())
            return conclude(builder, tl::unexpected<Error>(job.result().error()));
        opened[i] = *job.result();
        fractions[i] = 1.0;
        if (auto sound = checkOpened(ordered.spec, wanted[i], opened[i], order); !sound)
            return conclude(builder, tl::unexpected<Error>(sound.error()));
        if (--open == 0)
            conclude(builder, write());
    }

    /// Where the inputs of the run that goes on are now; its other facts stay.
    [[nodiscard]] Result<std::filesystem::path> updateLocal() const
    {
        if (wanted.empty())
            return ordered.folder;
        runs::LocalInfo local =
            runs::readLocalInfo(ordered.folder).value_or(runs::LocalInfo{{}, {}, hostName(), userName()});
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (!wanted[i].file.empty())
                setPath(local.inputs, wanted[i].role, wanted[i].file);
            setPath(local.containers, wanted[i].role, opened[i].container);
        }
        IBIDEM_CHECK(runs::writeLocalInfo(ordered.folder, local));
        return ordered.folder;
    }

    Result<std::filesystem::path> write()
    {
        if (order.purpose == OrderPurpose::Resume)
            return updateLocal();
        runs::LocalInfo local{{}, {}, hostName(), userName()};
        std::uint64_t cells = 0;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const data::TableSummary &summary = opened[i].summary;
            *inputSlot(ordered.spec, wanted[i].role) = {{},
                                                        fileName(opened[i].file),
                                                        summary.fileBytes,
                                                        summary.fileSha256,
                                                        wanted[i].isTable ? summary.digest : std::string()};
            if (!wanted[i].file.empty())
                setPath(local.inputs, wanted[i].role, wanted[i].file);
            setPath(local.containers, wanted[i].role, opened[i].container);
            cells += cellsOf(opened[i]);
        }
        IBIDEM_TRY(const spec::RunSpec spec, resolveSpec(ordered, cells));
        return writePartial(spec, local);
    }

    [[nodiscard]] Result<std::filesystem::path> writePartial(const spec::RunSpec &spec,
                                                             const runs::LocalInfo &local) const
    {
        std::filesystem::path run;
        if (order.out) {
            run = *order.out;
        } else {
            IBIDEM_CHECK(makeFolder(runStore));
            IBIDEM_TRY(run, runs::newRunPath(runStore, spec.recipe));
        }
        IBIDEM_TRY(const std::string text, canonicalJson(spec.toJson()));
        IBIDEM_TRY(std::filesystem::path partial, runs::createPartial(run, order.force));
        IBIDEM_CHECK(writeFileAtomically(partial / runs::kSpecFile, text));
        IBIDEM_CHECK(runs::writeLocalInfo(partial, local));
        return partial;
    }

    void go(RunBuilder *builder)
    {
        Status ready = plan();
        if (ready)
            ready = openAll(builder);
        if (!ready)
            return conclude(builder, tl::unexpected<Error>(ready.error()));
        open = jobs.size();
        if (open == 0)
            return conclude(builder, write());
        for (const auto &job : jobs)
            job->start();
    }
};

RunBuilder::RunBuilder(Programs programs, TrainOrder order, std::filesystem::path cacheFolder,
                       std::filesystem::path runStore, QObject *parent)
    : QObject(parent)
    , m_state(std::make_unique<State>())
{
    m_state->programs = std::move(programs);
    m_state->order = std::move(order);
    m_state->cacheFolder = std::move(cacheFolder);
    m_state->runStore = std::move(runStore);
}

RunBuilder::~RunBuilder() = default;

void RunBuilder::start()
{
    if (std::exchange(m_state->started, true))
        return;
    // Queued, so that finished() never comes before start() has returned.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_state->done)
                m_state->go(this);
        },
        Qt::QueuedConnection);
}

void RunBuilder::cancel()
{
    m_state->conclude(this,
                      fail(ErrorCode::Stopped, "cancelled before the training began; nothing was written"));
}

const Result<std::filesystem::path> &RunBuilder::result() const
{
    return m_state->result;
}

const std::vector<OpenedFile> &RunBuilder::inputs() const
{
    return m_state->opened;
}

} // namespace ibidem::jobs
