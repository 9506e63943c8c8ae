// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <QStringList>

namespace ibidem::view {

/// What a file that holds several of a kind wants to be told before it can be read.
struct OpenChoice
{
    enum class Option { None, Genome, Matrix, FeatureType };
    Option option = Option::None;
    QStringList values; ///< what may be chosen
};

/// Of the converter's Usage error, whose cure names the option and ends with the list: "choose with genome:
/// hg19, mm10". Option::None if the error is another one.
[[nodiscard]] OpenChoice choiceOf(const Error &error);

} // namespace ibidem::view
