# SPDX-FileCopyrightText: 2026 The Ibidem authors
# SPDX-License-Identifier: Apache-2.0
"""Loads the weights of a run into a PyTorch module and computes the run's results with it.

check_weights.py WEIGHTS PREPARED EMBEDDING: prints, one a line, the number of parameters and the largest differences of
embedding and errors from the run's; then the first of these again after one weight was changed.
"""
import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file

ACTIVATIONS = {"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}


def sequential(sizes, activation, last_is_linear):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), activation()]
    return torch.nn.Sequential(*(layers[:-1] if last_is_linear else layers))


class Autoencoder(torch.nn.Module):
    def __init__(self, genes, widths, latent, activation):
        super().__init__()
        sizes = [genes, *widths, latent]
        self.encoder = sequential(sizes, ACTIVATIONS[activation], False)
        self.decoder = sequential(sizes[::-1], ACTIVATIONS[activation], True)


def main(weights, prepared, embedding):
    with safe_open(weights, "pt") as file:
        shape = json.loads(file.metadata()["ibidem"])
    assert shape.pop("kind") == "autoencoder"
    module = Autoencoder(**shape)
    module.load_state_dict(load_file(weights), strict=True)
    print("parameters", sum(p.numel() for p in module.parameters()))
    values = load_file(prepared)["values"]
    results = load_file(embedding)
    with torch.no_grad():
        embedded = module.encoder(values)
        errors = (module.decoder(embedded) - values).double() ** 2
        print("embedding", float((embedded - results["X_ae"]).abs().max()))
        print("cells", float((errors.mean(1) - results["cell_errors"]).abs().max()))
        print("genes", float((errors.mean(0) - results["gene_errors"]).abs().max()))
        module.encoder[0].weight[0] += 0.01
        print("changed", float((module.encoder(values) - results["X_ae"]).abs().max()))


main(*sys.argv[1:])
