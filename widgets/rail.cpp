// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/rail.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QButtonGroup>
#include <QToolButton>
#include <QVBoxLayout>

namespace ibidem::widgets {

namespace {

struct StepName
{
    const char *objectName;
    const char *icon;
    const char *title;
};

constexpr std::array<StepName, 4> kSteps{{
    {"stepData", "data", QT_TRANSLATE_NOOP("Rail", "Data")},
    {"stepTrain", "train", QT_TRANSLATE_NOOP("Rail", "Train")},
    {"stepCompare", "compare", QT_TRANSLATE_NOOP("Rail", "Compare")},
    {"stepReport", "report", QT_TRANSLATE_NOOP("Rail", "Report")},
}};

QString markOf(view::StepState state)
{
    switch (state) {
    case view::StepState::Empty:
        return QStringLiteral("–");
    case view::StepState::Attention:
        return QStringLiteral("!");
    case view::StepState::Ready:
        return QStringLiteral("✓");
    case view::StepState::Running:
        break;
    }
    return QStringLiteral("●");
}

} // namespace

Rail::Rail(QWidget *parent)
    : QWidget(parent)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 4, 8);
    layout->setSpacing(4);
    auto *group = new QButtonGroup(this);
    for (std::size_t place = 0; place < kSteps.size(); ++place) {
        auto *button = named(new QToolButton(this), kSteps[place].objectName);
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIcon(symbol(QLatin1String(kSteps[place].icon)));
        button->setIconSize(QSize(28, 28));
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        button->setMinimumSize(176, 56);
        group->addButton(button);
        layout->addWidget(button);
        m_buttons[place] = button;
        const auto step = static_cast<view::Step>(place);
        setStep(step, {});
        connect(button, &QToolButton::clicked, this, [this, step] { Q_EMIT chosen(step); });
    }
    layout->addStretch(1);
    m_buttons[0]->setChecked(true);
}

void Rail::setStep(view::Step step, const view::StepView &shown)
{
    const auto place = static_cast<std::size_t>(step);
    const QString title = tr(kSteps[place].title);
    m_buttons[place]->setText(
        tr("%1  %2\n%3 %4").arg(place + 1).arg(title, markOf(shown.state), shown.status));
    m_buttons[place]->setAccessibleName(tr("Step %1, %2: %3").arg(place + 1).arg(title, shown.status));
    m_buttons[place]->setToolTip(tr("%1 (Ctrl+%2)").arg(title).arg(place + 1));
}

void Rail::setCurrent(view::Step step)
{
    m_buttons[static_cast<std::size_t>(step)]->setChecked(true);
}

} // namespace ibidem::widgets
