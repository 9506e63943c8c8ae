#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""What the autoencoder learns, ours beside PyTorch's: the loss of the last epoch over many seeds, because one seed's says little.

    IBIDEM_PEERS_PYTHON=…/bin/python tests/bench/compare_learning.py [--seeds 20] [--epochs 50] [--datasets paul15,…]

Interpreter, peer and data as in compare_autoencoder.py. Prints one JSON line a data set: mean, standard deviation and median of both sides, the ratio of
the means, and their difference in standard errors."""
import argparse
import json
import math
import statistics

import compare_autoencoder as epochs
import side_by_side as side


def summary(losses):
    return {"mean": statistics.fmean(losses), "deviation": statistics.stdev(losses), "median": statistics.median(losses)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--datasets", default=",".join(epochs.DATASETS))
    args = parser.parse_args()
    scratch = side.Scratch()
    try:
        for name in args.datasets.split(","):
            prepared = epochs.prepare(name, scratch)
            seeds = list(range(args.seeds))
            ours = [json.loads(side.run(epochs.our_command(prepared, args.epochs, seed, 2), scratch.environment)[1])["loss"] for seed in seeds]
            peer = epochs.peer_command(prepared, args.epochs, seeds, 2)
            theirs = [json.loads(line)["loss"] for line in side.run(peer, scratch.environment)[1].splitlines()]
            a, b = summary(ours), summary(theirs)
            error = math.hypot(a["deviation"], b["deviation"]) / math.sqrt(len(seeds))
            print(json.dumps({"data": name, "epochs": args.epochs, "seeds": len(seeds), "ibidem": a, "pytorch": b,
                              "ratio": round(a["mean"] / b["mean"], 4), "standard_errors": round((a["mean"] - b["mean"]) / error, 2)}), flush=True)
    finally:
        scratch.close()


if __name__ == "__main__":
    main()
