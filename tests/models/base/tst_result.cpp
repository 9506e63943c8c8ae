// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/result.h"
#include "models/base/run_token.h"

#include <QTest>

#include <array>
#include <memory>

using ibidem::ErrorCode;

class TestResult : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachCodeHasItsExitCodeAndItsName();
    void unknownNamesAreInternal();
    void errorsTravelUpThroughTheMacros();
    void contextGoesBeforeTheMessageAlone();
    void describesOnlyWhatIsThere();
    void tokensPassOnProgressWarningsAndStops();
};

namespace {

ibidem::Result<std::unique_ptr<int>> positive(int value)
{
    if (value <= 0)
        return ibidem::fail(ErrorCode::BadData, "not positive", "file", "give more");
    return std::make_unique<int>(value);
}

ibidem::Status checkPositive(int value)
{
    IBIDEM_TRY(const std::unique_ptr<int> number, positive(value));
    return *number > 0 ? ibidem::Status() : ibidem::fail(ErrorCode::Internal, "never");
}

ibidem::Result<int> sumOfTwo(int a, int b)
{
    IBIDEM_CHECK(checkPositive(a));
    IBIDEM_TRY(const auto first, positive(a));
    IBIDEM_TRY(const auto second, positive(b));
    return *first + *second;
}

} // namespace

void TestResult::eachCodeHasItsExitCodeAndItsName()
{
    const std::array codes{ErrorCode::Usage,       ErrorCode::BadData,  ErrorCode::InputMissing,
                           ErrorCode::Unavailable, ErrorCode::Internal, ErrorCode::CannotWrite,
                           ErrorCode::Io,          ErrorCode::Stopped,  ErrorCode::BadSpec};
    const std::array exits{64, 65, 66, 69, 70, 73, 74, 75, 78};
    for (std::size_t i = 0; i < codes.size(); ++i) {
        QCOMPARE(ibidem::exitCode(codes[i]), exits[i]);
        QVERIFY(ibidem::codeOfName(ibidem::codeName(codes[i])) == codes[i]);
    }
    QVERIFY(ibidem::codeName(ErrorCode::CannotWrite) == "cannot-write");
}

void TestResult::unknownNamesAreInternal()
{
    QVERIFY(ibidem::codeOfName("no such name") == ErrorCode::Internal);
    QVERIFY(ibidem::codeOfName("") == ErrorCode::Internal);
}

void TestResult::errorsTravelUpThroughTheMacros()
{
    QCOMPARE(*sumOfTwo(1, 2), 3);
    const ibidem::Error expected{ErrorCode::BadData, "not positive", "file", "give more"};
    QVERIFY(sumOfTwo(0, 2).error() == expected);
    QVERIFY(sumOfTwo(1, 0).error() == expected);
}

void TestResult::contextGoesBeforeTheMessageAlone()
{
    const ibidem::Error error = ibidem::withContext({ErrorCode::Io, "broken", "p", "c"}, "reading labels");
    QVERIFY((error == ibidem::Error{ErrorCode::Io, "reading labels: broken", "p", "c"}));
}

void TestResult::describesOnlyWhatIsThere()
{
    QVERIFY(ibidem::describe({ErrorCode::Io, "broken", "p", "mend it"}) == "p: broken. Cure: mend it");
    QVERIFY(ibidem::describe({ErrorCode::Io, "broken.", "", "mend it"}) == "broken. Cure: mend it");
    QVERIFY(ibidem::describe({ErrorCode::Io, "broken", "", ""}) == "broken");
    QVERIFY(ibidem::describe({ErrorCode::Io, "", "p", ""}) == "p");
}

void TestResult::tokensPassOnProgressWarningsAndStops()
{
    std::stop_source source;
    double fraction = 0.0;
    std::string warning;
    const ibidem::RunToken token(
        source.get_token(), [&](std::string_view, double value) { fraction = value; },
        [&](std::string_view message) { warning = message; });
    token.progress("reading", 0.5);
    token.warn("careful");
    QCOMPARE(fraction, 0.5);
    QVERIFY(warning == "careful");
    QVERIFY(!token.stopRequested());
    source.request_stop();
    QVERIFY(token.stopRequested());
    const ibidem::RunToken silent;
    silent.progress("nobody listens", 1.0);
    silent.warn("nobody listens");
    QVERIFY(!silent.stopRequested());
}

QTEST_GUILESS_MAIN(TestResult)
#include "tst_result.moc"
