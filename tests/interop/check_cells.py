# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""Opens an exported .h5ad with anndata and compares it with the matrix it came from and the run's embedding.

check_cells.py EXPORTED ORIGINAL EMBEDDING: ends with an assertion that tells what is not as it should be, or prints a
summary.
"""
import sys
import warnings

import anndata
import numpy
from safetensors import safe_open


def main(exported, original, embedding):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cells = anndata.read_h5ad(exported)
    source = anndata.read_h5ad(original)
    with safe_open(embedding, "np") as file:
        names = file.get_tensor("cell_ids").tobytes().decode().split("\0")[:-1]
        results = {name: file.get_tensor(name) for name in ("X_ae", "X_umap", "leiden")}
    assert list(cells.obs_names) == names, "other cells, or another order"
    assert list(cells.var_names) == list(source.var_names), "other genes"
    kept = source[names]
    assert cells.X.dtype == numpy.float32
    assert (cells.X != kept.X).nnz == 0, "other counts"
    assert numpy.array_equal(cells.X.data, numpy.rint(cells.X.data)), "these are no counts"
    for name in source.obs.columns:
        assert (cells.obs[name].astype(str) == kept.obs[name].astype(str)).all(), name
    for name in source.var.columns:
        found, wanted = cells.var[name], source.var[name]
        if name == "chromosome":
            assert list(found.cat.categories) == list(wanted.cat.categories), "another order"
        if wanted.dtype.kind in "if": # whole numbers come back as floating-point numbers
            assert numpy.array_equal(found, wanted, equal_nan=True), name
        else:
            assert (found.astype(str) == wanted.astype(str)).all() and found.dtype == wanted.dtype, name
    for name in ("X_ae", "X_umap"):
        assert cells.obsm[name].dtype == numpy.float32
        assert numpy.array_equal(cells.obsm[name], results[name]), name
    leiden = cells.obs["leiden"]
    assert leiden.dtype == "category"
    categories = [str(number) for number in sorted(set(results["leiden"].tolist()))]
    assert list(leiden.cat.categories) == categories, list(leiden.cat.categories)
    assert leiden.astype(int).tolist() == results["leiden"].tolist(), "other clusters"
    print("cells", cells.n_obs, "genes", cells.n_vars, "latent", cells.obsm["X_ae"].shape[1])


main(*sys.argv[1:])
