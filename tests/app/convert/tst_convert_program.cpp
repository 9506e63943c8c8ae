// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"
#include "tests/app/convert/convert_program.h"

#include <QTemporaryDir>

#include <csignal>
#include <fstream>
#include <sys/stat.h>

using namespace ibidem;

namespace {

/// A folder with a table and an empty cache.
class Place
{
public:
    [[nodiscard]] std::filesystem::path path(const char *name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    [[nodiscard]] std::filesystem::path cache() const { return path("cache"); }

    [[nodiscard]] std::filesystem::path write(const char *name, const std::string &bytes) const
    {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }

private:
    QTemporaryDir m_folder;
};

std::string smallTable()
{
    return "sample,label,g1,g2\na,x,1,2\nb,y,3,4\nc,x,5,6\nd,y,7,8\n";
}

/// Some seconds of work for the reader.
std::string largeTable()
{
    std::string row;
    for (int i = 0; i < 2000; ++i)
        row += "\t1.234567890123" + std::to_string(i);
    std::string text = "gene";
    for (int i = 0; i < 2000; ++i)
        text += "\ts" + std::to_string(i);
    for (int i = 0; i < 1500; ++i)
        text += "\ng" + std::to_string(i) + row;
    return text + "\n";
}

std::size_t filesIn(const std::filesystem::path &folder)
{
    std::error_code none;
    std::size_t count = 0;
    for (const auto &entry : std::filesystem::directory_iterator(folder, none))
        count += entry.exists() ? 1U : 0U;
    return count;
}

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

} // namespace

/// The protocol of ibidem-convert.
class TestConvertProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesAContainerAndSaysSo();
    void givesTheSameBytesAgain();
    void repairsADamagedEntry();
    void takesOptions();
    void saysVersionAndHelp();
    void refusesWrongUsage_data();
    void refusesWrongUsage();
    void reportsMissingFilesAndPipes();
    void reportsWhatCannotBeWritten();
    void stopsOnCommandAndSignal();
    void goesOnWhenItsInputEnds();
    void refusesMemoryOverItsLimit();
};

void TestConvertProgram::writesAContainerAndSaysSo()
{
    const Place place;
    const ConvertAnswer answer = convert(place.write("t.csv", smallTable()), place.cache());
    QVERIFY2(answer.exitCode == 0, answer.errors.c_str());
    QVERIFY(answer.everyLineIsJson && answer.errors.empty());
    QCOMPARE(*stringAt(answer.events.front(), "event"), std::string("progress"));
    QCOMPARE(*stringAt(answer.last(), "event"), std::string("finished"));
    const std::filesystem::path container = *stringAt(answer.last(), "container");
    QVERIFY(container == data::Cache(place.cache()).pathOf(*stringAt(answer.last(), "key")));
    const auto read = data::readTableContainer(container);
    QVERIFY(read.has_value());
    QVERIFY(read->summary.toJson() == answer.last()["summary"]);
    QCOMPARE(read->table.values, (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}));
    QCOMPARE(filesIn(place.cache()), std::size_t{1});
}

void TestConvertProgram::givesTheSameBytesAgain()
{
    const Place place;
    const auto file = place.write("t.csv", smallTable());
    const ConvertAnswer first = convert(file, place.cache());
    const auto bytes = readFile(*stringAt(first.last(), "container"));
    const ConvertAnswer second = convert(file, place.cache());
    QVERIFY(second.last() == first.last());
    const ConvertAnswer elsewhere = convert(place.write("other.csv", smallTable()), place.path("cache2"));
    QCOMPARE(readFile(*stringAt(elsewhere.last(), "container")).value(), bytes.value());
    const ConvertAnswer changed = convert(place.write("t.csv", smallTable() + "e,x,1,1\n"), place.cache());
    QVERIFY(stringAt(changed.last(), "key").value() != stringAt(first.last(), "key").value());
}

void TestConvertProgram::repairsADamagedEntry()
{
    const Place place;
    const auto file = place.write("t.csv", smallTable());
    const ConvertAnswer first = convert(file, place.cache());
    const std::filesystem::path container = *stringAt(first.last(), "container");
    std::filesystem::resize_file(container, 100);
    const ConvertAnswer second = convert(file, place.cache());
    QCOMPARE(second.exitCode, 0);
    QVERIFY(data::readTableContainer(container).has_value());
}

void TestConvertProgram::takesOptions()
{
    const Place place;
    const auto file = place.write("t.csv", "x;a;b\nc;1;2\nd;3;4\n");
    const auto orientation = [&](const QStringList &more) {
        const ConvertAnswer answer = convert(file, place.cache(), more);
        return stringAt(answer.last(), "summary.orientation").value_or(answer.message());
    };
    QCOMPARE(orientation(words("--orientation samples-in-rows")), std::string("samples-in-rows"));
    QCOMPARE(orientation(words("--orientation=genes-in-rows --delimiter semicolon")),
             std::string("genes-in-rows"));
    QCOMPARE(
        orientation({QStringLiteral("--options"), QStringLiteral("{\"orientation\":\"samples-in-rows\"}")}),
        std::string("samples-in-rows"));
    QCOMPARE(orientation(words("--delimiter comma")), std::string("only one column was found"));
    QCOMPARE(orientation(words("--label-column z")).substr(0, 22), std::string("there is no column 'z'"));
}

void TestConvertProgram::saysVersionAndHelp()
{
    QProcess process;
    process.start(convertProgram(), {QStringLiteral("--version")});
    QVERIFY(process.waitForFinished());
    QVERIFY(process.readAllStandardOutput().startsWith("ibidem-convert 0."));
    process.start(convertProgram(), {QStringLiteral("--help")});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(process.readAllStandardOutput().contains("Example:"));
}

void TestConvertProgram::refusesWrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    for (const char *text :
         {"", "--to x", "a.tsv", "a.tsv b.tsv --to x", "a.tsv --to", "a.tsv --to x --color red",
          "a.tsv --to x --to y", "a.tsv --to x --delimiter pipe", "a.tsv --to x --orientation up",
          "a.tsv --to x --options []", "a.tsv --to x --options {\"colour\":\"red\"}",
          "a.tsv --to x --options {"})
        QTest::newRow(text) << (*text ? words(text) : QStringList());
}

void TestConvertProgram::refusesWrongUsage()
{
    QFETCH(const QStringList, arguments);
    const ConvertAnswer answer = runConvert(arguments);
    QCOMPARE(answer.exitCode, 64);
    QCOMPARE(*stringAt(answer.last(), "error.code"), std::string("usage"));
    QVERIFY(answer.errors.find("--help") != std::string::npos);
}

void TestConvertProgram::reportsMissingFilesAndPipes()
{
    const Place place;
    QCOMPARE(convert(place.path("none.tsv"), place.cache()).exitCode, 66);
    QCOMPARE(mkfifo(place.path("pipe").c_str(), 0600), 0);
    QCOMPARE(convert(place.path("pipe"), place.cache()).exitCode, 66);
    QCOMPARE(convert(place.write("e.tsv", ""), place.cache()).exitCode, 65);
    QVERIFY(!std::filesystem::exists(place.cache()));
}

void TestConvertProgram::reportsWhatCannotBeWritten()
{
    const Place place;
    const ConvertAnswer answer =
        convert(place.write("t.csv", smallTable()), place.write("file", "x") / "cache");
    QCOMPARE(answer.exitCode, 73);
    QVERIFY(!answer.message().empty());
}

void TestConvertProgram::stopsOnCommandAndSignal()
{
    const Place place;
    const auto file = place.write("large.tsv", largeTable());
    for (const int signal : {0, SIGTERM, SIGUSR1}) {
        QProcess process;
        QElapsedTimer timer;
        timer.start();
        process.start(convertProgram(), {QString::fromStdString(file.string()), QStringLiteral("--to"),
                                         QString::fromStdString(place.cache().string())});
        QVERIFY(process.waitForReadyRead()); // the reader is at work
        if (signal == 0)
            process.write("stop\n");
        else
            ::kill(static_cast<pid_t>(process.processId()), signal);
        const ConvertAnswer answer = answerOf(process, timer);
        QVERIFY(!answer.crashed);
        QCOMPARE(answer.exitCode, 75);
        QCOMPARE(*stringAt(answer.last(), "error.code"), std::string("stopped"));
        QCOMPARE(filesIn(place.cache()), std::size_t{0});
    }
}

void TestConvertProgram::goesOnWhenItsInputEnds()
{
    const Place place;
    QProcess process;
    QElapsedTimer timer;
    timer.start();
    process.start(convertProgram(), {QString::fromStdString(place.write("t.csv", smallTable()).string()),
                                     QStringLiteral("--to"), QString::fromStdString(place.cache().string())});
    process.write("go on\n");
    process.closeWriteChannel();
    QCOMPARE(answerOf(process, timer).exitCode, 0);
}

void TestConvertProgram::refusesMemoryOverItsLimit()
{
    // Many empty cells need far more memory than the file is large: 40 times is the limit.
    const Place place;
    const std::string row = std::string(200'000, ',') + "\n";
    std::string text = "sample,a,b,c" + std::string(200'000 - 3, ',') + "\n";
    for (int i = 0; i < 200; ++i)
        text += "s,x,y,z" + row;
    const ConvertAnswer answer = convert(place.write("wide.csv", text), place.cache());
    QVERIFY(!answer.crashed);
    QCOMPARE(answer.exitCode, 65);
    QVERIFY(answer.milliseconds < 20'000);
}

QTEST_GUILESS_MAIN(TestConvertProgram)
#include "tst_convert_program.moc"
