// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"

#include "models/base/file_handle.h"
#include "models/base/sha256_portable.h"
#include "models/base/text.h"

#include <cstdlib>
#include <vector>

#ifdef IBIDEM_HAVE_OPENSSL
#include <openssl/evp.h>
#endif

namespace ibidem {

#ifdef IBIDEM_HAVE_OPENSSL
struct Sha256::State
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    // A wrong digest would be worse than no program.
    static void require(bool good)
    {
        if (!good)
            std::abort();
    }

    State() { require(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1); }

    ~State() { EVP_MD_CTX_free(context); }

    State(const State &) = delete;
    State &operator=(const State &) = delete;

    void update(std::span<const std::byte> bytes) const
    {
        require(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
    }

    [[nodiscard]] Sha256Digest finish() const
    {
        Sha256Digest digest{};
        require(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
        return digest;
    }
};
#else
struct Sha256::State : PortableSha256
{};
#endif

Sha256::Sha256()
    : m_state(std::make_unique<State>())
{}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256 &&) noexcept = default;
Sha256 &Sha256::operator=(Sha256 &&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes)
{
    m_state->update(bytes);
}

void Sha256::update(std::string_view text)
{
    update(std::as_bytes(std::span(text.data(), text.size())));
}

void Sha256::updateFramed(std::string_view text)
{
    updateInteger(text.size());
    update(text);
}

void Sha256::updateInteger(std::uint64_t value)
{
    std::array<std::byte, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>((value >> (8 * i)) & 0xFFU);
    update(bytes);
}

Sha256Digest Sha256::finish()
{
    return m_state->finish();
}

std::string Sha256::finishHex()
{
    return toHex(finish());
}

std::string sha256Hex(std::string_view text)
{
    return sha256Hex(std::as_bytes(std::span(text.data(), text.size())));
}

std::string sha256Hex(std::span<const std::byte> bytes)
{
    Sha256 hash;
    hash.update(bytes);
    return hash.finishHex();
}

Result<FileDigest> sha256File(const std::filesystem::path &path)
{
    IBIDEM_TRY(const FileHandle file, FileHandle::openForReading(path));
    IBIDEM_CHECK(file.requireRegular());
    constexpr std::size_t kBlockBytes = 1U << 20U;
    std::vector<std::byte> block(kBlockBytes);
    Sha256 hash;
    FileDigest digest;
    while (true) {
        IBIDEM_TRY(const std::size_t got, file.read(block));
        if (got == 0)
            break;
        hash.update(std::span(block).first(got));
        digest.bytes += got;
    }
    digest.sha256 = hash.finishHex();
    return digest;
}

} // namespace ibidem
