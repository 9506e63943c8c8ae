// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/report/html.h"

#include "models/base/text.h"

#include <algorithm>

namespace ibidem::report {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

/// U+202A…U+202E and U+2066…U+2069 turn the direction of writing: "exe.gpj" is read as "jpg.exe". U+FFFE and
/// U+FFFF are no characters in XML.
bool isForbidden(std::string_view three) noexcept
{
    if (three.starts_with("\xE2\x80"))
        return three[2] >= '\xAA' && three[2] <= '\xAE';
    if (three.starts_with("\xE2\x81"))
        return three[2] >= '\xA6' && three[2] <= '\xA9';
    return three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF";
}

void appendAscii(std::string &out, char c)
{
    switch (c) {
    case '&':
        out += "&amp;";
        break;
    case '<':
        out += "&lt;";
        break;
    case '>':
        out += "&gt;";
        break;
    case '"':
        out += "&quot;";
        break;
    case '\'':
        out += "&#39;";
        break;
    default:
        if ((c >= '\0' && c < ' ' && c != '\n' && c != '\t') || c == '\x7F')
            out += kReplacement;
        else
            out += c;
    }
}

std::string escapedUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.size() - i >= 3 && isForbidden(text.substr(i, 3))) {
            out += kReplacement;
            i += 2;
        } else {
            appendAscii(out, text[i]);
        }
    }
    return out;
}

} // namespace

std::string escaped(std::string_view text)
{
    return escapedUtf8(isValidUtf8(text) ? std::string(text) : ibidem::quoted(text, 4096));
}

std::string element(std::string_view tag, std::string_view markup, std::string_view attributes)
{
    std::string out = "<";
    out += tag;
    if (!attributes.empty())
        out.append(" ").append(attributes);
    return out.append(">").append(markup).append("</").append(tag).append(">");
}

std::string paragraph(std::string_view text)
{
    return element("p", escaped(text)) + "\n";
}

std::string code(std::string_view text)
{
    // A number or a name stays in one piece; a digest may be broken anywhere.
    return element("code", escaped(text), text.size() <= 28 ? "class=\"short\"" : "");
}

std::string section(std::string_view id, std::string_view title, std::string_view markup)
{
    if (markup.empty())
        return {};
    const std::string name(id);
    return element("section",
                   "\n" + element("h2", escaped(title), "id=\"" + name + "\"") + "\n" + std::string(markup),
                   "aria-labelledby=\"" + name + "\"") +
           "\n";
}

std::string details(std::string_view summary, std::string_view markup)
{
    return element("details", element("summary", escaped(summary)) + "\n" + std::string(markup)) + "\n";
}

std::string table(const Table &table)
{
    if (table.rows.empty())
        return {};
    const auto attributes = [&](std::size_t column, std::string_view scope) {
        std::string text = scope.empty() ? "" : "scope=\"" + std::string(scope) + "\"";
        if (table.numbers.contains(column))
            text += text.empty() ? "class=\"number\"" : " class=\"number\"";
        return text;
    };
    std::string head;
    for (std::size_t column = 0; column < table.headers.size(); ++column)
        head += element("th", escaped(table.headers[column]), attributes(column, "col"));
    std::string body;
    for (const auto &row : table.rows) {
        std::string cells;
        for (std::size_t column = 0; column < row.size(); ++column)
            cells +=
                element(column == 0 ? "th" : "td", row[column], attributes(column, column == 0 ? "row" : ""));
        body += element("tr", cells) + "\n";
    }
    const std::string content = element("caption", escaped(table.caption)) + "\n" +
                                element("thead", element("tr", head)) + "\n" + element("tbody", "\n" + body);
    // A region that scrolls must be reachable by keyboard and have a name.
    return element("div", element("table", content),
                   "class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + escaped(table.caption) +
                       "\"") +
           "\n";
}

std::string shellWord(std::string_view text)
{
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./+,:=@%").find(c) != std::string_view::npos;
    });
    const std::string prefix = text.starts_with('-') ? "./" : "";
    if (plain)
        return prefix + std::string(text);
    std::string word = "'" + prefix;
    for (const char c : text)
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

} // namespace ibidem::report
