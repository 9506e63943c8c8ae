// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/trees/xgboost_api.h"

#include <xgboost/c_api.h>

#include <utility>

namespace ibidem::train {

namespace {

Status checked(int code, std::string_view what)
{
    if (code == 0)
        return {};
    // The first line names the cause; a stack trace with addresses follows.
    std::string_view words = XGBGetLastError();
    if (const std::size_t trace = words.find("\nStack trace"); trace != std::string_view::npos)
        words = words.substr(0, trace);
    return fail(ErrorCode::Internal, "XGBoost failed " + std::string(what) + ": " + std::string(words));
}

std::string arrayInterface(const float *values, std::size_t rows, std::size_t columns)
{
    return "{\"data\":[" + std::to_string(reinterpret_cast<std::uintptr_t>(values)) + ",true],\"shape\":[" +
           std::to_string(rows) + "," + std::to_string(columns) + "],\"typestr\":\"<f4\",\"version\":3}";
}

constexpr const char *kMarginQuery =
    R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})";

} // namespace

Result<Matrix> Matrix::create(std::span<const float> values, std::size_t columns, int threads)
{
    Matrix matrix;
    matrix.m_rows = columns == 0 ? 0 : values.size() / columns;
    const std::string array = arrayInterface(values.data(), matrix.m_rows, columns);
    const std::string settings = "{\"missing\":NaN,\"nthread\":" + std::to_string(threads) + "}";
    IBIDEM_CHECK(checked(XGDMatrixCreateFromDense(array.c_str(), settings.c_str(), &matrix.m_handle),
                         "to take the data"));
    return matrix;
}

Matrix::~Matrix()
{
    if (m_handle)
        XGDMatrixFree(m_handle);
}

Matrix::Matrix(Matrix &&other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr))
    , m_rows(other.m_rows)
{}

Matrix &Matrix::operator=(Matrix &&other) noexcept
{
    std::swap(m_handle, other.m_handle);
    std::swap(m_rows, other.m_rows);
    return *this;
}

Status Matrix::setLabels(std::span<const std::int32_t> classes)
{
    const std::vector<float> labels(classes.begin(), classes.end());
    const std::string array =
        "{\"data\":[" + std::to_string(reinterpret_cast<std::uintptr_t>(labels.data())) +
        ",true],\"shape\":[" + std::to_string(labels.size()) + "],\"typestr\":\"<f4\",\"version\":3}";
    return checked(XGDMatrixSetInfoFromInterface(m_handle, "label", array.c_str()), "to take the labels");
}

Result<Booster> Booster::create(const std::vector<const Matrix *> &cached)
{
    std::vector<DMatrixHandle> handles;
    for (const Matrix *matrix : cached)
        handles.push_back(matrix->handle());
    Booster booster;
    IBIDEM_CHECK(checked(XGBoosterCreate(handles.data(), handles.size(), &booster.m_handle), "to start"));
    return booster;
}

Booster::~Booster()
{
    if (m_handle)
        XGBoosterFree(m_handle);
}

Booster::Booster(Booster &&other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr))
{}

Booster &Booster::operator=(Booster &&other) noexcept
{
    std::swap(m_handle, other.m_handle);
    return *this;
}

Status Booster::set(const std::string &name, const std::string &value)
{
    return checked(XGBoosterSetParam(m_handle, name.c_str(), value.c_str()),
                   "to set " + name + " = " + value);
}

Status Booster::setFeatureNames(const std::vector<std::string> &names)
{
    std::vector<const char *> pointers;
    pointers.reserve(names.size());
    for (const std::string &name : names)
        pointers.push_back(name.c_str());
    return checked(XGBoosterSetStrFeatureInfo(m_handle, "feature_name", pointers.data(), pointers.size()),
                   "to take the genes' names");
}

Status Booster::update(std::int64_t round, const Matrix &matrix)
{
    return checked(XGBoosterUpdateOneIter(m_handle, static_cast<int>(round), matrix.handle()),
                   "in round " + std::to_string(round + 1));
}

Status Booster::update(std::int64_t round, const Matrix &matrix, std::span<const float> gradients,
                       std::span<const float> hessians)
{
    const std::size_t groups = gradients.size() / matrix.rows();
    return checked(XGBoosterTrainOneIter(m_handle, matrix.handle(), static_cast<int>(round),
                                         arrayInterface(gradients.data(), matrix.rows(), groups).c_str(),
                                         arrayInterface(hessians.data(), matrix.rows(), groups).c_str()),
                   "in round " + std::to_string(round + 1));
}

Status Booster::margins(const Matrix &matrix, std::vector<float> &margins) const
{
    const bst_ulong *shape = nullptr;
    bst_ulong dimensions = 0;
    const float *values = nullptr;
    IBIDEM_CHECK(checked(
        XGBoosterPredictFromDMatrix(m_handle, matrix.handle(), kMarginQuery, &shape, &dimensions, &values),
        "to predict"));
    std::size_t count = 1;
    for (bst_ulong i = 0; i < dimensions; ++i)
        count *= shape[i];
    margins.assign(values, values + count);
    return {};
}

Result<std::string> Booster::model() const
{
    bst_ulong size = 0;
    const char *bytes = nullptr;
    IBIDEM_CHECK(checked(XGBoosterSaveModelToBuffer(m_handle, R"({"format":"ubj"})", &size, &bytes),
                         "to save the model"));
    return std::string(bytes, size);
}

Result<std::string> Booster::state() const
{
    bst_ulong size = 0;
    const char *bytes = nullptr;
    IBIDEM_CHECK(checked(XGBoosterSerializeToBuffer(m_handle, &size, &bytes), "to save its state"));
    return std::string(bytes, size);
}

Status Booster::restore(std::string_view state)
{
    return checked(XGBoosterUnserializeFromBuffer(m_handle, state.data(), state.size()),
                   "to restore its state");
}

Result<Json> Booster::configuration() const
{
    bst_ulong size = 0;
    const char *text = nullptr;
    IBIDEM_CHECK(checked(XGBoosterSaveJsonConfig(m_handle, &size, &text), "to tell its settings"));
    return parseJson({text, size}, "XGBoost's settings");
}

Result<std::int64_t> Booster::rounds() const
{
    int rounds = 0;
    IBIDEM_CHECK(checked(XGBoosterBoostedRounds(m_handle, &rounds), "to count its rounds"));
    return rounds;
}

std::string xgboostVersion()
{
    int major = 0;
    int minor = 0;
    int patch = 0;
    XGBoostVersion(&major, &minor, &patch);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

Json xgboostBuild()
{
    const char *text = nullptr;
    if (XGBuildInfo(&text) != 0 || !text)
        return Json::object();
    auto parsed = parseJson(text);
    return parsed ? *std::move(parsed) : Json::object();
}

void silenceXgboost()
{
    XGBSetGlobalConfig(R"({"verbosity":0})");
    XGBRegisterLogCallback([](const char *) {});
}

} // namespace ibidem::train
