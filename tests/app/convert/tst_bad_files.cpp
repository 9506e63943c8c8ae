// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/text.h"
#include "tests/app/convert/convert_program.h"
#include "tests/test_data.h"

#include <QTemporaryDir>

#include <algorithm>

using namespace ibidem;

namespace {

struct Expectation
{
    std::string path;
    int exitCode = 0;
    std::string message;
    std::string check; ///< "name state words"
};

std::vector<Expectation> expectations()
{
    const std::filesystem::path table =
        std::filesystem::path(qgetenv("IBIDEM_SOURCE").toStdString()) / "tests/models/convert/bad_files.tsv";
    const Result<std::string> text = readFile(table);
    std::vector<Expectation> rows;
    for (const std::string_view line : split(text ? std::string_view(*text) : std::string_view(), '\n')) {
        if (line.empty() || line.starts_with('#') || line.starts_with("path\t"))
            continue;
        const std::vector<std::string_view> cells = split(line, '\t');
        if (cells.size() == 4)
            rows.push_back({std::string(cells[0]), static_cast<int>(parseInteger(cells[1]).value_or(-1)),
                            std::string(cells[2]), std::string(cells[3])});
    }
    return rows;
}

bool hasCheck(const Json &event, const std::string &wanted)
{
    const std::vector<std::string_view> words = split(wanted, ' ');
    const std::string_view rest = std::string_view(wanted).substr(words[0].size() + words[1].size() + 2);
    for (const Json &check : event["summary"]["checks"])
        if (check["name"] == std::string(words[0]) && check["state"] == std::string(words[1]) &&
            check["message"].get<std::string>().find(rest) != std::string::npos)
            return true;
    return false;
}

} // namespace

/// Every file of the table of expectations, each through the program.
class TestBadFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasARowForEveryBadFile();
    void answersAsExpected_data();
    void answersAsExpected();
    void readsEveryExpressionFile();
};

void TestBadFiles::hasARowForEveryBadFile()
{
    IBIDEM_REAL_DATA(folder);
    const std::vector<Expectation> rows = expectations();
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder / "bad")) {
        const std::string path = std::filesystem::relative(entry.path(), folder).string();
        const bool known = std::any_of(rows.begin(), rows.end(),
                                       [&path](const Expectation &row) { return row.path == path; });
        QVERIFY2(known || entry.is_directory(), path.c_str());
    }
}

void TestBadFiles::answersAsExpected_data()
{
    QTest::addColumn<int>("index");
    const std::vector<Expectation> rows = expectations();
    QVERIFY(rows.size() > 40);
    for (std::size_t i = 0; i < rows.size(); ++i)
        QTest::newRow(rows[i].path.c_str()) << static_cast<int>(i);
}

void TestBadFiles::answersAsExpected()
{
    IBIDEM_REAL_DATA(folder);
    QFETCH(const int, index);
    const Expectation expected = expectations()[static_cast<std::size_t>(index)];
    const QTemporaryDir cache;
    const ConvertAnswer answer = convert(folder / expected.path, cache.path().toStdString());
    QVERIFY2(!answer.crashed, answer.errors.c_str());
    QVERIFY2(answer.exitCode == expected.exitCode, answer.errors.c_str());
    QVERIFY(answer.milliseconds < 10'000);
    QVERIFY(answer.everyLineIsJson);
    QVERIFY2(answer.message().find(expected.message) != std::string::npos, answer.message().c_str());
    if (expected.exitCode != 0) {
        QCOMPARE(*stringAt(answer.last(), "error.path"), (folder / expected.path).string());
        QVERIFY(!stringAt(answer.last(), "error.cure")->empty());
        QVERIFY(std::filesystem::is_empty(cache.path().toStdString()));
    } else {
        QVERIFY2(hasCheck(answer.last(), expected.check), answer.last().dump().c_str());
    }
}

void TestBadFiles::readsEveryExpressionFile()
{
    IBIDEM_REAL_DATA(folder);
    const QTemporaryDir cache;
    std::size_t count = 0;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder / "expression")) {
        if (!entry.is_regular_file())
            continue;
        const ConvertAnswer answer = convert(entry.path(), cache.path().toStdString());
        QVERIFY2(answer.exitCode == 0, answer.errors.c_str());
        ++count;
    }
    QVERIFY(count >= 7);
}

QTEST_GUILESS_MAIN(TestBadFiles)
#include "tst_bad_files.moc"
