"""Writes what clamping and steering are tested against: test/fixtures/held.json.

    python3 test/reference/make_held.py

Of every tiny checkpoint and of gloss-12l, at each SAE: the feature that is most active from the ghost on, and one that
is silent there, clamped and steered at that SAE's hook point; and clamped at the stream before the first block, which
no SAE was trained on but where one can hold a vector as well. One full forward pass a step, the feature held in all
positions from the ghost on. Fields, a list of cases: model, sae (its hook point), hook (where it is held), centered,
feature, by, target (SAE's units), free (its activation there when it is not held, of every position from the ghost on),
before, after (token ids around the ghost; BOS first), ghost, continuation (token ids), tokens (which logits are kept),
steps (logits of those tokens after the prompt, and after each further token of the continuation), unheld (the first of
those steps when nothing is held).
"""

import json
import os

import torch

from independent.bpe import Tokenizer
from independent.cases import DEFAULTS
from independent.ghost import embedding_geometry, feature_direction, ghost_token
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder
from independent.tree import prompt_embeddings, prompt_ids

TINY = ("tiny-gpt2", "tiny-gpt2-sharded", "tiny-gemma", "tiny-gemma-2")
GLOSS = os.path.normpath(os.path.join(FIXTURES, "gloss-12l"))
MODELS = [(os.path.join(FIXTURES, name), (0, 1)) for name in TINY] + [(GLOSS, (0, 6, 10))]
CENTERED = ("tiny-gpt2-sharded",)
GHOST_FEATURE = 7
STEPS = 4
LOGITS = 60


def held_at(hook, first, by, target, sae, feature, centered):
    """The change that holds a feature at a hook point in all positions from `first` on."""
    def change(here, x):
        if here != hook:
            return x
        activation = sae.encode(x, centered)[first:, feature] if by == "clamp" else torch.zeros(len(x) - first)
        added = (target - activation)[:, None] * sae.W_dec[feature]
        return torch.cat([x[:first], x[first:] + added])

    return change


def rounded(values):
    return [round(value, 5) for value in values.tolist()]


def cases_of(folder, layer):
    """The cases of one SAE."""
    name, hook = os.path.basename(folder), f"blocks.{layer}.hook_resid_post"
    model, tokenizer = load_model(folder), Tokenizer.load(folder)
    sae, centered = Sae.load(sae_folder(folder, hook)), name in CENTERED
    before, after = prompt_ids(tokenizer, DEFAULTS["prompt"], model.bos)
    geometry = embedding_geometry(model.embedding, centered)
    ghost = ghost_token(geometry, feature_direction(sae, GHOST_FEATURE, "encoder"), "auto", True, 0).float()
    prompt = prompt_embeddings(model, before, ghost, after)
    continuation = [(31 * i + 17) % len(model.embedding) for i in range(STEPS)]
    tokens = list(range(0, len(model.embedding), max(1, len(model.embedding) // LOGITS)))[:LOGITS]
    logits, hooks = model.forward(prompt)
    unheld = rounded(logits[-1][tokens])
    activations = sae.encode(hooks[hook], centered)[len(before) :]
    largest = activations.max(0).values
    loud, silent = largest.argmax().item(), largest.argmin().item()
    target = round(2 * largest[loud].item(), 3)
    first = "blocks.0.hook_resid_pre"
    wanted = [("clamp", loud, hook), ("steer", loud, hook), ("clamp", silent, hook), ("clamp", loud, first)]
    for by, feature, place in wanted:
        change = held_at(place, len(before), by, target, sae, feature, centered)
        free = sae.encode(hooks[place], centered)[len(before) :, feature]
        steps = []
        for length in range(STEPS + 1):
            logits, _ = model.forward(torch.cat([prompt, model.embedding[continuation[:length]]]), change)
            steps.append(rounded(logits[-1][tokens]))
        yield {
            "model": name, "sae": hook, "hook": place, "centered": centered, "feature": feature, "by": by,
            "target": target, "free": rounded(free), "before": before, "after": after, "ghost": ghost.tolist(),
            "continuation": continuation, "tokens": tokens, "steps": steps, "unheld": unheld,
        }


def main():
    cases = [case for folder, layers in MODELS for layer in layers for case in cases_of(folder, layer)]
    with open(os.path.join(FIXTURES, "held.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    for case in cases:
        moved = max(abs(a - b) for a, b in zip(case["steps"][0], case["unheld"]))
        print(*(case[key] for key in ("model", "sae", "hook", "by", "feature", "target")), f"moved {moved:.3g}")


if __name__ == "__main__":
    with torch.no_grad():
        main()
