// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors.h"
#include "tests/models/data/container_samples.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace ibidem;
using namespace ibidem::data;

class TestSafetensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatItWrote();
    void bytesAreFixed();
    void orderOfInputDoesNotMatter();
    void everyTensorIsAligned();
    void anEmptyContainerIsOne();
    void typesHaveNamesAndSizes();
    void refusesToWrite_data();
    void refusesToWrite();
    void refuses_data();
    void refuses();
    void refusesHostileLengths();
    void acceptsWhatTheFormatAllows();
    void namesTheTensorThatIsMissingOrOfAnotherType();
    void namesAreChecked();
    void packedNamesReadBack();
    void everyCutIsRefused();
};

void TestSafetensors::readsBackWhatItWrote()
{
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("x.safetensors").toStdString();
    const SampleTensors sample;
    QVERIFY(writeSafetensors(path, sample.views(), SampleTensors::metadata()));
    const auto file = Safetensors::open(path);
    QVERIFY(file);
    QVERIFY(file->metadata() == SampleTensors::metadata());
    QCOMPARE(file->tensors().size(), sample.views().size());
    QVERIFY(std::ranges::equal(*file->values<double>("doubles"), sample.doubles));
    QVERIFY(std::ranges::equal(*file->values<float>("floats"), sample.floats));
    QVERIFY(std::ranges::equal(*file->values<std::int32_t>("integers"), sample.integers));
    QVERIFY(std::ranges::equal(*file->values<std::uint8_t>("bytes"), sample.bytes));
    QCOMPARE(file->values<std::int64_t>("scalar")->front(), sample.scalar);
    QVERIFY(file->find("scalar")->shape.empty());
    QVERIFY((file->find("doubles")->shape == std::vector<std::uint64_t>{2, 3}));
    QVERIFY(file->values<float>("nothing")->empty());
    QVERIFY((*file->names("names", 2) == std::vector<std::string>{"g\xC3\xA9ne", "b"}));
    QVERIFY(file->find("no such") == nullptr);
}

void TestSafetensors::bytesAreFixed()
{
    const std::array<std::uint8_t, 2> small{1, 2};
    const double large = 1.0;
    const std::vector<TensorView> tensors{{"a", DType::U8, {2}, std::as_bytes(std::span(small))},
                                          {"z", DType::F64, {}, std::as_bytes(std::span(&large, 1))}};
    const std::string header =
        R"({"__metadata__":{"k":"v"},"a":{"data_offsets":[8,10],"dtype":"U8","shape":[2]},)"
        R"("z":{"data_offsets":[0,8],"dtype":"F64","shape":[]}})";
    const std::string padding((8 - header.size() % 8) % 8, ' ');
    const std::string data("\0\0\0\0\0\0\xF0\x3F\1\2", 10);
    QCOMPARE(QByteArray::fromStdString(*safetensorsBytes(tensors, {{"k", "v"}})),
             QByteArray::fromStdString(fileOf(header + padding, data)));
}

void TestSafetensors::orderOfInputDoesNotMatter()
{
    const SampleTensors sample;
    std::vector<TensorView> views = sample.views();
    const std::string expected = *safetensorsBytes(views, SampleTensors::metadata());
    std::reverse(views.begin(), views.end());
    QVERIFY(*safetensorsBytes(views, SampleTensors::metadata()) == expected);
    SampleTensors changed;
    changed.doubles[1] = 0.0;
    QVERIFY2(*safetensorsBytes(changed.views(), SampleTensors::metadata()) != expected,
             "minus zero is not zero");
}

void TestSafetensors::everyTensorIsAligned()
{
    const SampleTensors sample;
    const std::string bytes = *safetensorsBytes(sample.views(), SampleTensors::metadata());
    const auto file = Safetensors::parse(bytesOf(bytes), "memory");
    QVERIFY(file);
    std::size_t before = 8;
    for (const TensorView &tensor : file->tensors()) {
        const auto offset = static_cast<std::size_t>(tensor.bytes.data() - bytesOf(bytes).data());
        QCOMPARE(offset % byteSize(tensor.dtype), std::size_t{0});
        QVERIFY(byteSize(tensor.dtype) <= before);
        before = byteSize(tensor.dtype);
    }
}

void TestSafetensors::anEmptyContainerIsOne()
{
    const std::string bytes = *safetensorsBytes({}, {});
    QVERIFY(bytes == fileOf("{}      ", ""));
    const auto file = Safetensors::parse(bytesOf(bytes), "memory");
    QVERIFY(file && file->tensors().empty() && file->metadata().empty());
}

void TestSafetensors::typesHaveNamesAndSizes()
{
    QVERIFY(dtypeName(DType::Bool) == "BOOL" && byteSize(DType::Bool) == 1);
    QVERIFY(dtypeName(DType::BF16) == "BF16" && byteSize(DType::BF16) == 2);
    QVERIFY(dtypeName(DType::F32) == "F32" && byteSize(DType::F32) == 4);
    QVERIFY(dtypeName(DType::U64) == "U64" && byteSize(DType::U64) == 8);
}

void TestSafetensors::refusesToWrite_data()
{
    QTest::addColumn<int>("which");
    QTest::newRow("too few bytes") << 0;
    QTest::newRow("shape that overflows") << 1;
    QTest::newRow("double names") << 2;
    QTest::newRow("the reserved name") << 3;
    QTest::newRow("a name that is not UTF-8") << 4;
}

void TestSafetensors::refusesToWrite()
{
    QFETCH(int, which);
    const std::array<std::byte, 4> bytes{};
    const std::vector<std::vector<TensorView>> wrong{
        {{"a", DType::U8, {5}, bytes}},
        {{"a", DType::U8, {1ULL << 63U, 2, 4}, bytes}},
        {{"a", DType::U8, {4}, bytes}, {"b", DType::F32, {1}, bytes}, {"a", DType::F32, {1}, bytes}},
        {{"__metadata__", DType::U8, {4}, bytes}},
        {{"\xFF", DType::U8, {4}, bytes}}};
    const auto written = safetensorsBytes(wrong[static_cast<std::size_t>(which)], {});
    QVERIFY(!written && written.error().code == ErrorCode::Internal);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("x").toStdString();
    QVERIFY(!writeSafetensors(path, wrong[static_cast<std::size_t>(which)], {}));
    QVERIFY(!std::filesystem::exists(path));
}

void TestSafetensors::refuses_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("dataBytes");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const char *header, int dataBytes, const char *message) {
        QTest::newRow(name) << QByteArray(header) << dataBytes << QByteArray(message);
    };
    row("no header", "", 0, "does not begin with '{'");
    row("blank before", " {}", 0, "does not begin with '{'");
    row("an array", "[]", 0, "does not begin with '{'");
    row("no JSON", "{", 0, "no valid JSON: line 1, column 2");
    row("not UTF-8", "{\"\xFF\":1}", 0, "not valid UTF-8");
    row("double names",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
        1, "'a' occurs twice");
    row("metadata no object", R"({"__metadata__":[]})", 0, "metadata is no object");
    row("metadata with number", R"({"__metadata__":{"k":1}})", 0, "metadata 'k' is no string");
    row("no description", R"({"a":1})", 0, "tensor 'a': its description is no object");
    row("no type", R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1, "'dtype' is missing");
    row("type of a type", R"({"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}})", 1, "'dtype' is number");
    row("unknown type", R"({"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}})", 1, "unknown type 'F8'");
    row("type in small letters", R"({"a":{"dtype":"u8","shape":[1],"data_offsets":[0,1]}})", 1,
        "unknown type 'u8'");
    row("no shape", R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1, "shape is missing");
    row("negative shape", R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", 1,
        "shape holds something else");
    row("fractional shape", R"({"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})", 1,
        "shape holds something else");
    row("huge shape", R"({"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]}})", 1,
        "does not fit");
    row("shape that overflows",
        R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
        "shape does not fit 64 bits");
    row("size that overflows", R"({"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}})",
        0, "shape does not fit 64 bits");
    row("no offsets", R"({"a":{"dtype":"U8","shape":[1]}})", 1, "data_offsets is missing");
    row("one offset", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", 1, "must be two numbers");
    row("three offsets", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}})", 1,
        "must be two numbers");
    row("offsets turned round", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}})", 1, "lie outside");
    row("offsets behind the end", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 1,
        "lie outside the 1 bytes");
    row("offsets of another size", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1]}})", 1,
        "need 4 bytes, data_offsets give 1");
    row("bytes at the end", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 2,
        "1 bytes at the end");
    row("data without tensors", "{}", 3, "3 bytes at the end");
    row("a hole before", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2,
        "1 bytes before it belong to no");
    row("a hole between",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
        3, "tensor 'b': 1 bytes before it");
    row("overlap",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
        3, "tensor 'b': its bytes overlap");
    row("the same bytes twice",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
        1, "tensor 'b': its bytes overlap");
    row("an empty tensor inside another",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})",
        2, "tensor 'b': its bytes overlap");
    row("unknown key", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"scale":2}})", 1,
        "unknown key 'scale'");
}

void TestSafetensors::refuses()
{
    QFETCH(QByteArray, header);
    QFETCH(int, dataBytes);
    QFETCH(QByteArray, message);
    const std::string bytes =
        fileOf(header.toStdString(), std::string(static_cast<std::size_t>(dataBytes), 'x'));
    const auto file = Safetensors::parse(bytesOf(bytes), "some file");
    QVERIFY(!file);
    QVERIFY(file.error().code == ErrorCode::BadData);
    QVERIFY(file.error().path == "some file");
    QVERIFY2(file.error().message.find(message.toStdString()) != std::string::npos,
             file.error().message.c_str());
}

void TestSafetensors::refusesHostileLengths()
{
    const auto refused = [](const std::string &bytes) {
        const auto file = Safetensors::parse(bytesOf(bytes), "f");
        return !file && file.error().code == ErrorCode::BadData;
    };
    QVERIFY(refused(""));
    QVERIFY(refused(std::string(7, '\0')));
    QVERIFY2(refused(std::string(8, '\0')), "a header of no bytes is no object");
    QVERIFY(refused(std::string(8, '\xFF')));
    QVERIFY(refused(std::string(8, '\xFF') + "{}"));
    QVERIFY(refused(std::string("\3\0\0\0\0\0\0\0{}", 10)));
    QVERIFY2(refused(std::string("\1\341\365\5\0\0\0\0", 8) + "{}" + std::string(100'000'000, ' ')),
             "a header over 100 MB, though it is there");
    QVERIFY(refused(fileOf("{\"a\":" + std::string(1'000'000, '['), "")));
}

void TestSafetensors::acceptsWhatTheFormatAllows()
{
    const std::string header =
        R"({"b" : {"shape":[1,2],"data_offsets":[1,3],"dtype":"U8"}, "":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},
        "e":{"dtype":"F64","shape":[0,18446744073709551615],"data_offsets":[1,1]},
        "f":{"dtype":"F64","shape":[0],"data_offsets":[3,3]},"__metadata__":{}}   )";
    const std::string bytes = fileOf(header, "\1ab");
    const auto file = Safetensors::parse(bytesOf(bytes), "f");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    std::vector<std::string> names;
    for (const TensorView &tensor : file->tensors())
        names.push_back(tensor.name);
    QVERIFY2((names == std::vector<std::string>{"", "e", "b", "f"}), "in the order of their bytes");
    QCOMPARE(file->values<std::uint8_t>("b")->back(), std::uint8_t{'b'});
}

void TestSafetensors::namesTheTensorThatIsMissingOrOfAnotherType()
{
    const SampleTensors sample;
    const std::string bytes = *safetensorsBytes(sample.views(), {});
    const auto file = Safetensors::parse(bytesOf(bytes), "f");
    const Error missing = file->values<float>("none").error();
    QVERIFY((missing == Error{ErrorCode::BadData, "tensor 'none' is missing", "f", ""}));
    QVERIFY(file->values<float>("doubles").error().message ==
            "tensor 'doubles' has type F64, expected is F32");
    QVERIFY(!file->values<std::uint32_t>("integers"));
    QVERIFY(!file->values<double>("scalar"));
}

void TestSafetensors::namesAreChecked()
{
    const auto namesOf = [](const std::string &packed, std::size_t count) {
        const std::vector<TensorView> tensors{{"n", DType::U8, {packed.size()}, bytesOf(packed)}};
        const std::string bytes = *safetensorsBytes(tensors, {});
        return Safetensors::parse(bytesOf(bytes), "f")->names("n", count);
    };
    using namespace std::string_literals;
    QVERIFY((*namesOf("a\0\0b\0"s, 0) == std::vector<std::string>{"a", "", "b"}));
    QVERIFY(namesOf(""s, 0)->empty());
    QVERIFY(!namesOf(""s, 1));
    QVERIFY(!namesOf("a\0b\0"s, 3));
    QVERIFY(!namesOf("a\0b"s, 0));
    QVERIFY(!namesOf("\xC3\0\xA9\0"s, 0));
    QVERIFY(namesOf("a\0b\0"s, 3).error().message == "tensor 'n' holds 2 names, expected are 3");
}

void TestSafetensors::packedNamesReadBack()
{
    using namespace std::string_literals;
    const std::vector<std::string> names{"a", "", "\xC3\xA9"};
    QVERIFY(*packNames(names) == "a\0\0\xC3\xA9\0"s);
    QVERIFY(packNames({})->empty());
    const std::vector<std::string> wrong{"a\0b"s};
    QVERIFY(packNames(wrong).error().code == ErrorCode::BadData);
}

void TestSafetensors::everyCutIsRefused()
{
    const SampleTensors sample;
    const std::string whole = *safetensorsBytes(sample.views(), SampleTensors::metadata());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::string cut = whole.substr(0, length);
        QVERIFY(!Safetensors::parse(bytesOf(cut), "f"));
    }
    QVERIFY(!Safetensors::parse(bytesOf(whole + "x"), "f"));
    QVERIFY(Safetensors::parse(bytesOf(whole), "f"));
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
