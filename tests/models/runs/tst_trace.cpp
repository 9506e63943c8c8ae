// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/trace.h"

#include <QTemporaryDir>
#include <QTest>

#include <bit>

using namespace ibidem;
using namespace ibidem::runs;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kTensors = {"encoder.0.weight", "encoder.0.bias"};
constexpr std::size_t kHeaderSize = 56; // 15 + 4 + 17 + 15 = 51, filled up
constexpr std::size_t kRecordSize = 32 + 2 * 16;

StepRecord record(std::uint32_t epoch, std::uint32_t step)
{
    const std::uint64_t number = std::uint64_t{epoch} * 1000 + step;
    return {epoch,
            step,
            std::bit_cast<std::uint64_t>(1.0 / static_cast<double>(number)),
            number * 0x9E3779B97F4A7C15ULL,
            number * 0xC2B2AE3D27D4EB4FULL,
            {number + 1, ~number},
            {number + 3, number << 32U}};
}

std::vector<StepRecord> records(std::uint32_t epochs, std::uint32_t steps)
{
    std::vector<StepRecord> all;
    for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch)
        for (std::uint32_t step = 1; step <= steps; ++step)
            all.push_back(record(epoch, step));
    return all;
}

Status writeAll(const fs::path &folder, const std::vector<StepRecord> &steps, std::uint64_t keepSteps = 0)
{
    IBIDEM_TRY(TraceWriter writer, TraceWriter::open(folder, kTensors, keepSteps));
    for (const StepRecord &step : steps)
        IBIDEM_CHECK(writer.add(step));
    return writer.flush();
}

} // namespace

class TestTrace final : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_path = m_folder->path().toStdString();
        m_file = m_path / kTraceFile;
    }

    void recordsComeBackAsTheyWere()
    {
        const std::vector<StepRecord> steps = records(3, 4);
        QVERIFY(writeAll(m_path, steps));
        const Result<Trace> trace = readTrace(m_file);
        QVERIFY2(trace, trace ? "" : describe(trace.error()).c_str());
        QCOMPARE(trace->tensors, kTensors);
        QVERIFY(trace->steps == steps);
        QCOMPARE(fs::file_size(m_file), kHeaderSize + kRecordSize * steps.size());
    }

    void theBytesAreThoseOfTheDocument()
    {
        QVERIFY(writeAll(m_path, {record(1, 1)}));
        const std::string bytes = readFile(m_file).value();
        const std::string header("ibidem/trace/1\n\x02\0\0\0encoder.0.weight\0encoder.0.bias\0\0\0\0\0\0",
                                 56);
        QCOMPARE(bytes.substr(0, 56), header);
        QCOMPARE(bytes.substr(56, 8), std::string("\x01\0\0\0\x01\0\0\0", 8));
        // 1 / 1001, little endian
        QCOMPARE(bytes.substr(64, 8), std::string("\x9C\xEE\xA3\x27\x1D\x5E\x50\x3F", 8));
        QCOMPARE(bytes.substr(88, 8), std::string("\xEA\x03\0\0\0\0\0\0", 8)); // weights of the first tensor
    }

    void aFlippedBitOfADigestIsAnotherRecord()
    {
        QVERIFY(writeAll(m_path, records(2, 2)));
        std::string bytes = readFile(m_file).value();
        bytes[kHeaderSize + kRecordSize * 2 + 33] ^= 1;
        const Result<Trace> changed = parseTrace(bytes, "trace.bin");
        QVERIFY(changed);
        const std::vector<StepRecord> steps = records(2, 2);
        QVERIFY(changed->steps[1] == steps[1]);
        QVERIFY(changed->steps[2] != steps[2]);
        QCOMPARE(changed->steps[2].weights[0] ^ steps[2].weights[0], std::uint64_t{256});
    }

    void aTraceOfManyStepsIsWrittenInPieces()
    {
        const std::vector<StepRecord> steps = records(4, 10'000); // 2.5 MB: more than the writer keeps
        QVERIFY(writeAll(m_path, steps));
        QVERIFY(readTrace(m_file)->steps == steps);
    }

    void aRunThatGoesOnKeepsTheStepsOfItsCheckpoint()
    {
        const std::vector<StepRecord> steps = records(4, 3);
        QVERIFY(writeAll(m_path, steps));
        // A kill tore the last record; the checkpoint was after two epochs.
        fs::resize_file(m_file, fs::file_size(m_file) - 5);
        QVERIFY(writeAll(m_path, {steps.begin() + 6, steps.end()}, 6));
        QVERIFY(readTrace(m_file)->steps == steps);
    }

    void aRunThatStartsAnewKeepsNothing()
    {
        QVERIFY(writeAll(m_path, records(4, 3)));
        QVERIFY(writeAll(m_path, records(1, 1)));
        QVERIFY(readTrace(m_file)->steps == records(1, 1));
    }

    void unflushedRecordsDoNotCount()
    {
        Result<TraceWriter> writer = TraceWriter::open(m_path, kTensors, 0);
        QVERIFY(writer);
        QVERIFY(writer->add(record(1, 1)));
        QVERIFY(readTrace(m_file)->steps.empty());
        QVERIFY(writer->flush());
        QCOMPARE(readTrace(m_file)->steps.size(), std::size_t{1});
    }

    void goingOnNeedsTheSameTensorsAndEnoughSteps()
    {
        const Result<TraceWriter> missing = TraceWriter::open(m_path, kTensors, 1);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::BadData);
        QVERIFY(writeAll(m_path, records(1, 3)));
        const Result<TraceWriter> few = TraceWriter::open(m_path, kTensors, 4);
        QVERIFY(!few);
        QCOMPARE(few.error().code, ErrorCode::BadData);
        QVERIFY(few.error().message.find("fewer than the 4 steps") != std::string::npos);
        const Result<TraceWriter> others =
            TraceWriter::open(m_path, {"encoder.0.weight", "encoder.0.blas"}, 1);
        QVERIFY(!others);
        QCOMPARE(others.error().code, ErrorCode::BadData);
        QVERIFY(others.error().message.find("other tensors") != std::string::npos);
        QCOMPARE(readTrace(m_file)->steps.size(), std::size_t{3}); // and nothing was cut
        QVERIFY(TraceWriter::open(m_path, kTensors, 3));
    }

    void recordsOfAnotherModelAreRefused()
    {
        Result<TraceWriter> writer = TraceWriter::open(m_path, kTensors, 0);
        QVERIFY(writer);
        StepRecord wrong = record(1, 1);
        wrong.gradients.pop_back();
        const Status added = writer->add(wrong);
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::Internal);
        QVERIFY(!TraceWriter::open(m_path / "no folder", kTensors, 0));
    }

    void damageIsNamed_data()
    {
        QTest::addColumn<int>("at"); // byte that changes; negative: so many are cut off
        QTest::addColumn<QString>("message");
        QTest::newRow("magic") << 3 << QStringLiteral("does not begin with");
        QTest::newRow("count of tensors") << 15 << QStringLiteral("tensor 3 has the name");
        QTest::newRow("padding") << 53 << QStringLiteral("not filled up with zeros");
        QTest::newRow("torn record") << -1 << QStringLiteral("the record of step 4 is torn: 63 bytes of 64");
        QTest::newRow("torn names") << -int(4 * kRecordSize + 8) << QStringLiteral("within the names");
        QTest::newRow("torn padding") << -int(4 * kRecordSize + 2) << QStringLiteral("not filled up");
        QTest::newRow("torn count") << -int(4 * kRecordSize + 39) << QStringLiteral("within its header");
        QTest::newRow("step") << int(kHeaderSize + kRecordSize + 4)
                              << QStringLiteral("epoch 1, step 3 does not follow epoch 1, step 1");
        QTest::newRow("first step") << int(kHeaderSize + 4)
                                    << QStringLiteral("epoch 1, step 0 does not follow the start");
        QTest::newRow("epoch") << int(kHeaderSize + 2 * kRecordSize)
                               << QStringLiteral("epoch 3, step 1 does not follow epoch 1, step 2");
    }

    void damageIsNamed()
    {
        QFETCH(int, at);
        QFETCH(QString, message);
        QVERIFY(writeAll(m_path, records(2, 2)));
        std::string bytes = readFile(m_file).value();
        QVERIFY(parseTrace(bytes, "t"));
        if (at < 0)
            bytes.resize(bytes.size() - std::size_t(-at));
        else
            bytes[std::size_t(at)] ^= 1;
        const Result<Trace> damaged = parseTrace(bytes, "t");
        QVERIFY(!damaged);
        QCOMPARE(damaged.error().code, ErrorCode::BadData);
        QVERIFY2(damaged.error().message.find(message.toStdString()) != std::string::npos,
                 damaged.error().message.c_str());
        QCOMPARE(damaged.error().path, std::string("t"));
    }

    void aMissingTraceIsAMissingInput()
    {
        const Result<Trace> missing = readTrace(m_file);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::InputMissing);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_path;
    fs::path m_file;
};

QTEST_GUILESS_MAIN(TestTrace)
#include "tst_trace.moc"
