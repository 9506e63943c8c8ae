// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/drop_zone.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace ibidem::widgets {

namespace {

constexpr double kTitleSize = 1.6;
constexpr double kLineLength = 88.0; ///< letters of the ordinary size

QLabel *centred(const QString &text, QWidget *parent, double size = 1.0)
{
    auto *label = new QLabel(text, parent);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * size);
    label->setFont(font);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    // A centred label is not asked for its height at a width: wrapped lines would be cut.
    label->ensurePolished();
    label->setFixedWidth(static_cast<int>(label->fontMetrics().averageCharWidth() * kLineLength / size));
    label->setMinimumHeight(label->heightForWidth(label->width()));
    return label;
}

} // namespace

DropZone::DropZone(QWidget *parent)
    : QFrame(parent)
    , m_sample(named(new QPushButton(symbol(QStringLiteral("data")), tr("&Make a small sample"), this),
                     "makeSampleButton"))
    , m_recent(new QWidget(this))
    , m_recentLayout(new QVBoxLayout(m_recent))
{
    auto *open = named(new PrimaryButton(tr("&Open file…"), this), "openFileButton");
    auto *openFolder =
        named(new QPushButton(symbol(QStringLiteral("open")), tr("Open fol&der…"), this), "openFolderButton");
    auto *icon = new QLabel(this);
    icon->setPixmap(symbol(QStringLiteral("drop")).pixmap(QSize(48, 48), devicePixelRatio()));
    icon->setAlignment(Qt::AlignCenter);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(open);
    buttons->addWidget(openFolder);
    buttons->addWidget(m_sample);
    buttons->addStretch(1);
    m_recentLayout->setContentsMargins(0, 0, 0, 0);
    m_recentLayout->setSpacing(0);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(14);
    layout->addStretch(2);
    layout->addWidget(icon, 0, Qt::AlignHCenter);
    layout->addWidget(
        centred(tr("Drop a table of gene expression or a matrix of cells here"), this, kTitleSize), 0,
        Qt::AlignHCenter);
    layout->addWidget(
        centred(tr("Genes and samples as .tsv, .csv or .gct, also .gz; class labels as .cls or .tsv"), this),
        0, Qt::AlignHCenter);
    layout->addWidget(
        centred(tr("Cells and genes as .h5ad, 10x .h5, .loom or a folder with matrix.mtx"), this), 0,
        Qt::AlignHCenter);
    layout->addLayout(buttons);
    layout->addWidget(centred(tr("Next: the file is checked and gets a fingerprint, then a model can be "
                                 "trained on it, twice, and the "
                                 "two be compared bit for bit. Nothing leaves this computer."),
                              this),
                      0, Qt::AlignHCenter);
    layout->addWidget(m_recent, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    connect(open, &QPushButton::clicked, this, &DropZone::openRequested);
    connect(openFolder, &QPushButton::clicked, this, &DropZone::openFolderRequested);
    connect(m_sample, &QPushButton::clicked, this, &DropZone::sampleRequested);
    setRecentFiles({});
}

void DropZone::setRecentFiles(const QStringList &files)
{
    while (QLayoutItem *item = m_recentLayout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recent->setVisible(!files.isEmpty());
    if (files.isEmpty())
        return;
    m_recentLayout->addWidget(centred(tr("Recent files"), m_recent));
    for (const QString &file : files) {
        const QFileInfo info(file);
        auto *button = new QPushButton(
            info.exists() ? info.fileName() : tr("%1 (not found)").arg(info.fileName()), m_recent);
        named(button, "recentFileButton", tr("Open %1").arg(info.fileName()));
        button->setFlat(true);
        button->setToolTip(file);
        button->setEnabled(info.exists());
        m_recentLayout->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, file] { Q_EMIT recentChosen(file); });
    }
}

void DropZone::setMakingSample(bool making)
{
    enableUnless(m_sample, making ? tr("The sample is being made.") : QString());
}

void DropZone::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(palette().color(QPalette::PlaceholderText), 1.5, Qt::DashLine);
    painter.setPen(pen);
    painter.setBrush(palette().base());
    painter.drawRoundedRect(QRectF(rect()).adjusted(8, 8, -8, -8), 10, 10);
}

} // namespace ibidem::widgets
