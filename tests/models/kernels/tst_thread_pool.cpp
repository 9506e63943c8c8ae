// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/thread_pool.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <pthread.h>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

namespace ibidem::kernels {

class TestThreadPool : public QObject
{
    Q_OBJECT

private slots:
    void doesEveryPieceOnce_data();
    void doesEveryPieceOnce();
    void everyThreadTakesPart_data();
    void everyThreadTakesPart();
    void waitsForThePieceOfAnotherThread();
    void doesNotWaitForAThreadThatDoesNotRun();
    void goesOnAfterAnException();
    void tellsOfAChangedFloatState();
};

void TestThreadPool::doesEveryPieceOnce_data()
{
    QTest::addColumn<unsigned>("threads");
    for (const unsigned threads : {1U, 2U, 3U, 7U})
        QTest::addRow("%u", threads) << threads;
}

/// Rounds close upon each other, and far enough apart for the threads to have gone to sleep.
void TestThreadPool::doesEveryPieceOnce()
{
    QFETCH(unsigned, threads);
    ThreadPool pool(threads);
    QCOMPARE(pool.threadCount(), threads);
    std::vector<int> done(64);
    for (int round = 0; round < 20000; ++round) {
        const std::size_t pieces = static_cast<std::size_t>(round) % done.size();
        std::fill(done.begin(), done.end(), 0);
        pool.run(pieces, [&](std::size_t piece) { ++done[piece]; }); // not atomic: each once
        for (std::size_t piece = 0; piece < done.size(); ++piece)
            QCOMPARE(done[piece], piece < pieces ? 1 : 0);
        if (round % 500 == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void TestThreadPool::everyThreadTakesPart_data()
{
    doesEveryPieceOnce_data();
}

/// As many pieces as threads, each of which waits for all others: nobody can do two.
void TestThreadPool::everyThreadTakesPart()
{
    QFETCH(unsigned, threads);
    ThreadPool pool(threads);
    for (int round = 0; round < 20; ++round) {
        std::atomic<unsigned> arrived = 0;
        std::vector<std::thread::id> ids(threads);
        pool.run(threads, [&](std::size_t piece) {
            ids[piece] = std::this_thread::get_id();
            ++arrived;
            while (arrived.load() < threads)
                std::this_thread::yield();
        });
        QCOMPARE(std::set<std::thread::id>(ids.begin(), ids.end()).size(), std::size_t{threads});
        if (round % 2 == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1)); // they sleep, and are woken
    }
}

void TestThreadPool::waitsForThePieceOfAnotherThread()
{
    ThreadPool pool(2);
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> arrived = 0;
        std::atomic<bool> isSlowDone = false;
        const auto caller = std::this_thread::get_id();
        pool.run(2, [&](std::size_t) {
            ++arrived;
            while (arrived.load() < 2)
                std::this_thread::yield();
            if (std::this_thread::get_id() == caller)
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(2)); // longer than the caller looks
            isSlowDone = true;
        });
        QVERIFY(isSlowDone);
    }
}

namespace {

std::atomic<bool> isHeld = false;
std::atomic<bool> mayGoOn = false;

/// Keeps the thread that gets the signal from everything else, as a busy machine may.
void holdThread(int)
{
    isHeld = true;
    while (!mayGoOn.load()) {
    }
}

} // namespace

void TestThreadPool::doesNotWaitForAThreadThatDoesNotRun()
{
    ThreadPool pool(2);
    std::atomic<int> arrived = 0;
    std::atomic<pthread_t> other = pthread_self();
    const pthread_t caller = pthread_self();
    pool.run(2, [&](std::size_t) {
        ++arrived;
        while (arrived.load() < 2)
            std::this_thread::yield();
        if (pthread_equal(pthread_self(), caller) == 0)
            other = pthread_self();
    });
    struct sigaction action = {};
    action.sa_handler = holdThread;
    QCOMPARE(::sigaction(SIGUSR2, &action, nullptr), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // it sleeps, and holds no lock
    QCOMPARE(::pthread_kill(other.load(), SIGUSR2), 0);
    while (!isHeld.load())
        std::this_thread::yield();
    std::vector<int> done(100);
    pool.run(done.size(), [&](std::size_t piece) { ++done[piece]; }); // waiting would never end
    QVERIFY(std::all_of(done.begin(), done.end(), [](int times) { return times == 1; }));
    mayGoOn = true;
    pool.run(done.size(), [&](std::size_t piece) { ++done[piece]; });
    QVERIFY(std::all_of(done.begin(), done.end(), [](int times) { return times == 2; }));
}

void TestThreadPool::goesOnAfterAnException()
{
    ThreadPool pool(2);
    const auto caller = std::this_thread::get_id();
    const auto throwing = [&](std::size_t) {
        if (std::this_thread::get_id() == caller)
            throw std::runtime_error("no memory, say");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    };
    for (int round = 0; round < 5; ++round)
        QVERIFY_EXCEPTION_THROWN(pool.run(64, throwing), std::runtime_error);
    std::atomic<int> arrived = 0;
    pool.run(2, [&](std::size_t) { // needs both threads
        ++arrived;
        while (arrived.load() < 2)
            std::this_thread::yield();
    });
    QCOMPARE(arrived.load(), 2);
}

void TestThreadPool::tellsOfAChangedFloatState()
{
    ThreadPool pool(3);
    QVERIFY(pool.isFloatStateExact());
    pool.run(64, [](std::size_t) {});
    QVERIFY(pool.isFloatStateExact());
#ifdef __x86_64__
    std::atomic<unsigned> arrived = 0;
    const auto caller = std::this_thread::get_id();
    pool.run(3, [&](std::size_t) {
        ++arrived;
        while (arrived.load() < 3)
            std::this_thread::yield();
        if (std::this_thread::get_id() != caller)
            _mm_setcsr(_mm_getcsr() | 0x8000U); // a library that flushes denormals to zero
    });
    QVERIFY(isFloatStateExact());
    QVERIFY(!pool.isFloatStateExact());
#endif
}

} // namespace ibidem::kernels

QTEST_GUILESS_MAIN(ibidem::kernels::TestThreadPool)
#include "tst_thread_pool.moc"
