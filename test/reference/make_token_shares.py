"""Writes what the share of one token is tested against: test/fixtures/tiny-gpt2-token-shares.json.

    python3 test/reference/make_token_shares.py

Seeded random texts go through the tiny GPT-2 and its SAEs, one full forward each. For every feature the 10 texts with
the highest activation count, BOS aside: the token id with most of their activation, and its share of it; -1 and null
for a feature without any. Fields: {texts: [[token ids, BOS first]], layers: {layer: {token, share, active}}}, each by
feature; `active` is the number of texts in which a feature is active.
"""

import json
import os
import random

import torch

from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder

MODEL = "tiny-gpt2"
TEXTS, LONGEST, STRONGEST, TOKENS = 40, 12, 10, 30


def written(model):
    """Random texts of few different tokens, so that some come again."""
    source = random.Random(11)
    text = lambda: [source.randrange(20, 20 + TOKENS) for _ in range(source.randrange(2, LONGEST))]
    return [[model.bos, *text()] for _ in range(TEXTS)]


def shares(texts, activations, feature):
    """Token, share and number of active texts of one feature."""
    of = [values[1:, feature].double() for values in activations]
    active = [index for index, values in enumerate(of) if values.max() > 0]
    strongest = sorted(active, key=lambda index: -of[index].max().item())[:STRONGEST]
    sums = {}
    for index in strongest:
        for token, value in zip(texts[index][1:], of[index].tolist()):
            sums[token] = sums.get(token, 0) + value
    token = max(sums, key=sums.get) if sums else -1
    return token, sums[token] / sum(sums.values()) if sums else None, len(active)


def main():
    folder = os.path.join(FIXTURES, MODEL)
    model = load_model(folder)
    texts = written(model)
    layers = {}
    for layer in (0, 1):
        sae = Sae.load(sae_folder(folder, f"blocks.{layer}.hook_resid_post"))
        activations = []
        for ids in texts:
            _, hidden = model.forward(model.embedding[torch.tensor(ids)])
            activations.append(sae.encode(hidden[sae.hook], sae.centered))
        found = [shares(texts, activations, feature) for feature in range(activations[0].shape[1])]
        token, share, active = (list(column) for column in zip(*found))
        layers[layer] = {"token": token, "share": share, "active": active}
    with open(os.path.join(FIXTURES, f"{MODEL}-token-shares.json"), "w", encoding="utf-8") as file:
        json.dump({"texts": texts, "layers": layers}, file)
        file.write("\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
