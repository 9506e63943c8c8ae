// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/error_json.h"

#include <cstring>

namespace ibidem::jobs {

Json errorJson(const Error &error)
{
    return Json{{"code", std::string(codeName(error.code))},
                {"message", error.message},
                {"path", error.path},
                {"cure", error.cure}};
}

Error errorFromJson(const Json &json)
{
    const auto text = [&json](const char *key) { return stringAt(json, key).value_or(std::string()); };
    return Error{codeOfName(text("code")), text("message"), text("path"), text("cure")};
}

std::string signalName(int signal)
{
    const char *name = sigabbrev_np(signal);
    return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

} // namespace ibidem::jobs
