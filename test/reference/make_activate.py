"""Writes what `/activate` is tested against: test/fixtures/activate.json.

    python3 test/reference/make_activate.py

For gloss-12l and the tiny GPT-2, texts after BOS, one full forward each: the activations of the features that are most
active on them, at every position, and the activations of one feature of every text. Fields: {model: [{layer, text,
ids (with BOS), active (number of features with an activation above 0 at any position but BOS), strongest: [{feature,
position (0 is the token after BOS), activation, activations (BOS included)}]}]}.
"""

import json
import os

import torch

from independent.bpe import Tokenizer
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder

MODELS = FIXTURES
TEXTS = (
    "In 1994 the ship sailed",
    "A typical definition of \"liver\" would be \"large and complicated reddish-brown glandular organ\"",
    "to a considerable degree; very much",
    "  two  spaces,\ttabs\u00e9 \U0001f600 and\u200bmore",
)
CASES = {"gloss-12l": (os.path.join(MODELS, "gloss-12l"), (0, 6, 10)),
         "tiny-gpt2": (os.path.join(FIXTURES, "tiny-gpt2"), (0, 1))}
FEATURES = 5


def measured(model, tokenizer, sae, text):
    """What the SAE's features do on a text."""
    ids = [model.bos, *tokenizer.encode(text)]
    _, hidden = model.forward(model.embedding[torch.tensor(ids)])
    activations = sae.encode(hidden[sae.hook], sae.centered)
    peaks, positions = activations[1:].max(0)
    strongest = []
    for feature in torch.argsort(peaks, descending=True, stable=True)[:FEATURES].tolist():
        strongest.append({
            "feature": feature,
            "position": positions[feature].item(),
            "activation": peaks[feature].item(),
            "activations": activations[:, feature].tolist(),
        })
    return {"text": text, "ids": ids, "active": int((peaks > 0).sum()), "strongest": strongest}


def main():
    cases = {}
    for name, (folder, layers) in CASES.items():
        model, tokenizer = load_model(folder), Tokenizer.load(folder)
        cases[name] = []
        for layer in layers:
            sae = Sae.load(sae_folder(folder, f"blocks.{layer}.hook_resid_post"))
            for text in TEXTS:
                cases[name].append({"layer": layer, **measured(model, tokenizer, sae, text)})
    with open(os.path.join(FIXTURES, "activate.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file)
        file.write("\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
