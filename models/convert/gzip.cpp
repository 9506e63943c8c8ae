// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/gzip.h"

#include "models/base/text.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <zlib.h>

namespace ibidem::convert {

namespace {

constexpr std::size_t kChunkBytes = 256U << 10U;

/// One z_stream with its end in the destructor.
class Inflater
{
public:
    explicit Inflater(std::string_view bytes)
        : m_input(bytes)
    {
        // 16 + 15: a gzip header is required, the largest window is allowed.
        m_ready = inflateInit2(&m_stream, 16 + MAX_WBITS) == Z_OK;
    }

    ~Inflater()
    {
        if (m_ready)
            inflateEnd(&m_stream);
    }

    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;
    Inflater(Inflater &&) = delete;
    Inflater &operator=(Inflater &&) = delete;

    [[nodiscard]] bool ready() const noexcept { return m_ready; }

    [[nodiscard]] std::size_t position() const noexcept { return m_offset - m_stream.avail_in; }

    [[nodiscard]] std::string_view rest() const noexcept { return m_input.substr(position()); }

    [[nodiscard]] std::string message() const { return m_stream.msg ? m_stream.msg : "damaged data"; }

    void nextMember() noexcept { inflateReset(&m_stream); }

    /// zlib's code; `written` bytes of `out` were filled.
    int step(std::span<char> out, std::size_t &written)
    {
        if (m_stream.avail_in == 0)
            feed();
        m_stream.next_out = reinterpret_cast<Bytef *>(out.data());
        m_stream.avail_out = static_cast<uInt>(out.size());
        const int code = inflate(&m_stream, Z_NO_FLUSH);
        written = out.size() - m_stream.avail_out;
        return code;
    }

private:
    void feed()
    {
        const std::size_t most = std::numeric_limits<uInt>::max();
        const std::size_t count = std::min(most, m_input.size() - m_offset);
        // zlib reads from next_in only; its field is not const for old callers.
        m_stream.next_in = reinterpret_cast<z_const Bytef *>(const_cast<char *>(m_input.data() + m_offset));
        m_stream.avail_in = static_cast<uInt>(count);
        m_offset += count;
    }

    std::string_view m_input;
    z_stream m_stream{};
    std::size_t m_offset = 0;
    bool m_ready = false;
};

tl::unexpected<Error> damaged(const std::string &cause, const Inflater &inflater, const std::string &path)
{
    return fail(ErrorCode::BadData,
                "gzip: " + cause + " near byte " + std::to_string(inflater.position()) +
                    " of the compressed file",
                path, "fetch or compress the file again");
}

tl::unexpected<Error> tooLarge(std::uint64_t outBytes, std::uint64_t inBytes, std::uint64_t limitBytes,
                               const std::string &path)
{
    if (outBytes > limitBytes)
        return fail(ErrorCode::BadData,
                    "gzip: the content is larger than the memory that may be used for it (" +
                        formatBytes(limitBytes) + ")",
                    path, "use a machine with more memory, or a smaller table");
    return fail(ErrorCode::BadData,
                "gzip: " + formatBytes(inBytes) + " grow to more than " + formatBytes(outBytes) +
                    ": this is a decompression bomb, not a table",
                path, "decompress the file yourself if it is to be trusted");
}

/// True if another member follows.
Result<bool> anotherMember(Inflater &inflater, const std::string &path)
{
    const std::string_view rest = inflater.rest();
    if (rest.find_first_not_of('\0') == std::string_view::npos)
        return false;
    if (!rest.starts_with("\x1f\x8b"))
        return damaged("there are other bytes after the end of the compressed data", inflater, path);
    inflater.nextMember();
    return true;
}

} // namespace

Result<std::string> gunzip(std::string_view bytes, std::uint64_t limitBytes, const RunToken &token,
                           const std::string &path)
{
    Inflater inflater(bytes);
    if (!inflater.ready())
        return fail(ErrorCode::Internal, "zlib cannot be started", path);
    const auto chunk = std::make_unique_for_overwrite<char[]>(kChunkBytes);
    std::string out;
    for (bool more = true; more;) {
        if (token.stopRequested())
            return fail(ErrorCode::Stopped, "stopped on request while decompressing", path);
        std::size_t written = 0;
        const int code = inflater.step({chunk.get(), kChunkBytes}, written);
        const std::uint64_t total = out.size() + written;
        if (total > limitBytes || (total > kBombFloorBytes && total / kBombRatio > inflater.position()))
            return tooLarge(total, inflater.position(), limitBytes, path);
        out.append(chunk.get(), written);
        token.progress("decompress",
                       static_cast<double>(inflater.position()) / static_cast<double>(bytes.size()));
        if (code == Z_STREAM_END) {
            IBIDEM_TRY(more, anotherMember(inflater, path));
        } else if (code == Z_BUF_ERROR || (code == Z_OK && written == 0 && inflater.rest().empty())) {
            return damaged("the data is cut off", inflater, path);
        } else if (code != Z_OK) {
            return damaged(inflater.message(), inflater, path);
        }
    }
    return out;
}

} // namespace ibidem::convert
