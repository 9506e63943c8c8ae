// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/isa.h"

#include "models/base/text.h"

#include <algorithm>
#include <string>

namespace ibidem::kernels {

namespace {

std::vector<Isa> detect()
{
    std::vector<Isa> isas{Isa::Scalar};
#ifdef __x86_64__
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2)
        isas.push_back(Isa::Avx2);
    // The kernels need the first alone; libraries that are told "avx512" mean all four.
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        isas.push_back(Isa::Avx512);
#endif
    return isas;
}

} // namespace

std::string_view isaName(Isa isa) noexcept
{
    switch (isa) {
    case Isa::Avx2:
        return "avx2";
    case Isa::Avx512:
        return "avx512";
    case Isa::Scalar:
        break;
    }
    return "scalar";
}

const std::vector<Isa> &availableIsas()
{
    static const std::vector<Isa> isas = detect();
    return isas;
}

Result<Isa> isaOfName(std::string_view name)
{
    const std::vector<Isa> &available = availableIsas();
    if (name == "auto")
        return available.back();
    for (const Isa isa : {Isa::Scalar, Isa::Avx2, Isa::Avx512}) {
        if (isaName(isa) != name)
            continue;
        if (std::find(available.begin(), available.end(), isa) != available.end())
            return isa;
        return fail(ErrorCode::Unavailable, "this processor has no " + std::string(name), {},
                    "choose " + std::string(isaName(available.back())) +
                        " or auto: the results are the same");
    }
    return fail(ErrorCode::BadSpec, "isa is " + ibidem::quoted(name), {},
                "give auto, scalar, avx2 or avx512");
}

} // namespace ibidem::kernels
