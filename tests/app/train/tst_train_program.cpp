// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/app/train/train_program.h"

#include <algorithm>
#include <csignal>
#include <sys/types.h>

using namespace ibidem;

class TestTrainProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tellsVersionAndHelp();
    void refusesWrongUsage();
    void leavesACompleteRunFolder();
    void freshProcessesGiveTheSameRun_data();
    void freshProcessesGiveTheSameRun();
    void changesGiveOtherRuns();
    void goesOnAfterAKillWithTheSameBits_data();
    void goesOnAfterAKillWithTheSameBits();
    void someKillsCameInTime();
    void stopsOnRequestAndGoesOn_data();
    void stopsOnRequestAndGoesOn();
    void endOfInputIsNoStop();
    void aSecondSignalEndsAtOnce();
    void failuresLeaveAFolderThatSaysSo_data();
    void failuresLeaveAFolderThatSaysSo();
    void aHeldFolderIsLeftAlone();
    void aResumeThatCannotBeginChangesNothing();
    void aKilledRunThatIsStoppedAtOnceIsAStoppedRun();
    void aFinishedRunIsNotResumed();
    void anExistingRunIsNotOverwritten();
    void takesThePreparedFolder();

private:
    [[nodiscard]] spec::RunSpec specOf(std::size_t classes) const
    {
        spec::RunSpec spec;
        spec.recipe = "expression-xgboost";
        spec.data.train = classes == 2 ? m_train : m_train3;
        spec.data.test = classes == 2 ? m_test : m_test3;
        spec.trees.rounds = 60;
        spec.checkpointEvery = 10;
        spec.device = "cpu";
        spec.threads = 1;
        spec.isa = "scalar";
        return spec;
    }

    [[nodiscard]] std::unique_ptr<QProcess> startLong(const std::filesystem::path &run) const
    {
        spec::RunSpec spec = specOf(2);
        spec.trees.rounds = 100000;
        const auto file = m_program.writeSpec(run.filename().string() + ".json", spec);
        return m_program.start({QString::fromStdString(file.string()), QString::fromStdString(run.string())});
    }

    [[nodiscard]] runs::Manifest manifestOf(const std::filesystem::path &run) const
    {
        auto manifest = runs::readManifest(run);
        if (!manifest)
            qFatal("%s", describe(manifest.error()).c_str());
        return *std::move(manifest);
    }

    [[nodiscard]] static bool sameResults(const runs::Manifest &a, const runs::Manifest &b)
    {
        return a.chain == b.chain && !a.chain.empty() && a.digests == b.digests && a.metrics == b.metrics &&
               a.confusion == b.confusion && a.preparation == b.preparation;
    }

    TrainProgram m_program;
    int m_killedMidway = 0;
    spec::Input m_train;
    spec::Input m_test;
    spec::Input m_train3;
    spec::Input m_test3;
    std::map<std::size_t, runs::Manifest> m_reference; ///< by classes
};

void TestTrainProgram::initTestCase()
{
    m_train = m_program.add("train.tsv", syntheticTable(2, 120, "A", 1));
    m_test = m_program.add("test.tsv", syntheticTable(2, 40, "B", 2));
    m_train3 = m_program.add("train3.tsv", syntheticTable(3, 120, "A", 3));
    m_test3 = m_program.add("test3.tsv", syntheticTable(3, 40, "B", 4));
    for (const std::size_t classes : {2U, 3U}) {
        const auto run = m_program.path("reference" + std::to_string(classes));
        QByteArray errors;
        const int code =
            m_program.train(m_program.writeSpec("reference.json", specOf(classes)), run, {}, {}, &errors);
        QVERIFY2(code == 0, errors);
        m_reference[classes] = manifestOf(run);
    }
}

void TestTrainProgram::tellsVersionAndHelp()
{
    for (const QString argument : {"--version", "--help"}) {
        const auto process = m_program.start({argument});
        QCOMPARE(TrainProgram::finish(*process), 0);
        QVERIFY(process->readAllStandardOutput().startsWith("ibidem-train"));
    }
}

void TestTrainProgram::refusesWrongUsage()
{
    for (const QStringList &arguments :
         {QStringList{}, QStringList{"one"}, QStringList{"--what", "x"}, QStringList{"a", "b", "c"}}) {
        QByteArray errors;
        const auto process = m_program.start(arguments);
        QCOMPARE(TrainProgram::finish(*process, &errors), 64);
        QVERIFY(errors.contains("--help"));
    }
}

void TestTrainProgram::leavesACompleteRunFolder()
{
    const auto run = m_program.path("reference2");
    const runs::Manifest &manifest = m_reference[2];
    QCOMPARE(manifest.outcome, std::string("finished"));
    QCOMPARE(manifest.roundsDone, std::int64_t{60});
    QVERIFY(runs::verifyFiles(run, manifest).empty());
    for (const std::string_view name :
         {runs::kSpecFile, runs::kMetricsFile, runs::kRoundsFile, runs::kModelFile, runs::kPredictionsFile,
          runs::kFingerprintsFile, runs::kImportanceFile})
        QVERIFY2(manifest.files.contains(std::string(name)), std::string(name).c_str());
    for (const std::string_view name : {runs::kEventsFile, runs::kLogFile})
        QVERIFY(std::filesystem::exists(run / name));
    QVERIFY(!std::filesystem::exists(run / "lock"));
    QVERIFY(!std::filesystem::exists(run.string() + ".partial"));
    const auto records = runs::parseRoundsCsv(readFile(run / runs::kRoundsFile).value(), "rounds.csv");
    QCOMPARE(records->size(), std::size_t{60});
    QCOMPARE(records->back().chain, manifest.chain);
    QVERIFY(manifest.metrics.at("train").at("accuracy") > 0.95);
    const std::string text = readFile(run / runs::kManifestFile).value();
    QVERIFY(text.find(m_program.path("").parent_path().string()) == std::string::npos); // no path
    QVERIFY(boolAt(manifest.effectiveState, "library.ownGradients").value());

    const auto events = runs::EventReader(run).poll();
    QVERIFY(events.has_value());
    std::uint64_t sequence = 0;
    for (const Json &event : *events)
        QCOMPARE(event.at("sequence").get<std::uint64_t>(), ++sequence);
    const auto named = [&](const std::string &name) {
        return std::count_if(events->begin(), events->end(),
                             [&](const Json &event) { return event.at("event") == name; });
    };
    QCOMPARE(named("started"), std::ptrdiff_t{1});
    QCOMPARE(named("metric"), std::ptrdiff_t{60 * 4});
    QCOMPARE(named("checkpoint"), std::ptrdiff_t{5});
    QCOMPARE(events->back().at("event").get<std::string>(), std::string("finished"));
    QCOMPARE(events->back().at("chain").get<std::string>(), manifest.chain);
}

void TestTrainProgram::freshProcessesGiveTheSameRun_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("threads");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("folder");
    QTest::newRow("again") << 2 << 1 << ""
                           << ""
                           << "";
    QTest::newRow("two threads") << 2 << 2 << ""
                                 << ""
                                 << "";
    QTest::newRow("three threads") << 2 << 3 << ""
                                   << ""
                                   << "";
    QTest::newRow("German numbers") << 2 << 1 << "LC_ALL"
                                    << "de_DE.UTF-8"
                                    << "";
    QTest::newRow("other time zone") << 2 << 1 << "TZ"
                                     << "America/St_Johns"
                                     << "";
    QTest::newRow("other folder") << 2 << 1 << ""
                                  << ""
                                  << "/";
    QTest::newRow("other pins outside") << 2 << 1 << "OMP_NUM_THREADS"
                                        << "7"
                                        << "";
    QTest::newRow("other schedule outside") << 2 << 2 << "OMP_SCHEDULE"
                                            << "dynamic,1"
                                            << "";
    QTest::newRow("three classes again") << 3 << 1 << ""
                                         << ""
                                         << "";
    QTest::newRow("three classes, two threads") << 3 << 2 << ""
                                                << ""
                                                << "";
}

void TestTrainProgram::freshProcessesGiveTheSameRun()
{
    QFETCH(int, classes);
    QFETCH(int, threads);
    QFETCH(QString, variable);
    QFETCH(QString, value);
    QFETCH(QString, folder);
    spec::RunSpec spec = specOf(static_cast<std::size_t>(classes));
    spec.threads = threads;
    const std::map<QString, QString> environment =
        variable.isEmpty() ? std::map<QString, QString>() : std::map<QString, QString>{{variable, value}};
    const auto run = m_program.path(std::string("same-") + QTest::currentDataTag());
    QByteArray errors;
    const int code =
        m_program.train(m_program.writeSpec("same.json", spec), run, environment, folder, &errors);
    QVERIFY2(code == 0, errors);
    const runs::Manifest manifest = manifestOf(run);
    const runs::Manifest &reference = m_reference[static_cast<std::size_t>(classes)];
    QVERIFY(sameResults(manifest, reference));
    for (const auto &[name, digest] : reference.files)
        QVERIFY2(name == runs::kSpecFile || manifest.files.at(name) == digest, name.c_str());
}

void TestTrainProgram::changesGiveOtherRuns()
{
    std::vector<spec::RunSpec> changed(4, specOf(2));
    changed[0].seed = 1;
    changed[1].trees.learningRate = 0.25;
    data::ExpressionTable table = syntheticTable(2, 120, "A", 1);
    table.values[5] += 1e-3;
    changed[2].data.train = m_program.add("one-value.tsv", table);
    table = syntheticTable(2, 120, "A", 1);
    std::swap(table.sampleIds[0], table.sampleIds[1]); // two swapped samples
    changed[3].data.train = m_program.add("swapped.tsv", table);
    for (std::size_t i = 0; i < changed.size(); ++i) {
        const auto run = m_program.path("changed" + std::to_string(i));
        QCOMPARE(m_program.train(m_program.writeSpec("changed.json", changed[i]), run), 0);
        QVERIFY(manifestOf(run).chain != m_reference[2].chain);
    }
}

void TestTrainProgram::goesOnAfterAKillWithTheSameBits_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("number");
    for (int i = 0; i < 6; ++i)
        QTest::addRow("kill %d", i) << (i < 4 ? 2 : 3) << i;
}

/// Killed at a random round, and once more while it goes on.
void TestTrainProgram::goesOnAfterAKillWithTheSameBits()
{
    QFETCH(int, classes);
    QFETCH(int, number);
    spec::RunSpec spec = specOf(static_cast<std::size_t>(classes));
    spec.trees.rounds = 800;
    spec.checkpointEvery = 25;
    const auto file = m_program.writeSpec("killed.json", spec);
    const auto whole = m_program.path("uninterrupted" + std::to_string(classes));
    if (!std::filesystem::exists(whole))
        QCOMPARE(m_program.train(file, whole), 0);

    RandomStream random(20260802, RandomPurpose::Test, static_cast<std::uint32_t>(number));
    const auto run = m_program.path("killed" + std::to_string(number));
    const QString name = QString::fromStdString(run.string());
    QStringList arguments = {QString::fromStdString(file.string()), name};
    for (int kill = 0; kill < 2; ++kill) {
        const auto process = m_program.start(arguments);
        TrainProgram::waitForRound(run, *process,
                                   static_cast<std::int64_t>(random.bounded(400)) + 400 * kill);
        process->kill();
        TrainProgram::finish(*process);
        if (!std::filesystem::exists(run.string() + ".partial"))
            break;
        ++m_killedMidway;
        arguments = {"--resume", name};
    }
    if (std::filesystem::exists(run.string() + ".partial")) {
        QByteArray errors;
        const int code = m_program.resume(run, &errors);
        QVERIFY2(code == 0, errors);
    }
    const runs::Manifest manifest = manifestOf(run);
    QVERIFY(sameResults(manifest, manifestOf(whole)));
    QVERIFY(manifest.files == manifestOf(whole).files);
    QVERIFY(runs::verifyFiles(run, manifest).empty());
    QVERIFY(runs::EventReader(run).poll().has_value());
}

/// The control of the test above: it would prove nothing if every process had been done before it was killed.
void TestTrainProgram::someKillsCameInTime()
{
    QVERIFY2(m_killedMidway >= 3, std::to_string(m_killedMidway).c_str());
}

void TestTrainProgram::stopsOnRequestAndGoesOn_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("line") << 0;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGUSR1") << SIGUSR1;
}

void TestTrainProgram::stopsOnRequestAndGoesOn()
{
    QFETCH(int, signal);
    spec::RunSpec spec = specOf(2);
    spec.trees.rounds = 100000; // far more than it will come to
    const auto run = m_program.path(std::string("stopped-") + QTest::currentDataTag());
    const auto process =
        m_program.start({QString::fromStdString(m_program.writeSpec("stop.json", spec).string()),
                         QString::fromStdString(run.string())});
    TrainProgram::waitForRound(run, *process, 15);
    if (signal == 0)
        process->write("wait\nstop\n");
    else
        ::kill(static_cast<pid_t>(process->processId()), signal);
    QByteArray errors;
    QCOMPARE(TrainProgram::finish(*process, &errors), 75);
    const runs::Manifest stopped = manifestOf(run);
    QCOMPARE(stopped.outcome, std::string("stopped"));
    QVERIFY(stopped.roundsDone >= 15);
    QVERIFY(stopped.chain.empty());
    const auto events = runs::EventReader(run).poll();
    QCOMPARE(events->back().at("outcome").get<std::string>(), std::string("stopped"));
    // It goes on where it ended.
    const auto again = m_program.start({"--resume", QString::fromStdString(run.string())});
    TrainProgram::waitForRound(run, *again, stopped.roundsDone + 5);
    again->write("stop\n");
    QCOMPARE(TrainProgram::finish(*again), 75);
    QVERIFY(manifestOf(run).roundsDone >= stopped.roundsDone + 5);
    const auto points = runs::parseMetricsCsv(readFile(run / runs::kMetricsFile).value(), "metrics.csv");
    QCOMPARE(points->size(), static_cast<std::size_t>(manifestOf(run).roundsDone) * 4);
}

void TestTrainProgram::endOfInputIsNoStop()
{
    const auto run = m_program.path("closed-input");
    const auto process =
        m_program.start({QString::fromStdString(m_program.writeSpec("eof.json", specOf(2)).string()),
                         QString::fromStdString(run.string())});
    process->closeWriteChannel();
    QCOMPARE(TrainProgram::finish(*process), 0);
    QVERIFY(sameResults(manifestOf(run), m_reference[2]));
}

void TestTrainProgram::aSecondSignalEndsAtOnce()
{
    for (const auto &[signal, expected] : {std::pair{SIGTERM, 143}, std::pair{SIGINT, 130}}) {
        spec::RunSpec spec = specOf(2);
        spec.trees.rounds = 100000;
        const auto run = m_program.path("second-signal" + std::to_string(signal));
        const auto process =
            m_program.start({QString::fromStdString(m_program.writeSpec("second.json", spec).string()),
                             QString::fromStdString(run.string())});
        TrainProgram::waitForRound(run, *process, 5);
        const auto pid = static_cast<pid_t>(process->processId());
        ::kill(pid, SIGSTOP); // so that both signals are there before it can end
        ::kill(pid, SIGTERM);
        ::kill(pid, signal == SIGTERM ? SIGUSR1 : SIGINT);
        ::kill(pid, SIGCONT);
        const int code = TrainProgram::finish(*process);
        // Which of two pending signals comes first is the kernel's choice.
        QVERIFY2(code == expected || code == 143, std::to_string(code).c_str());
    }
}

void TestTrainProgram::failuresLeaveAFolderThatSaysSo_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    QTest::newRow("not resolved") << 0 << 78 << "auto";
    QTest::newRow("input not there") << 1 << 66 << "not in the cache";
    QTest::newRow("content changed") << 2 << 65 << "not the one that the run was specified for";
    QTest::newRow("no such GPU") << 3 << 69 << "";
    QTest::newRow("out of range") << 4 << 78 << "rounds";
    QTest::newRow("no module") << 5 << 69 << "module";
    QTest::newRow("unfitting objective") << 6 << 78 << "objective";
}

void TestTrainProgram::failuresLeaveAFolderThatSaysSo()
{
    QFETCH(int, kind);
    QFETCH(int, code);
    QFETCH(QString, words);
    spec::RunSpec spec = specOf(2);
    std::map<QString, QString> environment;
    if (kind == 0)
        spec.threads = 0;
    else if (kind == 1)
        spec.data.train.sha256 = std::string(64, 'a');
    else if (kind == 2)
        spec.data.train.content = m_test.content;
    else if (kind == 3)
        spec.device = "cuda:77";
    else if (kind == 4)
        spec.trees.rounds = 0;
    else if (kind == 5)
        environment["IBIDEM_MODULES"] = "/nowhere";
    else
        spec.trees.objective = "multi:softprob";
    if (kind == 3)
        spec.level = spec::Level::Deterministic;
    const auto run = m_program.path("failed" + std::to_string(kind));
    QByteArray errors;
    QCOMPARE(m_program.train(m_program.writeSpec("failing.json", spec), run, environment, {}, &errors), code);
    QVERIFY2(errors.contains(words.toUtf8()), errors);
    const runs::Manifest manifest = manifestOf(run);
    QCOMPARE(manifest.outcome, std::string("failed"));
    QVERIFY(manifest.error.has_value());
    QCOMPARE(exitCode(manifest.error->code), code);
    QVERIFY(!std::filesystem::exists(run.string() + ".partial"));
    QVERIFY(!std::filesystem::exists(run / "lock"));
    const auto events = runs::EventReader(run).poll();
    QCOMPARE(events->back().at("event").get<std::string>(), std::string("failed"));
}

void TestTrainProgram::aHeldFolderIsLeftAlone()
{
    const auto run = m_program.path("held");
    const auto process = startLong(run);
    TrainProgram::waitForRound(run, *process, 2);
    QByteArray errors;
    QCOMPARE(m_program.resume(run, &errors), 69);
    QVERIFY2(errors.contains(QByteArray::number(process->processId())), errors);
    QVERIFY(process->state() == QProcess::Running);
    process->write("stop\n");
    QCOMPARE(TrainProgram::finish(*process), 75);
}

/// Whatever keeps a resume from beginning: the run is what it was, stopped or killed.
void TestTrainProgram::aResumeThatCannotBeginChangesNothing()
{
    const auto run = m_program.path("kept");
    const auto process = startLong(run);
    TrainProgram::waitForRound(run, *process, 2);
    process->write("stop\n");
    QCOMPARE(TrainProgram::finish(*process), 75);
    const std::string manifest = readFile(run / runs::kManifestFile).value();
    const std::string text = readFile(run / runs::kSpecFile).value();
    spec::RunSpec other = *spec::readSpecFile(run / runs::kSpecFile);
    other.data.train.sha256.assign(64, '0');                                  // an input that is nowhere
    const std::string written = canonicalJson(other.toJson()).value() + "\n"; // as another version writes it
    QVERIFY(writeFileAtomically(run / runs::kSpecFile, written).has_value());
    QVERIFY(m_program.resume(run) != 0);
    QCOMPARE(readFile(run / runs::kSpecFile).value(), written);
    QVERIFY(!std::filesystem::exists(run.string() + ".partial"));
    QCOMPARE(readFile(run / runs::kManifestFile).value(), manifest);
    QVERIFY(writeFileAtomically(run / runs::kSpecFile, text).has_value());
    QVERIFY(std::filesystem::exists(run / runs::kCheckpointFolder));
}

void TestTrainProgram::aKilledRunThatIsStoppedAtOnceIsAStoppedRun()
{
    const auto run = m_program.path("killed-and-stopped");
    const auto process = startLong(run);
    TrainProgram::waitForRound(run, *process, 11);
    process->kill();
    TrainProgram::finish(*process);
    const auto resumed = m_program.start({"--resume", QString::fromStdString(run.string())});
    resumed->write("stop\n"); // before it has prepared its data
    QCOMPARE(TrainProgram::finish(*resumed), 75);
    QVERIFY(manifestOf(run).outcome == "stopped" && manifestOf(run).roundsDone > 0);
}

void TestTrainProgram::aFinishedRunIsNotResumed()
{
    const auto run = m_program.path("reference2");
    const std::string before = readFile(run / runs::kManifestFile).value();
    QCOMPARE(m_program.resume(run), 64);
    QCOMPARE(readFile(run / runs::kManifestFile).value(), before);
    QCOMPARE(m_program.resume(m_program.path("nothing")), 66);
}

void TestTrainProgram::anExistingRunIsNotOverwritten()
{
    const auto spec = m_program.writeSpec("again.json", specOf(2));
    QCOMPARE(m_program.train(spec, m_program.path("reference2")), 73);
    QCOMPARE(manifestOf(m_program.path("reference2")).chain, m_reference[2].chain);
}

/// As the command line and the window do: the folder, its spec.json and local.json are there already.
void TestTrainProgram::takesThePreparedFolder()
{
    const auto run = m_program.path("prepared");
    const auto partial = runs::createPartial(run, false);
    QVERIFY(partial.has_value());
    QVERIFY(writeFileAtomically(*partial / runs::kSpecFile, canonicalJson(specOf(2).toJson()).value()));
    runs::LocalInfo local;
    const data::Cache cache(m_program.cache());
    local.containers = {{"train", cache.find(m_train.sha256, {})->string()},
                        {"test", cache.find(m_test.sha256, {})->string()}};
    QVERIFY(runs::writeLocalInfo(*partial, local));
    QCOMPARE(m_program.train(*partial / runs::kSpecFile, *partial, {{"IBIDEM_CACHE", "/nowhere"}}), 0);
    QVERIFY(sameResults(manifestOf(run), m_reference[2]));
}

QTEST_GUILESS_MAIN(TestTrainProgram)
#include "tst_train_program.moc"
