#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""Whole processes side by side, interleaved in one run: Ibidem and what people use today, as ratios.

    tests/bench/compare_peers.py [--repeat 7] [--python PEERS/bin/python] [--json FILE]

The peer is trees_xgboost.py's own code (parse, 1000 rounds, predict, metrics) in a fresh interpreter; its folder is
$IBIDEM_PEERS (default ../shared/peers), the data $IBIDEM_TEST_DATA (default ../shared/data), the programs $IBIDEM_BIN
(default build/release/bin). Without --python only Ibidem's own figures are measured.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEER = """
import sys
sys.path.insert(0, sys.argv[1])
import trees_xgboost as peer
import xgboost
train, labels, _ = peer.parse_plain(sys.argv[2])
test, truth, _ = peer.parse_plain(sys.argv[3])
booster = xgboost.train(dict(peer.PARAMS, nthread=1), xgboost.DMatrix(train, label=labels), 1000)
print(peer.metrics(truth, booster.predict(xgboost.DMatrix(test)))["logloss"])
"""


def folder(variable, default):
    return pathlib.Path(os.environ.get(variable, ROOT / default)).resolve()


def seconds(command, environment):
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--python", help="an interpreter with xgboost, numpy and scikit-learn")
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()

    binaries, data, peers = folder("IBIDEM_BIN", "build/release/bin"), folder("IBIDEM_TEST_DATA", "../shared/data"), folder("IBIDEM_PEERS", "../shared/peers")
    train, test = data / "mlf-core/lcep_train.tsv", data / "mlf-core/lcep_test.tsv"
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="ibidem-bench-"))
    plain = dict(os.environ, OMP_WAIT_POLICY="PASSIVE", XDG_CACHE_HOME=str(scratch / "cache"), XDG_DATA_HOME=str(scratch / "data"),
                 XDG_CONFIG_HOME=str(scratch / "config"), QT_QPA_PLATFORM="offscreen")
    plain.setdefault("IBIDEM_DEPENDENCIES", str(pathlib.Path.home() / ".cache/ibidem/dependencies"))

    def fresh():
        shutil.rmtree(scratch / "cache", ignore_errors=True)
        shutil.rmtree(scratch / "run", ignore_errors=True)

    ibidem_train = [binaries / "ibidem", "train", "lcep-xgboost", "--data", train, "--test", test, "--out", scratch / "run", "--quiet"]
    contenders = {
        "ibidem train lcep-xgboost, files to metrics, empty cache": (ibidem_train, fresh),
        "ibidem train lcep-xgboost, converted files in the cache": (ibidem_train, lambda: shutil.rmtree(scratch / "run", ignore_errors=True)),
        "ibidem --version": ([binaries / "ibidem", "--version"], None),
        "ibidem-desktop, process start to first paint and exit": ([binaries / "ibidem-desktop", "--no-settings", "--measure-start"], None),
    }
    peer_name = "peer: Python and XGBoost, files to metrics"
    if options.python:
        contenders = {peer_name: ([options.python, "-c", PEER, peers, train, test], None), **contenders}
    if not (binaries / "ibidem-desktop").exists():
        contenders.pop("ibidem-desktop, process start to first paint and exit")

    times = {name: [] for name in contenders}
    for turn in range(options.repeat + 1):  # the first turn warms the disk cache and does not count
        for name, (command, before) in contenders.items():
            if before:
                before()
            elapsed = seconds([str(part) for part in command], plain)
            if turn:
                times[name].append(elapsed)
    shutil.rmtree(scratch)

    reference = statistics.median(times[peer_name]) if options.python else None
    figures = []
    for name, values in times.items():
        figure = {"what": name, "median_s": round(statistics.median(values), 4), "min_s": round(min(values), 4), "max_s": round(max(values), 4)}
        if reference and "files to metrics" in name or reference and "cache" in name:
            figure["ratio_to_peer"] = round(figure["median_s"] / reference, 3)
        figures.append(figure)
        print("  ".join(f"{key} {value}" for key, value in figure.items()))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"repeat": options.repeat, "load1": os.getloadavg()[0], "figures": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
