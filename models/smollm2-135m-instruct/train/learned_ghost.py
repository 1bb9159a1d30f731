"""A learned ghost: scale and bias with which the model says of an SAE's decoder directions where their features fire.

    python learned_ghost.py --layer 10 [--block 2] [--epochs 1] [--seed 0] [--labels shuffled]

The ghost x = scale * direction + bias stands in place of the residual stream after a block, at one position of a prompt
(ghost.py). Scale and bias are trained, the model is not, so that it goes on with the words at the peaks of the feature's
examples (peak_words.py) and a closing quote. Both begin at what the stream has there: scale at its median norm, bias at
its mean. No feature of any selection of eval/truth/selections.json is trained on. `--labels shuffled` is a control: the
same labels, each of another feature. Writes work/learned/HOOK.blockK[.shuffled].safetensors: `block` and `scale` [1],
`bias` [d_model]; what beats its controls goes to ../learned/HOOK.safetensors.
"""
import argparse
import json
import random
import time
from itertools import islice

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from activations import encode, hook_name
from cache import MASSIVE
from corpus import read
from ghost import Ghost
from paths import CORPUS, TRAIN, WORK
from peak_words import label, read_features
from saelens import Sae
from smollm2 import load_model, load_tokenizer

SELECTIONS = TRAIN.parents[2] / "eval/truth/selections.json"
FOLDER = WORK / "learned"
PASSAGES = 400                                                  # of the corpus, for mean and norm of the stream
BATCH, ALIKE = 24, 8                                            # features; batches that are sorted by length together
RATES = {"bias": 0.3, "scale": 1.0}
WARM_UP, LEAST_RATE = 10, 0.05                                  # steps; share of the rate at the end


def selected(hook, *uses):
    """The features of an SAE that are in the selections of these uses, or in any"""
    return [f for s in json.loads(SELECTIONS.read_text())
            if s["hook"] == hook and (not uses or s["use"] in uses) for f in s["features"]]


def directions(hook):
    """[features, d_model] unit decoder rows"""
    return F.normalize(Sae(TRAIN.parent / "saes" / hook).W_dec, dim=1)


@torch.inference_mode()
def stream_statistics(model, tokenizer, block):
    """-> median norm and mean [d_model] of the residual stream after a block, on the first passages of the corpus; BOS,
    and tokens of massive norm, are left out"""
    seen = []
    handle = model.model.layers[block].register_forward_hook(
        lambda _m, _i, out: seen.append((out if torch.is_tensor(out) else out[0])[0, 1:]))
    layers = model.model.layers
    model.model.layers = layers[:block + 1]
    for row in islice((r for r in read(CORPUS) if not r["test"]), PASSAGES):
        model.model(torch.tensor([encode(tokenizer, row["text"])]), use_cache=False)
    model.model.layers = layers
    handle.remove()
    stream = torch.cat(seen)
    norms = stream.norm(dim=1)
    usable = norms < MASSIVE * norms.median()
    return norms[usable].median().clone(), stream[usable].mean(0).clone()


def labels_to_train(hook):
    """[(feature, label)] of the features that are in no selection and have words at their peaks"""
    held = set(selected(hook))
    pairs = [(f["feature"], label(f)) for f in read_features(hook) if f["feature"] not in held]
    return [(f, text) for f, text in pairs if text]


def batches(ghost, pairs, epochs, seed):
    """Lists of BATCH pairs, shuffled; those of one batch have labels of about the same length, so that little is padding"""
    shuffle = random.Random(seed)
    for _ in range(epochs):
        order = shuffle.sample(pairs, len(pairs))
        parts = []
        for b in range(0, len(order), BATCH * ALIKE):
            alike = sorted(order[b:b + BATCH * ALIKE], key=lambda p: len(ghost.target(p[1])))
            parts += [alike[c:c + BATCH] for c in range(0, len(alike), BATCH)]
        yield from shuffle.sample(parts, len(parts))


def train(ghost, vectors, pairs, scale, bias, epochs, seed):
    """-> scale, bias

    vectors: [features, d_model]; pairs: [(feature, label)]
    """
    scale, bias = scale.clone().requires_grad_(), bias.clone().requires_grad_()
    groups = [{"params": [bias], "base": RATES["bias"]}, {"params": [scale], "base": RATES["scale"]}]
    optimiser = torch.optim.AdamW(groups, lr=0, weight_decay=0)
    parts, losses, start = list(batches(ghost, pairs, epochs, seed)), [], time.time()
    for step, part in enumerate(parts):
        share = min(1, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / len(parts))
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * share
        loss = ghost.losses(scale * vectors[[f for f, _ in part]] + bias, [text for _, text in part])[0].mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % 20 == 0 or step + 1 == len(parts):
            print(f"{step + 1}/{len(parts)} loss {sum(losses[-20:]) / len(losses[-20:]):.3f} scale {scale.item():.1f} "
                  f"|bias| {bias.norm().item():.1f}, {time.time() - start:.0f} s", flush=True)
    return scale.detach(), bias.detach()


def path_of(hook, block, shuffled=False):
    return FOLDER / f"{hook}.block{block}{'.shuffled' if shuffled else ''}.safetensors"


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--layer", type=int, required=True)
    a.add_argument("--block", type=int, default=2)
    a.add_argument("--epochs", type=int, default=1)
    a.add_argument("--seed", type=int, default=0)
    a.add_argument("--labels", choices=("right", "shuffled"), default="right")
    a = a.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    FOLDER.mkdir(exist_ok=True)
    hook, tokenizer, model = hook_name(a.layer), load_tokenizer(), load_model().requires_grad_(False)
    pairs = labels_to_train(hook)
    if a.labels == "shuffled":
        texts = random.Random(a.seed).sample([text for _, text in pairs], len(pairs))
        pairs = [(f, text) for (f, _), text in zip(pairs, texts)]
    norm, mean = stream_statistics(model, tokenizer, a.block)
    print(f"{hook} after block {a.block}: norm {norm:.1f}, |mean| {mean.norm():.1f}; {len(pairs)} features, "
          f"for example {[text for _, text in pairs[:8]]}", flush=True)
    scale, bias = train(Ghost(model, tokenizer, a.block), directions(hook), pairs, norm, mean, a.epochs, a.seed)
    path = path_of(hook, a.block, a.labels == "shuffled")
    save_file({"block": torch.tensor([float(a.block)]), "scale": scale.view(1), "bias": bias}, path, {
        "format": "ghosttree learned ghost", "version": "1", "hook": hook, "vector": "decoder",
        "trained_features": str(len(pairs)), "seed": str(a.seed)})


if __name__ == "__main__":
    main()
