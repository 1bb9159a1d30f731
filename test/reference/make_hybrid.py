"""Writes what `list=hybrid` is tested against: test/fixtures/gloss-12l-hybrid.json.

    python3 test/reference/make_hybrid.py

For gloss-12l, activations on tokens put after beginnings of texts, one full forward each, of the features of each SAE
that fire on most of them.
Fields: [{layer, feature, slots: [{before (token ids, BOS first), candidates (token ids), activations}]}].
"""

import json
import os

import torch

from independent.bpe import Tokenizer
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder

MODEL = os.path.join(FIXTURES, "gloss-12l")
BEFORE = ["", "The", 'A typical definition of "far" would be "to', "client: a person who"]
CANDIDATES = [" a", " the", " seeks", " greatest", "red", ".", " person"]
FEATURES_A_LAYER = 3


def activations(model, sae, ids):
    """Of all features on the last of some tokens [d_sae]."""
    _, hidden = model.forward(model.embedding[torch.tensor(ids)])
    return sae.encode(hidden[sae.hook], sae.centered)[-1]


def main():
    model, tokenizer = load_model(MODEL), Tokenizer.load(MODEL)
    candidates = [tokenizer.encode(text)[0] for text in CANDIDATES]
    befores = [[model.bos] + (tokenizer.encode(text) if text else []) for text in BEFORE]
    cases = []
    for layer in (0, 6, 10):
        sae = Sae.load(sae_folder(MODEL, f"blocks.{layer}.hook_resid_post"))
        # [slots, candidates, features]
        found = torch.stack([
            torch.stack([activations(model, sae, before + [token]) for token in candidates]) for before in befores
        ])
        for feature in (found > 0).sum((0, 1)).topk(FEATURES_A_LAYER).indices.tolist():
            slots = [
                {"before": before, "candidates": candidates, "activations": found[i, :, feature].tolist()}
                for i, before in enumerate(befores)
            ]
            cases.append({"layer": layer, "feature": feature, "slots": slots})
    with open(os.path.join(FIXTURES, "gloss-12l-hybrid.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
