#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""Opening and preparing single-cell matrices: Ibidem and scanpy side by side, whole processes in turns, as ratios.

    tests/bench/compare_matrices.py [--repeat 5] [--python PEERS/bin/python] [--json FILE]

The peer is preprocess.py's own code (load and all stages) in a fresh interpreter; reading alone is measured inside the peer's
process after its imports, against the whole of `ibidem-convert`, which also hashes, checks and writes the container. Folders as
for compare_peers.py.
"""
import argparse

from side_by_side import Scratch, folder, in_turns, summary, write

LOAD = """
import sys, time, types, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
import anndata, scanpy
import preprocess as peer
args = types.SimpleNamespace(data=sys.argv[2])
start = time.perf_counter()
matrix = peer.load(args, sys.argv[3])
print(time.perf_counter() - start)
"""
PREPARE = LOAD + "peer.run(matrix, int(sys.argv[4]))\n"
FILES = {
    "paul15": ("singlecell/paul15_cluster.h5ad", 200),
    "neurons10k": ("singlecell/10x_neurons_10k_subset.h5ad", 20),
    "heart1k": ("singlecell/heart_1k_v2_filtered_gene_bc_matrices_h5.h5", 200),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--python", help="an interpreter with scanpy and anndata")
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()

    binaries, data, peers = folder("IBIDEM_BIN", "build/release/bin"), folder("IBIDEM_TEST_DATA", "../shared/data"), folder("IBIDEM_PEERS", "../shared/peers")
    scratch = Scratch()

    def fresh():
        scratch.forget("cache")

    figures = []
    for name, (file, genes) in FILES.items():
        ours = {
            "prepare": ([binaries / "ibidem", "prepare", data / file, "--set", f"minGenes={genes}", "--quiet"], fresh, None),
            "read": ([binaries / "ibidem-convert", data / file, "--to", scratch.path / "cache"], fresh, None),
        }
        peer = {}
        if options.python:
            peer = {
                "prepare": ([options.python, "-c", PREPARE, peers, data, name, str(genes)], None, None),
                "read": ([options.python, "-c", LOAD, peers, data, name], None, lambda printed: float(printed.split()[0])),
            }
        contenders = {f"peer: {name}, {task}": entry for task, entry in peer.items()}
        contenders |= {f"ibidem: {name}, {task}": entry for task, entry in ours.items()}
        times = in_turns(contenders, options.repeat, scratch.environment)
        for what, values in times.items():
            reference = times.get(what.replace("ibidem:", "peer:")) if what.startswith("ibidem") else None
            figures.append(summary(what, values, reference))
    scratch.close()
    write(options.json, options.repeat, figures)


if __name__ == "__main__":
    main()
