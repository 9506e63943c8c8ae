// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QThreadPool>

#include <memory>
#include <mutex>
#include <utility>

namespace ibidem::jobs {

/// Runs work in the thread pool and delivers its value in the receiver's thread, or nowhere if the mailbox is
/// gone by then. A member of the receiver; the work must own what it uses.
class Mailbox
{
public:
    Mailbox() = default;
    Mailbox(const Mailbox &) = delete;
    Mailbox &operator=(const Mailbox &) = delete;

    ~Mailbox()
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->receiver = nullptr;
    }

    template <class Value, class Work, class Deliver>
    void run(QObject *receiver, Work work, Deliver deliver)
    {
        m_shared->receiver = receiver;
        QThreadPool::globalInstance()->start([shared = m_shared, work = std::move(work),
                                              deliver = std::move(deliver)] {
            auto value = std::make_shared<Value>(work());
            const std::lock_guard lock(shared->mutex);
            if (shared->receiver)
                QMetaObject::invokeMethod(
                    shared->receiver, [value, deliver] { deliver(std::move(*value)); }, Qt::QueuedConnection);
        });
    }

private:
    struct Shared
    {
        std::mutex mutex;
        QObject *receiver = nullptr;
    };

    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
};

} // namespace ibidem::jobs
