// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/matrices/hdf5_readers.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace ibidem::convert {

namespace {

constexpr const char *kCellAttributes = "/col_attrs";
constexpr const char *kGeneAttributes = "/row_attrs";

/// "loom-3" if the file says so, in a dataset or, as older ones do, in an attribute.
Result<std::string> formatOf(Hdf5File &file)
{
    const std::string object = "/attrs/LOOM_SPEC_VERSION";
    std::string version;
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    if (kind == Hdf5Kind::Dataset) {
        IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, object));
        if (dataset.content() == Hdf5Content::Text && dataset.count() == 1) {
            IBIDEM_TRY(const auto texts, dataset.texts());
            version = texts.front();
        }
    } else {
        IBIDEM_TRY(const auto attribute, file.textAttribute("/", "LOOM_SPEC_VERSION"));
        version = attribute.value_or("");
    }
    return std::string(version.starts_with("3") ? "loom-3" : "loom-2");
}

void appendUtf8(std::string &text, std::uint32_t code)
{
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80U) {
        add(code);
        return;
    }
    if (code < 0x800U) {
        add(0xC0U | (code >> 6U));
    } else {
        if (code < 0x10000U) {
            add(0xE0U | (code >> 12U));
        } else {
            add(0xF0U | (code >> 18U));
            add(0x80U | ((code >> 12U) & 0x3FU));
        }
        add(0x80U | ((code >> 6U) & 0x3FU));
    }
    add(0x80U | (code & 0x3FU));
}

/// Before version 3 texts are ASCII, and all else is written as XML does: "&#945;", "&amp;".
std::string withoutEntities(const std::string &text)
{
    struct Entity
    {
        std::string_view name;
        char letter;
    };

    constexpr std::array<Entity, 5> entities = {
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
    std::string plain;
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = std::string_view(text).substr(i);
        const auto *entity = std::find_if(entities.begin(), entities.end(),
                                          [&](const Entity &each) { return rest.starts_with(each.name); });
        if (entity != entities.end()) {
            plain += entity->letter;
            i += entity->name.size();
            continue;
        }
        const std::size_t end = rest.starts_with("&#") ? rest.find(';') : std::string_view::npos;
        const auto code =
            end == std::string_view::npos ? std::nullopt : parseUnsigned(rest.substr(2, end - 2));
        if (code && *code > 0 && *code < 0x110000U && (*code < 0xD800U || *code > 0xDFFFU)) {
            appendUtf8(plain, static_cast<std::uint32_t>(*code));
            i += end + 1;
            continue;
        }
        plain += text[i++];
    }
    return plain;
}

bool isUnique(const std::vector<std::string> &names)
{
    std::unordered_set<std::string_view> seen;
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string &name) { return seen.insert(name).second; });
}

/// What names the cells or the genes.
struct Names
{
    std::string attribute; ///< empty: numbers that we made up
    std::vector<std::string> names;
};

class LoomReader
{
public:
    LoomReader(Hdf5File &file, const data::TableOptions &options)
        : m_file(file)
        , m_options(options)
    {}

    Result<RawMatrix> read();

private:
    Result<std::vector<std::string>> words(const Hdf5Dataset &dataset) const;
    Result<std::optional<std::vector<std::string>>> wordsIfNames(const std::string &object,
                                                                 std::uint64_t length) const;
    Result<Names> chooseNames(const std::string &group, std::vector<std::string> usual, std::uint64_t length,
                              const std::string &what);
    Status readSources();
    Result<bool> takeCellAttribute(const std::string &name);
    Status readCellAttributes(const std::string &idAttribute);

    Hdf5File &m_file;
    const data::TableOptions &m_options;
    RawMatrix m_raw;
    SkippedElements m_skipped;
};

Result<std::vector<std::string>> LoomReader::words(const Hdf5Dataset &dataset) const
{
    IBIDEM_TRY(std::vector<std::string> texts, dataset.words());
    if (m_raw.format == "loom-2" && dataset.content() == Hdf5Content::Text)
        for (std::string &text : texts)
            text = withoutEntities(text);
    return texts;
}

/// The values of an attribute that could name things: one-dimensional text or whole numbers.
Result<std::optional<std::vector<std::string>>> LoomReader::wordsIfNames(const std::string &object,
                                                                         std::uint64_t length) const
{
    using Words = std::optional<std::vector<std::string>>;
    IBIDEM_TRY(const Hdf5Kind kind, m_file.kindOf(object));
    if (kind != Hdf5Kind::Dataset)
        return Words();
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(m_file, object));
    const bool names = dataset.content() == Hdf5Content::Text || dataset.isInteger();
    if (!names || dataset.extents().size() != 1)
        return Words();
    if (dataset.rowCount() != length)
        return m_file.bad(object,
                          "has " + plural(dataset.rowCount(), "value") + ", but the matrix has " +
                              std::to_string(length),
                          std::string(kFetchAgain));
    IBIDEM_TRY(auto found, words(dataset));
    return Words(std::move(found));
}

/// The usual attribute as it is; else the first whose values are unique, with a warning.
Result<Names> LoomReader::chooseNames(const std::string &group, std::vector<std::string> usual,
                                      std::uint64_t length, const std::string &what)
{
    for (const std::string &name : usual) {
        IBIDEM_TRY(auto words, wordsIfNames(childOf(group, name), length));
        if (words)
            return Names{name, std::move(*words)};
    }
    const auto warn = [&](const std::string &taken) {
        m_raw.checks.push_back(
            {what + "-attribute", data::CheckState::Warning,
             "there is no attribute " + usual.front() + " for the names of the " + what + "s; " + taken});
    };
    IBIDEM_TRY(const std::vector<std::string> entries, m_file.entriesOf(group));
    for (const std::string &entry : entries) {
        IBIDEM_TRY(auto words, wordsIfNames(childOf(group, entry), length));
        if (!words || !isUnique(*words))
            continue;
        warn(entry + " was taken");
        return Names{entry, std::move(*words)};
    }
    warn("they are numbered from 0");
    Names made;
    for (std::uint64_t i = 0; i < length; ++i)
        made.names.push_back(std::to_string(i));
    return made;
}

Status LoomReader::readSources()
{
    m_raw.sources = {"matrix"};
    IBIDEM_TRY(const Hdf5Kind layers, m_file.kindOf("/layers"));
    if (layers == Hdf5Kind::Group) {
        IBIDEM_TRY(const std::vector<std::string> entries, m_file.entriesOf("/layers"));
        for (const std::string &entry : entries)
            m_raw.sources.push_back("layers/" + entry);
    }
    IBIDEM_TRY(m_raw.source, chooseSource(m_file, m_raw.sources, m_options.matrix, "matrix", "matrix"));
    return {};
}

/// Whether the attribute is a column or a map, which it then becomes.
Result<bool> LoomReader::takeCellAttribute(const std::string &name)
{
    const std::string object = childOf(kCellAttributes, name);
    IBIDEM_TRY(const Hdf5Kind kind, m_file.kindOf(object));
    if (kind != Hdf5Kind::Dataset)
        return false;
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(m_file, object));
    if (dataset.rowCount() != m_raw.cellIds.size())
        return m_file.bad(object,
                          "has " + plural(dataset.rowCount(), "value") + ", but the matrix has " +
                              plural(m_raw.cellIds.size(), "cell"),
                          std::string(kFetchAgain));
    if (dataset.content() == Hdf5Content::Text && dataset.extents().size() == 1) {
        IBIDEM_TRY(auto texts, words(dataset));
        m_raw.cellColumns.push_back(textColumn(name, std::move(texts)));
        return true;
    }
    IBIDEM_TRY(auto column, columnOf(dataset, name));
    if (column)
        m_raw.cellColumns.push_back(std::move(*column));
    if (column)
        return true;
    IBIDEM_TRY(auto map, embeddingOf(dataset, name, m_raw.cellIds.size()));
    if (map)
        m_raw.embeddings.push_back(std::move(*map));
    return map.has_value();
}

Status LoomReader::readCellAttributes(const std::string &idAttribute)
{
    IBIDEM_TRY(const std::vector<std::string> entries, m_file.entriesOf(kCellAttributes));
    for (const std::string &entry : entries) {
        if (entry == idAttribute)
            continue;
        IBIDEM_CHECK(m_file.requireRunning());
        IBIDEM_TRY(const bool taken, takeCellAttribute(entry));
        if (!taken)
            m_skipped.push_back(childOf(kCellAttributes, entry) + " (neither numbers nor text)");
    }
    return {};
}

Result<RawMatrix> LoomReader::read()
{
    IBIDEM_TRY(m_raw.format, formatOf(m_file));
    IBIDEM_CHECK(readSources());
    const std::string object = "/" + m_raw.source;
    IBIDEM_TRY(const Hdf5Dataset matrix, Hdf5Dataset::open(m_file, object));
    IBIDEM_CHECK(matrix.requireAxes(2));
    const std::uint64_t genes = matrix.extents()[0];
    const std::uint64_t cells = matrix.extents()[1];
    IBIDEM_TRY(Names cellNames, chooseNames(kCellAttributes, {"CellID"}, cells, "cell"));
    IBIDEM_TRY(Names geneNames, chooseNames(kGeneAttributes, {"Gene", "Accession"}, genes, "gene"));
    m_raw.cellIds = std::move(cellNames.names);
    m_raw.geneNames = std::move(geneNames.names);
    if (geneNames.attribute != "Accession") {
        IBIDEM_TRY(auto accessions, wordsIfNames(childOf(kGeneAttributes, "Accession"), genes));
        if (accessions)
            m_raw.geneAccessions = std::move(*accessions);
    }
    IBIDEM_TRY(ReadRows read, readDense(m_file, object, genes, cells));
    m_raw.roundedValues = read.roundedValues;
    IBIDEM_TRY(m_raw.rows, transposed(m_file, read.rows, object));
    IBIDEM_CHECK(readCellAttributes(cellNames.attribute));
    addSkipped(m_skipped, m_raw.checks);
    return std::move(m_raw);
}

} // namespace

Result<RawMatrix> readLoom(Hdf5File &file, const data::TableOptions &options)
{
    return LoomReader(file, options).read();
}

} // namespace ibidem::convert
