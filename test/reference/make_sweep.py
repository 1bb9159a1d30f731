"""Writes what `/sweep` is tested against: test/fixtures/tiny-gpt2-sweep.json.

    python3 test/reference/make_sweep.py

For the tiny GPT-2, features of both SAEs at three scales of the grid: the feature's activation at the ghost's position
and the entropy in bits of the first token's distribution, one full forward each. Fields: [{layer, feature, weights,
points: [{relative (scale in units of the mean token distance), activation, entropy}]}].
"""

import json
import os

import torch

from independent.cases import DEFAULTS
from independent.ghost import embedding_geometry, feature_direction, ghost_token
from make_tiny import FIXTURES
from independent.model import load_model
from independent.bpe import Tokenizer
from independent.sae import Sae, sae_folder
from independent.tree import prompt_embeddings, prompt_ids

MODEL = "tiny-gpt2"
SCALES = (0.5, 1.0, 4.0)
CASES = [(layer, feature, weights) for layer in (0, 1) for feature in (3, 7, 20) for weights in ("encoder", "decoder")]


def measured(model, tokenizer, sae, geometry, feature, weights):
    """The points of one feature's vector."""
    direction = feature_direction(sae, feature, weights)
    before, after = prompt_ids(tokenizer, DEFAULTS["prompt"], model.bos)
    points = []
    for relative in SCALES:
        ghost = ghost_token(geometry, direction, relative * geometry.mean_distance, True, 0)
        logits, hidden = model.forward(prompt_embeddings(model, before, ghost, after))
        p = torch.softmax(logits[-1].double(), -1)
        points.append({
            "relative": relative,
            "activation": sae.encode(hidden[sae.hook], sae.centered)[len(before), feature].item(),
            "entropy": -(p * p.log2()).sum().item(),
        })
    return points


def main():
    folder = os.path.join(FIXTURES, MODEL)
    model, tokenizer = load_model(folder), Tokenizer.load(folder)
    cases = []
    for layer, feature, weights in CASES:
        sae = Sae.load(sae_folder(folder, f"blocks.{layer}.hook_resid_post"))
        geometry = embedding_geometry(model.embedding, sae.centered)
        points = measured(model, tokenizer, sae, geometry, feature, weights)
        cases.append({"layer": layer, "feature": feature, "weights": weights, "points": points})
    with open(os.path.join(FIXTURES, f"{MODEL}-sweep.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
