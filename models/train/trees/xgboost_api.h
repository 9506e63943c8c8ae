// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The part of XGBoost's C interface that is used, with results and owners. Failures are Internal with
/// XGBoost's own words.
namespace ibidem::train {

/// A DMatrix. Move only.
class Matrix
{
public:
    /// rows × columns, row-major; NaN is missing. The values are copied.
    [[nodiscard]] static Result<Matrix> create(std::span<const float> values, std::size_t columns,
                                               int threads);
    Matrix() = default;
    ~Matrix();
    Matrix(const Matrix &) = delete;
    Matrix &operator=(const Matrix &) = delete;
    Matrix(Matrix &&other) noexcept;
    Matrix &operator=(Matrix &&other) noexcept;

    [[nodiscard]] Status setLabels(std::span<const std::int32_t> classes);
    [[nodiscard]] Status setFeatureNames(const std::vector<std::string> &names);

    [[nodiscard]] void *handle() const noexcept { return m_handle; }

    [[nodiscard]] std::size_t rows() const noexcept { return m_rows; }

private:
    void *m_handle = nullptr;
    std::size_t m_rows = 0;
};

/// A Booster. Move only; the matrices that it caches must outlive it.
class Booster
{
public:
    [[nodiscard]] static Result<Booster> create(const std::vector<const Matrix *> &cached);
    Booster() = default;
    ~Booster();
    Booster(const Booster &) = delete;
    Booster &operator=(const Booster &) = delete;
    Booster(Booster &&other) noexcept;
    Booster &operator=(Booster &&other) noexcept;

    [[nodiscard]] Status set(const std::string &name, const std::string &value);
    /// They are kept in the model.
    [[nodiscard]] Status setFeatureNames(const std::vector<std::string> &names);
    /// One round with the library's own objective.
    [[nodiscard]] Status update(std::int64_t round, const Matrix &matrix);
    /// One round with given gradients, rows × groups.
    [[nodiscard]] Status update(std::int64_t round, const Matrix &matrix, std::span<const float> gradients,
                                std::span<const float> hessians);
    /// Copies the margins, rows × groups. For cached matrices only the newest trees are evaluated.
    [[nodiscard]] Status margins(const Matrix &matrix, std::vector<float> &margins) const;
    [[nodiscard]] Result<std::string> model() const; ///< UBJSON
    [[nodiscard]] Result<std::string> state() const; ///< everything, for a checkpoint
    [[nodiscard]] Status restore(std::string_view state);
    [[nodiscard]] Result<Json> configuration() const;
    [[nodiscard]] Result<std::int64_t> rounds() const;

private:
    void *m_handle = nullptr;
};

[[nodiscard]] std::string xgboostVersion(); ///< "3.4.1"
[[nodiscard]] Json xgboostBuild();
/// No log lines on standard output, whatever the library thinks. Per thread.
void silenceXgboost();

} // namespace ibidem::train
