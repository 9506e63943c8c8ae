// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/convert/matrices/matrix_writer.h"
#include "tests/models/convert/matrices/hdf5_files.h"
#include "tests/models/data/matrix_samples.h"
#include "tests/test_data.h"

#include <QTest>

#include <array>
#include <csignal>
#include <cstdlib>
#include <dlfcn.h>
#include <execinfo.h>
#include <fstream>
#include <map>
#include <new>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ibidem;

namespace {

struct Seed
{
    std::string name;
    std::string bytes;
};

/// How a child that reads one file ends.
enum Ending : int {
    Accepted = 10,
    Refused = 11,
    OutOfMemory = 12,
    Unsound = 13,
    InternalError = 14,
    Mute = 15
};

constexpr int kMostFrames = 64;
int crashPipe = -1;

/// Tells the parent where the child crashed; only what may be called in a signal handler.
void tellCrash(int signal)
{
    std::array<void *, kMostFrames> frames{};
    const int count = ::backtrace(frames.data(), kMostFrames);
    const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(void *);
    if (::write(crashPipe, frames.data(), bytes) != static_cast<ssize_t>(bytes))
        ::_exit(1);
    std::signal(signal, SIG_DFL);
    ::raise(signal);
}

void listenForCrashes()
{
    // A stack of its own: the crash may be one that used up the other.
    static std::array<char, 1U << 17U> stack{};
    stack_t alternative{};
    alternative.ss_sp = stack.data();
    alternative.ss_size = stack.size();
    ::sigaltstack(&alternative, nullptr);

    struct sigaction action
    {};

    action.sa_handler = tellCrash;
    action.sa_flags = static_cast<int>(SA_ONSTACK | SA_NODEFER);
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU})
        ::sigaction(signal, &action, nullptr);
}

bool isSound(const data::MatrixContainer &container)
{
    const data::CountMatrix &matrix = container.matrix;
    return data::flawOf(matrix.rows.view()).empty() &&
           matrix.rows.view().rowCount() == matrix.cellIds.size() &&
           matrix.rows.columnCount == matrix.geneIds.size() && !matrix.cellIds.empty() &&
           !matrix.geneIds.empty() && container.summary.matrix.has_value();
}

Ending readIt(const std::filesystem::path &path)
{
    constexpr std::uint64_t kMemory = 1ULL << 28U;
    try {
        const auto matrix = convert::readMatrix(path, {}, {}, {kMemory});
        if (matrix)
            return isSound(*matrix) ? Accepted : Unsound;
        if (matrix.error().message.empty())
            return Mute;
        return matrix.error().code == ErrorCode::Internal ? InternalError : Refused;
    } catch (const std::bad_alloc &) { // the program says so
        return OutOfMemory;
    }
}

/// A child's end: an Ending, or minus the signal with the frames of the crash.
struct End
{
    int code = 0;
    std::vector<void *> frames;
};

#ifdef IBIDEM_SANITIZED
constexpr std::ptrdiff_t kFramesOfTheTool = 1; ///< the sanitizer's own backtrace()
#else
constexpr std::ptrdiff_t kFramesOfTheTool = 0;
#endif

End readInChild(const std::filesystem::path &path)
{
    std::array<int, 2> ends{};
    End end;
    if (::pipe(ends.data()) != 0)
        return end;
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit seconds{3, 6}; // a sound file takes milliseconds
        [[maybe_unused]] const rlimit memory{2ULL << 30U, 2ULL << 30U};
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CPU, &seconds);
        ::setrlimit(RLIMIT_CORE, &none);
#ifndef IBIDEM_SANITIZED
        ::setrlimit(RLIMIT_AS, &memory);
#endif
        crashPipe = ends[1];
        listenForCrashes();
        ::_exit(readIt(path));
    }
    ::close(ends[1]);
    std::array<void *, kMostFrames> frames{};
    const ssize_t bytes = ::read(ends[0], frames.data(), sizeof frames);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    end.code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    if (bytes > 0)
        end.frames.assign(frames.begin() + kFramesOfTheTool,
                          frames.begin() + bytes / static_cast<ssize_t>(sizeof(void *)));
    return end;
}

/// malloc() and its like end the process where they find the heap damaged: long after the deed.
bool foundADamagedHeap(const Dl_info &info, int signal)
{
    const std::string_view name = info.dli_sname ? info.dli_sname : "";
    return signal == SIGABRT && (name.ends_with("alloc") || name.ends_with("free")); // also __libc_free
}

/// The first of the two, HDF5's library or this program, on the way down from the crash: whose it is. A
/// damaged heap is nobody's: what of it is ours, a build with sanitizers tells. Parent and child have the
/// same addresses.
bool isOurs(const std::vector<void *> &frames, int signal)
{
    Dl_info own{};
    ::dladdr(reinterpret_cast<void *>(&isSound), &own);
    for (std::size_t i = 1; i < frames.size(); ++i) { // 0 is the handler
        Dl_info info{};
        if (::dladdr(frames[i], &info) == 0 || !info.dli_fname)
            continue;
        if (foundADamagedHeap(info, signal))
            return false;
        if (std::string_view(info.dli_fname).find("libhdf5") != std::string_view::npos)
            return false;
        if (info.dli_fbase == own.dli_fbase)
            return true;
    }
    return true; // nobody's: to be looked at
}

std::string described(const std::vector<void *> &frames)
{
    std::string text;
    for (void *const frame : frames) {
        Dl_info info{};
        const bool known = ::dladdr(frame, &info) != 0 && info.dli_fname;
        const auto offset =
            known ? static_cast<const char *>(frame) - static_cast<const char *>(info.dli_fbase) : 0;
        text += std::string("\n  ") + (known ? info.dli_fname : "?") + " +" + std::to_string(offset) + " " +
                (known && info.dli_sname ? info.dli_sname : "");
    }
    return text;
}

/// One to six changes of bytes: flipped bits, other values, numbers of eight bytes, pieces moved, the end cut
/// off.
std::string mutated(std::string bytes, RandomStream &random)
{
    constexpr std::array<std::uint64_t, 8> kNumbers = {0,         1,           0xFF,        0xFFFF,
                                                       1U << 31U, 1ULL << 40U, ~0ULL >> 1U, ~0ULL};
    const std::uint64_t changes = 1 + random.bounded(6);
    for (std::uint64_t i = 0; i < changes && bytes.size() > 16; ++i) {
        const auto at = static_cast<std::size_t>(random.bounded(bytes.size() - 8));
        const std::uint64_t number = kNumbers[random.bounded(kNumbers.size())];
        switch (random.bounded(12)) {
        case 0:
            bytes.resize(at + 8);
            break;
        case 1:
        case 2:
            std::copy_n(reinterpret_cast<const char *>(&number), 8,
                        bytes.begin() + static_cast<std::ptrdiff_t>(at / 8 * 8));
            break;
        case 3: {
            const auto from = static_cast<std::size_t>(random.bounded(bytes.size() - 8));
            const std::string piece = bytes.substr(from, 1 + random.bounded(32));
            bytes.replace(at, std::min(piece.size(), bytes.size() - at), piece);
            break;
        }
        case 4:
        case 5:
        case 6:
            bytes[at] = static_cast<char>(random.bounded(256));
            break;
        default:
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << random.bounded(8)));
            break;
        }
    }
    return bytes;
}

void writeTenx(const Hdf5Builder &file, const Sample &sample)
{
    Compressed<std::int32_t, std::int64_t>(sample.values<std::int32_t>(), sample.genes.size())
        .write(file, "/matrix");
    file.texts("/matrix/barcodes", sample.cells, TextKind::NulPadded);
    file.numbers("/matrix/shape", std::vector<std::int32_t>{5, 4});
    for (const char *name : {"id", "name"})
        file.texts(std::string("/matrix/features/") + name, sample.genes, TextKind::NulPadded);
    const std::vector<std::string> types = {"Gene Expression", "Gene Expression", "Peaks", "Peaks",
                                            "Gene Expression"};
    file.texts("/matrix/features/feature_type", types, TextKind::NulTerminated);
    file.texts("/matrix/features/genome", std::vector<std::string>(5, "hg38"));
}

void writeLoom(const Hdf5Builder &file, const Sample &sample)
{
    file.matrix("/matrix", sample.turned<float>(), sample.cells.size(), {{2, 2}, true, true});
    file.texts("/row_attrs/Gene", sample.genes);
    file.texts("/col_attrs/CellID", sample.cells);
    file.texts("/attrs/LOOM_SPEC_VERSION", {"3.0.0"});
}

} // namespace

/// Damaged HDF5 files, each read in a process of its own. HDF5 itself may crash on them, as the converter's
/// parent expects; our code must not, must not hang, and must not accept an unsound matrix.
class TestHdf5Fuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readsTheFilesThatItStartsFrom();
    void tellsWhoseACrashIs();
    void survivesMutations();

private:
    void addOwn();
    void addReal();

    Hdf5Files m_files;
    std::vector<Seed> m_seeds;
};

void TestHdf5Fuzz::initTestCase()
{
    std::array<void *, 4> frames{};
    QVERIFY(::backtrace(frames.data(), 4) > 0); // loads what the handler needs
    addOwn();
    addReal();
}

void TestHdf5Fuzz::addOwn()
{
    const auto add = [this](const char *name, auto write) {
        {
            const Hdf5Builder file(m_files.path());
            write(file);
        }
        m_seeds.push_back({name, readFile(m_files.path()).value_or("")});
    };
    const Sample sample;
    add("h5ad", [&](const Hdf5Builder &file) { writeSampleFile(file, sample); });
    add("10x", [&](const Hdf5Builder &file) { writeTenx(file, sample); });
    add("loom", [&](const Hdf5Builder &file) { writeLoom(file, sample); });
    for (const auto format : {convert::MatrixFormat::H5ad, convert::MatrixFormat::Tenx}) {
        QVERIFY(convert::writeMatrixFile(m_files.path(), sampleMatrix().matrix, format).has_value());
        m_seeds.push_back({"written", readFile(m_files.path()).value_or("")});
    }
}

/// Small files of other programs, where the real data is there.
void TestHdf5Fuzz::addReal()
{
    const std::filesystem::path folder = testDataFolder() / "singlecell";
    for (const char *name : {"10x_v2_filtered_gene_bc_matrices_h5.h5", "mini_mat.anndata-v0.6.22.h5ad",
                             "mini_mat.anndata-v0.10.9.h5ad", "anndata_v0.7.0.h5ad"})
        if (auto bytes = readFile(folder / name))
            m_seeds.push_back({name, *std::move(bytes)});
}

void TestHdf5Fuzz::readsTheFilesThatItStartsFrom()
{
    for (const Seed &seed : m_seeds) {
        QVERIFY(writeFileAtomically(m_files.path(), seed.bytes).has_value());
        const End end = readInChild(m_files.path());
        // Of several genomes one must be chosen: refused.
        QVERIFY2(end.code == Accepted || (end.code == Refused && seed.name.starts_with("10x_v2")),
                 seed.name.c_str());
    }
}

void TestHdf5Fuzz::tellsWhoseACrashIs()
{
    void *const ours = reinterpret_cast<void *>(&isSound);
    void *const theirs = ::dlsym(RTLD_DEFAULT, "H5Dread");
    void *const heap = ::dlsym(RTLD_DEFAULT, "free");
    QVERIFY(isOurs({nullptr, ours}, SIGSEGV));
    QVERIFY(!isOurs({nullptr, theirs, ours}, SIGSEGV));
    QVERIFY(isOurs({nullptr, ours, theirs}, SIGSEGV));
    QVERIFY(isOurs({nullptr, heap, ours}, SIGSEGV));
    QVERIFY(!isOurs({nullptr, heap, ours}, SIGABRT));
    QVERIFY(isOurs({nullptr, ours, heap}, SIGABRT));
}

void TestHdf5Fuzz::survivesMutations()
{
    bool isNumber = false;
    const int given = qEnvironmentVariableIntValue("IBIDEM_FUZZ_ROUNDS", &isNumber);
    const int first = qEnvironmentVariableIntValue("IBIDEM_FUZZ_FIRST"); // another part of the rounds
    const std::uint32_t rounds = isNumber ? static_cast<std::uint32_t>(given) : 60;
    const char *const keep = std::getenv("IBIDEM_FUZZ_KEEP"); // a folder for the files that end badly
    std::map<int, std::uint64_t> endings;
    for (std::uint32_t round = static_cast<std::uint32_t>(first);
         round < static_cast<std::uint32_t>(first) + rounds; ++round) {
        for (std::uint32_t i = 0; i < m_seeds.size(); ++i) {
            RandomStream random(2026, RandomPurpose::Test, round, i);
            std::ofstream(m_files.path(), std::ios::binary | std::ios::trunc)
                << mutated(m_seeds[i].bytes, random);
            const End end = readInChild(m_files.path());
            ++endings[end.code];
            const std::string place = m_seeds[i].name + " round " + std::to_string(round) + " ended with " +
                                      std::to_string(end.code) + described(end.frames);
            if (keep && (end.code < 0 || end.code > OutOfMemory))
                std::filesystem::copy_file(
                    m_files.path(), std::filesystem::path(keep) / (std::to_string(round) + m_seeds[i].name),
                    std::filesystem::copy_options::overwrite_existing);
            QVERIFY2(end.code < 0 || (end.code >= Accepted && end.code <= OutOfMemory), place.c_str());
            QVERIFY2(end.code != -SIGKILL, place.c_str());
            QVERIFY2(end.code > 0 || !isOurs(end.frames, -end.code), place.c_str());
            if (end.code < 0)
                qInfo("not ours: %s", place.c_str());
        }
    }
    for (const auto &[code, count] : endings)
        qInfo("ended with %d: %llu", code, static_cast<unsigned long long>(count));
    // Mutations that are all refused, or all accepted, would test little.
    const std::uint64_t all = rounds * m_seeds.size();
    QVERIFY(endings[Accepted] * 20 > all);
    QVERIFY(endings[Refused] * 20 > all);
}

QTEST_GUILESS_MAIN(TestHdf5Fuzz)
#include "tst_hdf5_fuzz.moc"
