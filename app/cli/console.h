// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace ibidem::cli {

/// What every verb lets the user choose about its output.
struct OutputOptions
{
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    std::string progress = "auto"; ///< auto, bar, lines, json, none
    std::string logFile;
};

/// How far a piece of work is.
struct Progress
{
    std::string stage;
    double fraction = 0.0;
    std::string detail; ///< "round 300 of 1000, test logloss 0.0412"
};

enum class Colour { Plain, Bold, Red, Green, Yellow };

/// The two streams of the program: standard output gets the result and nothing else, standard error the rest.
/// Numbers and texts are printed as given: no locale.
class Console
{
public:
    explicit Console(const OutputOptions &options);
    ~Console();
    Console(const Console &) = delete;
    Console &operator=(const Console &) = delete;

    /// CannotWrite if the log file cannot be opened.
    [[nodiscard]] Status open();

    [[nodiscard]] bool json() const noexcept { return m_options.json; }

    [[nodiscard]] bool wantsEvents() const noexcept
    {
        return m_options.progress == "json" && !m_options.quiet;
    }

    void result(std::string_view text);    ///< to standard output, as it is; nothing with --json
    void document(const Json &document);   ///< to standard output, with --json only
    void say(std::string_view message);    ///< what happens; not with --quiet
    void detail(std::string_view message); ///< only with --verbose
    void warn(std::string_view message);
    void error(const Error &error); ///< with --json as a document on standard output
    void progress(const Progress &progress);
    void endProgress();                ///< clears the bar
    void event(std::string_view line); ///< one JSON line on standard error, for --progress json

    /// The text in a colour where standard output is a terminal.
    [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;
    /// Io if something could not be written to standard output (a full disk).
    [[nodiscard]] Status flush();

private:
    void put(std::string_view kind, std::string_view message, bool show);

    struct FileCloser
    {
        void operator()(std::FILE *file) const noexcept
        {
            std::fclose(
                file); // NOLINT(cert-err33-c): a log that could not be closed changes nothing any more
        }
    };

    const OutputOptions &m_options;
    std::unique_ptr<std::FILE, FileCloser> m_log;
    bool m_barShown = false;
    int m_lastTenth = -1;
    std::string m_lastStage;
    bool m_failed = false;
};

} // namespace ibidem::cli
