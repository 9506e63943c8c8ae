// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/train/reproducibility/facts.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ibidem::train {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPatience{2000};
constexpr std::size_t kMostOutput = 16384;

struct Tool
{
    const char *name;
    const char *option;
    const char *lineWith; ///< "" for the first line
};

/// What the peers' reports list: compilers, interpreters, message passing.
constexpr std::array kTools{
    Tool{"gcc", "--version", ""},      Tool{"g++", "--version", ""},
    Tool{"gfortran", "--version", ""}, Tool{"clang", "--version", ""},
    Tool{"clang++", "--version", ""},  Tool{"flang", "--version", ""},
    Tool{"icc", "--version", ""},      Tool{"icpx", "--version", ""},
    Tool{"ifort", "--version", ""},    Tool{"cmake", "--version", ""},
    Tool{"ninja", "--version", ""},    Tool{"nvcc", "--version", "release"},
    Tool{"mpicc", "--version", ""},    Tool{"mpirun", "--version", ""},
    Tool{"python3", "--version", ""},  Tool{"pip", "--version", ""},
    Tool{"ruby", "--version", ""},     Tool{"java", "-version", ""},
    Tool{"spack", "--version", ""},    Tool{"conda", "--version", ""},
    Tool{"docker", "--version", ""},   Tool{"apptainer", "--version", ""},
};

std::optional<std::filesystem::path> findOnPath(const std::string &name)
{
    const char *path = std::getenv("PATH");
    for (const std::string_view folder : split(path ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
        const std::filesystem::path candidate = std::filesystem::path(folder) / name;
        std::error_code ignored;
        if (candidate.is_absolute() && std::filesystem::is_regular_file(candidate, ignored) &&
            ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return std::nullopt;
}

/// Reads until the end, the limit or the deadline.
std::string readUntil(int descriptor, Clock::time_point deadline)
{
    std::string output;
    std::array<char, 4096> buffer{};
    while (output.size() < kMostOutput) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd waiting{descriptor, POLLIN, 0};
        if (left.count() <= 0)
            break;
        const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count <= 0)
            break;
        output.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return output;
}

/// Waits until the deadline, then ends the child by force.
void reap(pid_t child, Clock::time_point deadline)
{
    while (::waitpid(child, nullptr, WNOHANG) == 0) {
        if (Clock::now() >= deadline) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            return;
        }
        ::poll(nullptr, 0, 1);
    }
}

/// Output and errors of a program without a shell and without input.
std::string outputOf(const std::filesystem::path &program, const char *option)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    std::string name = program.string();
    std::string argument = option;
    const std::array<char *, 3> arguments{name.data(), argument.data(), nullptr};
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string output;
    if (failed == 0) {
        const Clock::time_point deadline = Clock::now() + kPatience;
        output = readUntil(ends[0], deadline);
        reap(child, deadline);
    }
    ::close(ends[0]);
    return output;
}

std::optional<std::string> versionLine(const std::filesystem::path &program, const Tool &tool)
{
    const std::string output = outputOf(program, tool.option);
    for (const std::string_view line : split(output, '\n')) {
        const std::string_view text = trimmed(line);
        if (!text.empty() && text.find(tool.lineWith) != std::string_view::npos)
            return isValidUtf8(text) ? std::string(text) : ibidem::quoted(text, 200);
    }
    return std::nullopt;
}

} // namespace

Json softwareFacts()
{
    Json software = Json::object();
    for (const Tool &tool : kTools) {
        const std::optional<std::filesystem::path> program = findOnPath(tool.name);
        if (!program) {
            software[tool.name] = {{"path", nullptr}, {"version", nullptr}, {"why", "not on PATH"}};
            continue;
        }
        Facts facts;
        facts.set("path", Json(isValidUtf8(program->string()) ? program->string() : "(not UTF-8)"));
        facts.set("version", versionLine(*program, tool), "it printed nothing within two seconds");
        software[tool.name] = facts.take();
    }
    return software;
}

} // namespace ibidem::train
