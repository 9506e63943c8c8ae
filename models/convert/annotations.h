// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/column_roles.h"

namespace ibidem::convert {

/// Reads a table that is mostly text, one record a sample. `reader` stands behind the header.
[[nodiscard]] Result<data::TableContainer> readAnnotations(TextTable &table, const TableSample &sample,
                                                           const ColumnRoles &roles, RowReader &reader);

} // namespace ibidem::convert
