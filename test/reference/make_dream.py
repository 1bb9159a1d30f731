"""Writes what `/dream` is tested against: test/fixtures/dream.json.

    python3 test/reference/make_dream.py

For the tiny GPT-2 and for gloss-12l, texts read after BOS in one full forward each: a feature's activation at every
token and -log p of every token in nats. Fields: [{model, layer, feature, text, tokens, activations, surprisals}].
"""

import json
import os

import torch

from independent.bpe import Tokenizer
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder

GLOSS = os.path.join(FIXTURES, "gloss-12l")
CASES = [
    (os.path.join(FIXTURES, "tiny-gpt2"), 0, 7, "the and a typical X"),
    (os.path.join(FIXTURES, "tiny-gpt2"), 1, 3, "would be a definition"),
    (GLOSS, 10, 777, 'A typical definition of " moderate" would be "to a degree or extent."'),
    (GLOSS, 6, 47, 'The word "twenty" means "the literary genre of drama."'),
]


def main():
    cases = []
    for folder, layer, feature, text in CASES:
        model, tokenizer = load_model(folder), Tokenizer.load(folder)
        sae = Sae.load(sae_folder(folder, f"blocks.{layer}.hook_resid_post"))
        tokens = tokenizer.encode(text)
        ids = [model.bos] + tokens
        logits, hidden = model.forward(model.embedding[ids])
        log_p = torch.log_softmax(logits.double(), -1)
        cases.append({
            "model": os.path.basename(folder),
            "layer": layer,
            "feature": feature,
            "text": text,
            "tokens": tokens,
            "activations": sae.encode(hidden[sae.hook], sae.centered)[1:, feature].tolist(),
            "surprisals": [-log_p[i, token].item() for i, token in enumerate(tokens)],
        })
    with open(os.path.join(FIXTURES, "dream.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    with torch.no_grad():
        main()
