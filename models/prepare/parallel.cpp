// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace ibidem::prepare {

void forEachPart(unsigned threads, std::size_t count, const std::function<void(std::size_t)> &work)
{
    std::atomic<std::size_t> next{0};
    const auto takeParts = [&] {
        for (std::size_t part = next++; part < count; part = next++)
            work(part);
    };
    std::vector<std::thread> others;
    const std::size_t wanted = std::min<std::size_t>(threads, count);
    for (std::size_t i = 1; i < wanted; ++i) {
        try {
            others.emplace_back(takeParts);
        } catch (const std::system_error &) {
            break; // the machine gives no more threads: those that are there do the work
        }
    }
    takeParts();
    for (std::thread &other : others)
        other.join();
}

} // namespace ibidem::prepare
