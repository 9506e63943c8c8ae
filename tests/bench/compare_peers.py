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

from side_by_side import Scratch, folder, in_turns, summary, write

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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--python", help="an interpreter with xgboost, numpy and scikit-learn")
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()

    binaries, data, peers = folder("IBIDEM_BIN", "build/release/bin"), folder("IBIDEM_TEST_DATA", "../shared/data"), folder("IBIDEM_PEERS", "../shared/peers")
    train, test = data / "mlf-core/lcep_train.tsv", data / "mlf-core/lcep_test.tsv"
    scratch = Scratch()
    ibidem_train = [binaries / "ibidem", "train", "lcep-xgboost", "--data", train, "--test", test, "--out", scratch.path / "run", "--quiet"]
    peer = "peer: Python and XGBoost, files to metrics"
    contenders = {peer: ([options.python, "-c", PEER, peers, train, test], None, None)} if options.python else {}
    contenders |= {
        "ibidem train lcep-xgboost, files to metrics, empty cache": (ibidem_train, lambda: scratch.forget("cache", "run"), None),
        "ibidem train lcep-xgboost, converted files in the cache": (ibidem_train, lambda: scratch.forget("run"), None),
        "ibidem --version": ([binaries / "ibidem", "--version"], None, None),
    }
    if (binaries / "ibidem-desktop").exists():
        contenders["ibidem-desktop, process start to first paint and exit"] = ([binaries / "ibidem-desktop", "--no-settings", "--measure-start"], None, None)
    times = in_turns(contenders, options.repeat, scratch.environment)
    scratch.close()
    figures = [summary(name, values, times[peer] if options.python and "train" in name else None) for name, values in times.items()]
    write(options.json, options.repeat, figures)


if __name__ == "__main__":
    main()
