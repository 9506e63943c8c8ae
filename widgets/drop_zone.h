// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <QStringList>

class QPushButton;
class QVBoxLayout;

namespace ibidem::widgets {

/// What the Data screen shows while there is nothing: what to drop, what happens next, and recent files.
class DropZone final : public QFrame
{
    Q_OBJECT

public:
    explicit DropZone(QWidget *parent = nullptr);
    void setRecentFiles(const QStringList &files);
    void setMakingSample(bool making);

Q_SIGNALS:
    void openRequested();
    void openFolderRequested();
    void sampleRequested();
    void recentChosen(const QString &file);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QPushButton *m_sample;
    QWidget *m_recent;
    QVBoxLayout *m_recentLayout;
};

} // namespace ibidem::widgets
