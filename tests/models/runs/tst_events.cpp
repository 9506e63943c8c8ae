// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/events.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <limits>
#include <unistd.h>

using namespace ibidem;
using namespace ibidem::runs;
namespace fs = std::filesystem;

class TestEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void addsSchemaAndSequence();
    void readsOnlyWhatIsNew();
    void waitsForTheEndOfALine();
    void cutsATornLineAndGoesOn();
    void cutsGarbageAfterTheLastEvent();
    void followsTheFolderThroughItsRename();
    void followsTheNewRunWhileAnOldOneIsReplaced();
    void deliversWhatPrecedesABadLine();
    void tellsOfWhatItCannotWrite();
    void announcesOneLineAnEvent();
    void survivesAListenerThatWentAway();
    void isNotHeldUpByAListenerThatSleeps();
    void spreadsMetricsOverAtMostFiveHundredRounds();
    void throttlesProgress();

private:
    [[nodiscard]] EventWriter writer(int announce = -1) const
    {
        return EventWriter::open(m_folder, announce).value();
    }

    [[nodiscard]] std::vector<Json> events() const { return EventReader(m_folder).poll().value(); }

    void append(std::string_view text) const
    {
        const std::string before = readFile(m_folder / kEventsFile).value_or(std::string());
        QVERIFY(writeFileAtomically(m_folder / kEventsFile, before + std::string(text)));
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

void TestEvents::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = fs::path(m_temporary->path().toStdString()) / "r.partial";
    QVERIFY(makeFolder(m_folder));
}

void TestEvents::cleanup()
{
    m_temporary.reset();
}

void TestEvents::addsSchemaAndSequence()
{
    EventWriter out = writer();
    out.write("started", {{"recipe", "r"}, {"rounds", 3}});
    out.write("warning", {{"message", "line\nbreak"}});
    QVERIFY(out.close());
    const std::vector<Json> read = events();
    QCOMPARE(read.size(), std::size_t{2});
    QCOMPARE(read[0].at("schema").get<std::string>(), std::string("ibidem/event/1"));
    QCOMPARE(read[0].at("sequence").get<int>(), 1);
    QCOMPARE(read[1].at("sequence").get<int>(), 2);
    QCOMPARE(read[1].at("event").get<std::string>(), std::string("warning"));
    QCOMPARE(read[1].at("message").get<std::string>(), std::string("line\nbreak"));
}

void TestEvents::readsOnlyWhatIsNew()
{
    EventReader reader(m_folder);
    QVERIFY(reader.poll().value().empty());
    EventWriter out = writer();
    QVERIFY(reader.poll().value().empty());
    out.write("warning", {{"message", "1"}});
    QCOMPARE(reader.poll().value().size(), std::size_t{1});
    QVERIFY(reader.poll().value().empty());
    out.write("warning", {{"message", "2"}});
    out.write("warning", {{"message", "3"}});
    const auto news = reader.poll().value();
    QCOMPARE(news.size(), std::size_t{2});
    QCOMPARE(news[0].at("message").get<std::string>(), std::string("2"));
}

void TestEvents::waitsForTheEndOfALine()
{
    const std::string line = R"({"event":"warning","schema":"ibidem/event/1","sequence":1})";
    EventReader reader(m_folder);
    append(line.substr(0, 20));
    QVERIFY(reader.poll().value().empty());
    append(line.substr(20) + "\n");
    QCOMPARE(reader.poll().value().size(), std::size_t{1});
}

void TestEvents::cutsATornLineAndGoesOn()
{
    {
        EventWriter out = writer();
        for (int i = 0; i < 3; ++i)
            out.write("warning", {{"message", i}});
    }
    EventReader reader(m_folder);
    QCOMPARE(reader.poll().value().size(), std::size_t{3});
    append(R"({"event":"warning","sch)");
    EventWriter out = writer();
    out.write("started", {{"fromRound", 100}});
    const auto news = reader.poll().value();
    QCOMPARE(news.size(), std::size_t{1});
    QCOMPARE(news[0].at("sequence").get<int>(), 4);
    QCOMPARE(events().size(), std::size_t{4});
}

void TestEvents::cutsGarbageAfterTheLastEvent()
{
    writer().write("warning", {{"message", "sound"}});
    append(std::string("\0\0\0\n", 4) + "not json\n");
    writer().write("warning", {{"message", "later"}});
    const auto all = events();
    QCOMPARE(all.size(), std::size_t{2});
    QCOMPARE(all[1].at("sequence").get<int>(), 2);
    QVERIFY(writeFileAtomically(m_folder / kEventsFile, "nothing sound\n\n"));
    writer().write("warning", {{"message", "first"}});
    QCOMPARE(events().at(0).at("sequence").get<int>(), 1);
}

void TestEvents::followsTheFolderThroughItsRename()
{
    for (const bool askFinal : {false, true}) {
        cleanup();
        init();
        EventReader reader(askFinal ? finalPath(m_folder) : m_folder);
        EventWriter out = writer();
        out.write("warning", {{"message", "before"}});
        QCOMPARE(reader.poll().value().size(), std::size_t{1});
        QVERIFY(finishPartial(m_folder));
        QVERIFY(reader.poll().value().empty());
        // The open file went with its folder.
        out.write("warning", {{"message", "after"}});
        const auto news = reader.poll().value();
        QCOMPARE(news.size(), std::size_t{1});
        QCOMPARE(news[0].at("message").get<std::string>(), std::string("after"));
    }
}

void TestEvents::followsTheNewRunWhileAnOldOneIsReplaced()
{
    writer().write("warning", {{"message", "old"}});
    QVERIFY(writeFileAtomically(m_folder / kSpecFile, "{}\n"));
    QVERIFY(finishPartial(m_folder));
    const fs::path partial = createPartial(m_folder, true).value();
    EventReader reader(partial);
    EventReader byFinalName(finalPath(partial));
    writer().write("warning", {{"message", "new"}});
    QCOMPARE(byFinalName.poll().value().at(0).at("message").get<std::string>(), std::string("new"));
    QCOMPARE(reader.poll().value().at(0).at("message").get<std::string>(), std::string("new"));
    QVERIFY(finishPartial(partial));
    QVERIFY(reader.poll().value().empty());
}

void TestEvents::deliversWhatPrecedesABadLine()
{
    for (const char *bad : {"{\"sequence\":2}\n", "[]\n", "not json\n", "\n",
                            R"({"event":"x","schema":"ibidem/event/2","sequence":2})"
                            "\n"}) {
        cleanup();
        init();
        writer().write("warning", {{"message", "sound"}});
        append(bad);
        EventReader reader(m_folder);
        QCOMPARE(reader.poll().value().size(), std::size_t{1});
        const auto broken = reader.poll();
        QVERIFY(!broken);
        QCOMPARE(broken.error().code, ErrorCode::BadData);
        QVERIFY(broken.error().path.find("events.jsonl") != std::string::npos);
    }
}

void TestEvents::tellsOfWhatItCannotWrite()
{
    EventWriter out = writer();
    out.write("metric", {{"value", std::numeric_limits<double>::quiet_NaN()}});
    out.write("warning", {{"message", "sound"}});
    const Status closed = out.close();
    QVERIFY(!closed);
    QVERIFY(closed.error().message.find("metric") != std::string::npos);
    // The sequence has no gap.
    QCOMPARE(events().at(0).at("sequence").get<int>(), 1);
    QCOMPARE(EventWriter::open(m_folder / "none").error().code, ErrorCode::CannotWrite);
}

void TestEvents::announcesOneLineAnEvent()
{
    int ends[2] = {-1, -1};
    QCOMPARE(::pipe(ends), 0);
    EventWriter out = writer(ends[1]);
    out.write("warning", {{"message", "1"}});
    out.write("warning", {{"message", "2"}});
    std::string heard(100, '\0');
    heard.resize(static_cast<std::size_t>(::read(ends[0], heard.data(), heard.size())));
    QCOMPARE(std::count(heard.begin(), heard.end(), '\n'), 2);
    ::close(ends[0]);
    ::close(ends[1]);
}

void TestEvents::survivesAListenerThatWentAway()
{
    int ends[2] = {-1, -1};
    QCOMPARE(::pipe(ends), 0);
    ::close(ends[0]);
    EventWriter out = writer(ends[1]);
    for (int i = 0; i < 3; ++i)
        out.write("warning", {{"message", i}});
    QVERIFY(out.close());
    QCOMPARE(events().size(), std::size_t{3});
    ::close(ends[1]);
}

void TestEvents::isNotHeldUpByAListenerThatSleeps()
{
    int ends[2] = {-1, -1};
    QCOMPARE(::pipe(ends), 0);
    QVERIFY(::fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 0);
    EventWriter out = writer(ends[1]);
    for (int i = 0; i < 3000; ++i)
        out.write("warning", {{"message", i}});
    QVERIFY(out.close());
    QCOMPARE(events().size(), std::size_t{3000});
    ::close(ends[0]);
    ::close(ends[1]);
}

void TestEvents::spreadsMetricsOverAtMostFiveHundredRounds()
{
    for (const int rounds : {1, 2, 499, 500, 501, 1000, 1999, 12345}) {
        cleanup();
        init();
        EventWriter out = writer();
        out.write("started", {{"rounds", rounds}});
        for (int round = 1; round <= rounds; ++round)
            for (const char *split : {"train", "test"})
                out.write("metric",
                          {{"round", round}, {"split", split}, {"metric", "logloss"}, {"value", 0.5}});
        QVERIFY(out.close());
        const std::vector<Json> all = events();
        QCOMPARE(all.size(), std::size_t{1} + 2 * static_cast<std::size_t>(std::min(rounds, 500)));
        QCOMPARE(all.at(1).at("round").get<int>(), 1);
        QCOMPARE(all.back().at("round").get<int>(), rounds);
    }
}

void TestEvents::throttlesProgress()
{
    EventWriter out = writer();
    for (int i = 0; i <= 1000; ++i)
        out.write("progress", {{"stage", "train"}, {"fraction", i / 1000.0}});
    QVERIFY(out.close());
    const std::vector<Json> all = events();
    QVERIFY(all.size() >= 2);
    QVERIFY(all.size() < 100);
    QCOMPARE(all.back().at("fraction").get<double>(), 1.0);
}

QTEST_GUILESS_MAIN(TestEvents)
#include "tst_events.moc"
