// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/cell.h"
#include "models/convert/delimited_reader.h"

#include <QTest>

#include <string>
#include <vector>

using namespace ibidem;
using namespace ibidem::convert;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> rowsOf(std::string_view text, Delimiter delimiter)
{
    Rows rows;
    RowReader reader(text, delimiter, "table");
    while (true) {
        IBIDEM_TRY(const bool more, reader.next());
        if (!more)
            return rows;
        rows.emplace_back(reader.fields().begin(), reader.fields().end());
    }
}

} // namespace

class TestDelimitedReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void partsRecordsAndFields();
    void readsQuotedFieldsByRfc4180();
    void refusesBrokenQuotes();
    void countsSkippedRows();
    void findsTheDelimiter_data();
    void findsTheDelimiter();
    void neverCountsFewerCellsThanThereAre();
    void tellsCellsApart_data();
    void tellsCellsApart();
};

void TestDelimitedReader::partsRecordsAndFields()
{
    QCOMPARE(*rowsOf("a\tb\n1\t2\n", Delimiter::Tab), (Rows{{"a", "b"}, {"1", "2"}}));
    QCOMPARE(*rowsOf("a,b\r\n1,\r\n,2", Delimiter::Comma), (Rows{{"a", "b"}, {"1", ""}, {"", "2"}}));
    QCOMPARE(*rowsOf("a;b\r1;2\r", Delimiter::Semicolon), (Rows{{"a", "b"}, {"1", "2"}}));
    QCOMPARE(*rowsOf("  a \t b\n1   2  \n", Delimiter::Blank), (Rows{{"a", "b"}, {"1", "2"}}));
    QCOMPARE(*rowsOf("", Delimiter::Tab), Rows{});
}

void TestDelimitedReader::readsQuotedFieldsByRfc4180()
{
    QCOMPARE(*rowsOf("\"a,b\",\"c\"\"d\"\r\n\"e\r\nf\",\"\"\n", Delimiter::Comma),
             (Rows{{"a,b", "c\"d"}, {"e\r\nf", ""}}));
    QCOMPARE(*rowsOf("5\" tube,x\n", Delimiter::Comma), (Rows{{"5\" tube", "x"}}));
    QCOMPARE(*rowsOf("\"a b\" \"c\" \n1 2\n", Delimiter::Blank), (Rows{{"a b", "c"}, {"1", "2"}}));
    QCOMPARE(*rowsOf("\"\"\"\"", Delimiter::Comma), (Rows{{"\""}}));
}

void TestDelimitedReader::refusesBrokenQuotes()
{
    const auto unclosed = rowsOf("a,b\n1,\"2\n3,4\n", Delimiter::Comma);
    QVERIFY(!unclosed);
    QCOMPARE(unclosed.error().message, std::string("row 2, column 2: the quote is never closed"));
    const auto trailing = rowsOf("a,b\n\"1\"x,2\n", Delimiter::Comma);
    QVERIFY(!trailing);
    QCOMPARE(trailing.error().message, std::string("row 2, column 1: there is text after the closing quote"));
    QVERIFY(!rowsOf("\"", Delimiter::Tab));
}

void TestDelimitedReader::countsSkippedRows()
{
    RowReader reader("a,b\n\n,\n1,2\n", Delimiter::Comma, "table");
    QVERIFY(*reader.next());
    QVERIFY(*reader.next());
    QCOMPARE(reader.row(), 4U);
    QCOMPARE(reader.skippedRows(), 2U);
    QVERIFY(!*reader.next());
}

void TestDelimitedReader::findsTheDelimiter_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("tab") << QByteArray("g\ts1\ts2\na\t1\t2\n") << QByteArray("tab");
    QTest::newRow("comma") << QByteArray("g,s1,s2\na,1,2\n") << QByteArray("comma");
    QTest::newRow("semicolon with decimal commas")
        << QByteArray("g;s1;s2\na;0,5;1,5\n") << QByteArray("semicolon");
    QTest::newRow("tab with commas in text") << QByteArray("g\tt\na\tx, y\n") << QByteArray("tab");
    QTest::newRow("quoted commas") << QByteArray("g;s1\n\"a,b\";1\n\"c,d\";2\n") << QByteArray("semicolon");
    QTest::newRow("blank") << QByteArray("g s1 s2\na 1 2\n") << QByteArray("blank");
    QTest::newRow("row names of R") << QByteArray("s1,s2\na,1,2\nb,3,4\n") << QByteArray("comma");
}

void TestDelimitedReader::findsTheDelimiter()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, name);
    QCOMPARE(delimiterName(findDelimiter(text.toStdString())), std::string_view(name.constData()));
    QVERIFY(delimiterOfName(name.toStdString()).has_value());
}

void TestDelimitedReader::neverCountsFewerCellsThanThereAre()
{
    const std::string text = std::string(300, ',') + "\n\"a,b\",1\r\n" + std::string(1000, 'x');
    std::size_t cells = 0;
    const Rows rows = *rowsOf(text, Delimiter::Comma);
    for (const auto &row : rows)
        cells += row.size();
    QVERIFY(mostCells(text, Delimiter::Comma) >= cells);
    QCOMPARE(mostCells("a\tb\n", Delimiter::Tab), 3U);
}

void TestDelimitedReader::tellsCellsApart_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *text, CellKind kind) {
        QTest::newRow(text) << QByteArray(text) << static_cast<int>(kind);
    };
    for (const char *text :
         {"0", "-1.5", "+2", "1e5", "1E-05", " 3 ", ".5", "5.", "-0", "20462.795038661774"})
        row(text, CellKind::Number);
    for (const char *text : {"", " ", "NA", "n/a", "NULL", "None", "-", "."})
        row(text, CellKind::Missing);
    for (const char *text : {"nan", "NaN", "inf", "-Inf", "+inf", "Infinity", "#NUM!"})
        row(text, CellKind::NotFinite);
    for (const char *text : {"0,5", "-1,25", "1,5e-3", "+0,5"})
        row(text, CellKind::DecimalComma);
    for (const char *text : {"1e999", "-1e999", "1e-999"})
        row(text, CellKind::OutOfRange);
    for (const char *text :
         {"abc", "1.2.3", "0x10", "1 2", "1,2,3", "--1", "++1", "+-1", "1e", "12abc", ",", "1,", "1,000.5"})
        row(text, CellKind::Text);
}

void TestDelimitedReader::tellsCellsApart()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, kind);
    QCOMPARE(static_cast<int>(readCell(text.toStdString()).kind), kind);
    QVERIFY(!describeCell(readCell(text.toStdString()).kind, text.toStdString()).empty());
}

QTEST_GUILESS_MAIN(TestDelimitedReader)
#include "tst_delimited_reader.moc"
