"""Writes what `/compare` is tested against: test/fixtures/compare.json.

    python3 test/reference/make_compare.py

For pairs of vectors of gloss-12l: their cosine with numpy in float64, their token lists at the mean token distance,
and how far the lists overlap. Fields: [{sides: [{layer, feature, weights}], cosine, lists: [[tokenId]], shared,
rankBiased}].

Rank-biased overlap, extrapolated, p = 0.9: Webber, Moffat and Zobel 2010, equation 32 for two lists of one length,
written here with sets of prefixes.
"""

import json
import os

import numpy
import torch

from independent.cases import DEFAULTS
from independent.ghost import embedding_geometry, feature_direction, ghost_token, token_list
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "gloss-12l")
PERSISTENCE = 0.9
CASES = [
    [(10, 777, "encoder"), (10, 777, "decoder")],
    [(0, 5, "encoder"), (0, 5, "decoder")],
    [(6, 301, "encoder"), (6, 301, "decoder")],
    [(10, 777, "decoder"), (6, 301, "decoder")],
    [(10, 777, "encoder"), (10, 5, "encoder")],
]


def vector_of(sae, feature, weights):
    vector = sae.W_enc[:, feature] if weights == "encoder" else sae.W_dec[feature]
    return vector.double().numpy()


def rank_biased(one, other):
    agreement = [len(set(one[:d]) & set(other[:d])) / d for d in range(1, len(one) + 1)]
    weights = PERSISTENCE ** numpy.arange(1, len(one) + 1)
    return agreement[-1] * weights[-1] + (1 - PERSISTENCE) / PERSISTENCE * float(numpy.dot(agreement, weights))


def main():
    model = load_model(MODEL)
    saes = {}
    cases = []
    for pair in CASES:
        vectors, lists = [], []
        for layer, feature, weights in pair:
            if layer not in saes:
                saes[layer] = Sae.load(sae_folder(MODEL, f"blocks.{layer}.hook_resid_post"))
            sae = saes[layer]
            geometry = embedding_geometry(model.embedding, sae.centered)
            direction = feature_direction(sae, feature, weights)
            ghost = ghost_token(geometry, direction, geometry.mean_distance, True, 0)
            vectors.append(vector_of(sae, feature, weights))
            listed = token_list(geometry, ghost, DEFAULTS["m"], DEFAULTS["tokens"])
            lists.append([entry["tokenId"] for entry in listed])
        one, other = vectors
        cases.append({
            "sides": [dict(zip(("layer", "feature", "weights"), side)) for side in pair],
            "cosine": float(one @ other / numpy.linalg.norm(one) / numpy.linalg.norm(other)),
            "lists": lists,
            "shared": len(set(lists[0]) & set(lists[1])),
            "rankBiased": rank_biased(*lists),
        })
    with open(os.path.join(FIXTURES, "compare.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file)
        file.write("\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
