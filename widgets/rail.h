// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/session.h"

#include <QWidget>

#include <array>

class QToolButton;

namespace ibidem::widgets {

/// The four steps, always visible, never locked, each with its mark and a few words.
class Rail final : public QWidget
{
    Q_OBJECT

public:
    explicit Rail(QWidget *parent = nullptr);
    void setStep(view::Step step, const view::StepView &shown);
    void setCurrent(view::Step step);

Q_SIGNALS:
    void chosen(ibidem::view::Step step);

private:
    std::array<QToolButton *, 4> m_buttons{};
};

} // namespace ibidem::widgets
