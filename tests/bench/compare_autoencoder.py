#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""An epoch of the single-cell autoencoder, ours (records included) beside PyTorch's, in turns on one machine.

    IBIDEM_PEERS_PYTHON=…/bin/python tests/bench/compare_autoencoder.py [--turns 5] [--epochs 20] [--threads 2] [--busy]

The interpreter needs torch; the peer is autoencoder_torch.py in $IBIDEM_PEERS. Both learn from the very same matrix, prepared by
`ibidem prepare` out of $IBIDEM_TEST_DATA. --busy keeps one core busy meanwhile. Prints one JSON line a data set."""
import argparse
import json
import os
import subprocess
import sys

import side_by_side as side

DATASETS = {"paul15": ("paul15_cluster.h5ad", []), "neurons10k": ("10x_neurons_10k_subset.h5ad", ["--set", "minGenes=20"]),
            "heart1k": ("heart_1k_v2_filtered_gene_bc_matrices_h5.h5", [])}
PEER = """
import sys, json, struct
sys.path.insert(0, sys.argv[1])
import numpy, torch, autoencoder_torch
raw = open(sys.argv[2], 'rb').read()
size = struct.unpack('<Q', raw[:8])[0]
entry = json.loads(raw[8:8 + size])['values']
first, last = entry['data_offsets']
x = numpy.frombuffer(raw[8 + size + first:8 + size + last], dtype='<f4').reshape(entry['shape']).copy()
torch.set_num_threads(int(sys.argv[4]))
torch.use_deterministic_algorithms(True)
for seed in json.loads(sys.argv[5]):
    model, total, seconds, loss = autoencoder_torch.train(torch, torch.from_numpy(x), int(sys.argv[3]), 256, seed)
    print(json.dumps({'epoch': min(seconds), 'median': sorted(seconds)[len(seconds) // 2], 'slowest': max(seconds), 'loss': loss}), flush=True)
"""


def prepare(name, scratch):
    """The matrix that both sides learn from."""
    file, options = DATASETS[name]
    prepared = scratch.path / (name + ".safetensors")
    data = side.folder("IBIDEM_TEST_DATA", "../shared/data") / "singlecell" / file
    side.run([side.folder("IBIDEM_BUILD", "build/release") / "bin/ibidem", "prepare", data, "--out", prepared, *options], scratch.environment)
    return prepared


def our_command(prepared, epochs, seed, threads):
    return [side.folder("IBIDEM_BUILD", "build/release") / "tests/bench_epoch", prepared, f"epochs={epochs}", f"seed={seed}", f"threads={threads}"]


def peer_command(prepared, epochs, seeds, threads):
    python = os.environ.get("IBIDEM_PEERS_PYTHON", sys.executable)
    return [python, "-c", PEER, side.folder("IBIDEM_PEERS", "../shared/peers"), prepared, epochs, threads, json.dumps(seeds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--datasets", default=",".join(DATASETS))
    args = parser.parse_args()
    scratch = side.Scratch()
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if args.busy else None
    try:
        for name in args.datasets.split(","):
            prepared = prepare(name, scratch)
            ours = our_command(prepared, args.epochs, 0, args.threads)
            peer = peer_command(prepared, args.epochs, [0], args.threads)
            figures = {"ibidem": [], "pytorch": []}
            for _ in range(args.turns):
                for who, command in (("ibidem", ours), ("pytorch", peer)):
                    figures[who].append(json.loads(side.run(command, scratch.environment)[1]))
            best = {who: min(one["epoch"] for one in turns) for who, turns in figures.items()}
            median = {who: sorted(one["median"] for one in turns)[len(turns) // 2] for who, turns in figures.items()}
            print(json.dumps({"data": name, "threads": args.threads, "busy": args.busy, "ibidem": best["ibidem"], "pytorch": best["pytorch"],
                              "ratio": round(best["ibidem"] / best["pytorch"], 3), "medians": median,
                              "loss": {who: turns[0]["loss"] for who, turns in figures.items()}}), flush=True)
    finally:
        if busy:
            busy.kill()
        scratch.close()


if __name__ == "__main__":
    main()
