# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""Gives the genes of a .h5ad annotations of every kind, as scanpy would.

annotate_genes.py FILE
"""
import sys

import anndata
import numpy
import pandas


def main(path):
    cells = anndata.read_h5ad(path)
    count = cells.n_vars
    cells.var["n_counts"] = numpy.arange(count)
    cells.var["means"] = numpy.where(numpy.arange(count) % 7 == 0, numpy.nan, 0.1 * numpy.arange(count))
    cells.var["highly_variable"] = numpy.arange(count) % 3 == 0
    cells.var["chromosome"] = pandas.Categorical(["chr" + "YX1"[i % 3] for i in range(count)], ["chrY", "chrX", "chr1"])
    cells.var["remark"] = [f"gene {i}" for i in range(count)]
    cells.uns["pca"] = numpy.ones(3)
    cells.varm["PCs"] = numpy.ones((count, 2))
    cells.write_h5ad(path)


main(*sys.argv[1:])
