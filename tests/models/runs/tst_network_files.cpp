// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/safetensors.h"
#include "models/data/tensor_list.h"
#include "models/runs/network_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>

using namespace ibidem;
using namespace ibidem::runs;
namespace fs = std::filesystem;

namespace {

EmbeddingFile fullEmbedding()
{
    EmbeddingFile content;
    content.cellIds = {"AAAC-1", "AAAG-1", "AAAT-1"};
    content.geneIds = {"CD3E", "NKG7"};
    content.latent = 2;
    content.embedding = {0.5F, -0.0F, 1e-42F, 3.25F, -7.0F, 0.1F};
    content.cellErrors = {0.25F, 0.5F, 0.75F};
    content.geneErrors = {0.4F, 0.6F};
    content.map = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
    content.clusters = {0, 1, 0};
    content.labelColumn = "louvain";
    content.labelNames = {"B cells", "NK cells"};
    content.labels = {1, -1, 0};
    return content;
}

std::string digest(char digit)
{
    return std::string(64, digit);
}

} // namespace

class TestNetworkFiles final : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = fs::path(m_folder->path().toStdString()) / kEmbeddingFile;
    }

    void tablesComeBackAsTheyWere()
    {
        const std::vector<EpochRecord> epochs = {{1, digest('a'), digest('b')},
                                                 {2, digest('c'), digest('d')}};
        const std::string text = epochsCsv(epochs);
        QCOMPARE(text, "epoch,root,chain\n1," + digest('a') + "," + digest('b') + "\n2," + digest('c') + "," +
                           digest('d') + "\n");
        QVERIFY(parseEpochsCsv(text, "e").value() == epochs);
        const std::vector<TensorRecord> tensors = {{1, "encoder.0.weight", digest('a')},
                                                   {1, "encoder.0.bias", digest('9')}};
        QCOMPARE(tensorsCsv(tensors), "epoch,tensor,digest\n1,encoder.0.weight," + digest('a') +
                                          "\n1,encoder.0.bias," + digest('9') + "\n");
        QVERIFY(parseTensorsCsv(tensorsCsv(tensors), "t").value() == tensors);
        QVERIFY(parseEpochsCsv(epochsCsv({}), "e")->empty());
    }

    void damagedTablesAreRefused_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("message");
        const QString good = QString::fromStdString("1," + digest('a') + "," + digest('b') + "\n");
        QTest::newRow("sound") << good << QString();
        QTest::newRow("torn") << good.chopped(1) << QStringLiteral("line 2: the file ends in the middle");
        QTest::newRow("epoch 0") << "0" + good.mid(1) << QStringLiteral("line 2: '0' is no epoch");
        QTest::newRow("digest") << QString(good).replace(QLatin1Char('b'), QLatin1Char('x'))
                                << QStringLiteral("is no digest");
        QTest::newRow("fields") << QStringLiteral("1,a\n") << QStringLiteral("2 fields instead of 3");
    }

    void damagedTablesAreRefused()
    {
        QFETCH(QString, line);
        QFETCH(QString, message);
        const auto parsed = parseEpochsCsv("epoch,root,chain\n" + line.toStdString(), "e");
        QCOMPARE(parsed.has_value(), message.isEmpty());
        if (parsed)
            return;
        QCOMPARE(parsed.error().code, ErrorCode::BadData);
        QVERIFY2(parsed.error().message.find(message.toStdString()) != std::string::npos,
                 parsed.error().message.c_str());
        QVERIFY(!parseTensorsCsv("epoch,root,chain\n", "t"));
        QVERIFY(!parseTensorsCsv("epoch,tensor,digest\n1,," + digest('a') + "\n", "t"));
        QVERIFY(!parseTensorsCsv("", "t"));
    }

    void anEmbeddingComesBackAsItWas()
    {
        for (const bool hasMap : {true, false})
            for (const bool hasLabels : {true, false}) {
                EmbeddingFile content = fullEmbedding();
                if (!hasMap)
                    content.map = {}, content.clusters = {};
                if (!hasLabels)
                    content.labelColumn = {}, content.labelNames = {}, content.labels = {};
                QVERIFY(writeFileAtomically(m_file, embeddingBytes(content).value()));
                const Result<EmbeddingFile> read = readEmbeddingFile(m_file);
                QVERIFY2(read, read ? "" : describe(read.error()).c_str());
                QVERIFY(*read == content);
                QVERIFY(std::signbit(read->embedding[1]));
            }
    }

    void anotherValueIsAnotherEmbedding()
    {
        EmbeddingFile content = fullEmbedding();
        content.embedding[3] = std::nextafter(content.embedding[3], 4.0F);
        QVERIFY(embeddingBytes(content).value() != embeddingBytes(fullEmbedding()).value());
        QVERIFY(writeFileAtomically(m_file, embeddingBytes(content).value()));
        QVERIFY(!(readEmbeddingFile(m_file).value() == fullEmbedding()));
    }

    void lengthsThatDoNotFitAreNotWritten_data()
    {
        QTest::addColumn<QString>("tensor");
        for (const char *name : {"X_ae", "cell_errors", "gene_errors", "X_umap", "leiden", "labels"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void lengthsThatDoNotFitAreNotWritten()
    {
        QFETCH(QString, tensor);
        EmbeddingFile content = fullEmbedding();
        const std::map<std::string, std::function<void()>> cut = {
            {"X_ae", [&] { content.embedding.pop_back(); }},
            {"cell_errors", [&] { content.cellErrors.pop_back(); }},
            {"gene_errors", [&] { content.geneErrors.push_back(1); }},
            {"X_umap", [&] { content.map.clear(); }},
            {"leiden", [&] { content.clusters.pop_back(); }},
            {"labels", [&] { content.labels.clear(); }}};
        cut.at(tensor.toStdString())();
        const Result<std::string> bytes = embeddingBytes(content);
        QVERIFY(!bytes);
        QCOMPARE(bytes.error().code, ErrorCode::Internal);
        QVERIFY(bytes.error().message.find(tensor.toStdString()) != std::string::npos);
    }

    void filesThatDoNotFitAreRefused_data()
    {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("change");
        for (const char *name : {"cell_ids", "gene_ids", "X_ae", "cell_errors", "gene_errors", "X_umap",
                                 "leiden", "labels", "label_names"})
            for (const char *change : {"missing", "short"})
                QTest::addRow("%s %s", name, change)
                    << QString::fromLatin1(name) << QString::fromLatin1(change);
        QTest::newRow("negative cluster") << QStringLiteral("leiden") << QStringLiteral("negative");
        QTest::newRow("unknown label") << QStringLiteral("labels") << QStringLiteral("large");
    }

    void filesThatDoNotFitAreRefused()
    {
        QFETCH(QString, tensor);
        QFETCH(QString, change);
        QVERIFY(writeFileAtomically(m_file, embeddingBytes(fullEmbedding()).value()));
        const data::Safetensors sound = data::Safetensors::open(m_file).value();
        std::vector<data::TensorView> tensors = sound.tensors();
        const std::vector<std::int32_t> numbers = {0, change == QLatin1String("large") ? 2 : -2, 0};
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            if (tensors[i].name != tensor.toStdString())
                continue;
            if (change == QLatin1String("missing")) {
                tensors.erase(tensors.begin() + std::ptrdiff_t(i));
            } else if (change == QLatin1String("short")) {
                std::uint64_t &rows = tensors[i].shape[0];
                const std::size_t row = tensors[i].bytes.size() / rows;
                // Names lose their last letters with the closing zero, one row is gone from the others.
                rows -= 1;
                tensors[i].bytes = tensors[i].bytes.first(rows * row);
            } else {
                tensors[i].bytes = std::as_bytes(std::span(numbers));
            }
            break;
        }
        const fs::path other = m_file.parent_path() / "other.safetensors";
        QVERIFY(data::writeSafetensors(other, tensors, sound.metadata()));
        const Result<EmbeddingFile> read = readEmbeddingFile(other);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadData);
        QCOMPARE(read.error().path, other.string());
        QVERIFY2(read.error().message.find(tensor.toStdString().substr(0, 5)) != std::string::npos,
                 read.error().message.c_str());
    }

    void aMissingEmbeddingIsAMissingInput()
    {
        const Result<EmbeddingFile> missing = readEmbeddingFile(m_file);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::InputMissing);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_file;
};

QTEST_GUILESS_MAIN(TestNetworkFiles)
#include "tst_network_files.moc"
