// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/parts.h"

#include "models/view/checks_model.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QStyledItemDelegate>

namespace ibidem::widgets {

namespace {

constexpr int kDarkerThanHighlight = 165; ///< per cent

QIcon checkIcon(data::CheckState state)
{
    switch (state) {
    case data::CheckState::Ok:
        return symbol(QStringLiteral("ok"), Tone::Good);
    case data::CheckState::Warning:
        return symbol(QStringLiteral("warning"), Tone::Doubtful);
    case data::CheckState::Error:
        break;
    }
    return symbol(QStringLiteral("error"), Tone::Bad);
}

class CheckDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->displayAlignment = Qt::AlignLeft | Qt::AlignTop;
        if (index.column() != view::ChecksModel::StateColumn)
            return;
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->decorationAlignment = Qt::AlignLeft | Qt::AlignTop;
        option->decorationSize = QSize(16, 16);
        option->icon =
            checkIcon(static_cast<data::CheckState>(index.data(view::ChecksModel::StateRole).toInt()));
    }
};

} // namespace

QLabel *wrappedLabel(const char *objectName, QWidget *parent)
{
    auto *label = named(new QLabel(parent), objectName);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QLabel *heading(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

void enableUnless(QAbstractButton *button, const QString &whyNot)
{
    button->setEnabled(whyNot.isEmpty());
    button->setToolTip(whyNot);
    button->setStatusTip(whyNot);
    button->setAccessibleDescription(whyNot);
}

void setEntries(QComboBox *combo, const QStringList &entries)
{
    QStringList shown;
    for (int place = 0; place < combo->count(); ++place)
        shown << combo->itemText(place);
    if (shown == entries)
        return;
    combo->clear();
    combo->addItems(entries);
}

PrimaryButton::PrimaryButton(const QString &text, QWidget *parent)
    : QPushButton(text, parent)
{
    QFont bold = font();
    bold.setBold(true);
    setFont(bold);
    adoptPalette();
}

void PrimaryButton::adoptPalette()
{
    if (m_adopting)
        return;
    m_adopting = true;
    QPalette colors = QApplication::palette();
    for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive}) {
        // The style paints buttons lighter than their colour.
        colors.setColor(group, QPalette::Button,
                        colors.color(QPalette::Highlight).darker(kDarkerThanHighlight));
        colors.setColor(group, QPalette::ButtonText, colors.color(QPalette::HighlightedText));
    }
    setPalette(colors);
    m_adopting = false;
}

void PrimaryButton::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange || event->type() == QEvent::PaletteChange)
        adoptPalette();
    QPushButton::changeEvent(event);
}

ReadingTable::ReadingTable(QWidget *parent)
    : QTableView(parent)
{
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setTabKeyNavigation(false);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setHorizontalScrollMode(ScrollPerPixel);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
}

ValueTable::ValueTable(QWidget *parent)
    : ReadingTable(parent)
{
    setSelectionBehavior(SelectItems);
    setSelectionMode(ContiguousSelection);
    setShowGrid(true);
    setVerticalScrollMode(ScrollPerItem);
    setCornerButtonEnabled(false);
    horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
}

void ValueTable::keyboardSearch(const QString &)
{}

CheckTable::CheckTable(QWidget *parent)
    : ReadingTable(parent)
{
    setWordWrap(true);
    setAlternatingRowColors(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new CheckDelegate(this));
    horizontalHeader()->hide();
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    verticalHeader()->setMinimumSectionSize(fontMetrics().height() + 6);
}

void CheckTable::setModel(QAbstractItemModel *model)
{
    ReadingTable::setModel(model);
    if (!model)
        return;
    horizontalHeader()->setSectionResizeMode(view::ChecksModel::StateColumn, QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionResizeMode(view::ChecksModel::MessageColumn, QHeaderView::Stretch);
    connect(
        horizontalHeader(), &QHeaderView::sectionResized, verticalHeader(),
        [this] { resizeRowsToContents(); }, Qt::QueuedConnection); // a scroll bar may just be coming
}

ProblemBanner::ProblemBanner(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(wrappedLabel("problemText", this))
{
    setFrameShape(StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto *layout = new QHBoxLayout(this);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    hide();
}

void ProblemBanner::setProblem(const view::Problem &problem)
{
    m_icon->setPixmap(symbol(QStringLiteral("error"), Tone::Bad).pixmap(QSize(24, 24), devicePixelRatio()));
    QStringList lines{problem.cause};
    if (!problem.file.isEmpty())
        lines << tr("File: %1").arg(problem.file);
    if (!problem.cure.isEmpty())
        lines << tr("What to do: %1").arg(problem.cure);
    m_text->setText(lines.join(QLatin1Char('\n')));
    setVisible(!problem.isEmpty());
}

} // namespace ibidem::widgets
