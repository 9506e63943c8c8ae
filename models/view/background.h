// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <utility>

namespace ibidem::view {

/// One worker thread of an object that lives in a thread with an event loop: run() does `work` there and
/// hands its value to `done` in the object's own thread, in order. The destructor waits for the work that has
/// begun; nothing is delivered afterwards. Make it the last member, so that it goes first.
class Background final
{
public:
    explicit Background(QObject *context)
        : m_context(context)
    {
        m_pool.setMaxThreadCount(1);
    }

    ~Background()
    {
        m_pool.clear();
        m_pool.waitForDone();
    }
    Q_DISABLE_COPY_MOVE(Background)

    template <class Work, class Done>
    void run(Work work, Done done)
    {
        m_pool.start([context = m_context, work = std::move(work), done = std::move(done)] {
            auto value = std::make_shared<decltype(work())>(work());
            QMetaObject::invokeMethod(
                context, [value, done] { done(std::move(*value)); }, Qt::QueuedConnection);
        });
    }

private:
    QObject *m_context;
    QThreadPool m_pool;
};

} // namespace ibidem::view
