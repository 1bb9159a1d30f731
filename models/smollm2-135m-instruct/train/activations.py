"""One pass of the model over the corpus: work/activations/, the residual stream after the blocks of HOOKS, float16.

    python activations.py [--share 0/2] [--tokens N]

Goes on where it stopped: what lies in a shard is not computed again, also when the corpus has become larger. The BOS
token is not stored. N tokens at most (of each share); what is stored is a fair sample, as passages come by their hash.
"""
import argparse
import json
import time

import numpy as np
import torch

from corpus import LOCAL, digest, read
from paths import CORPUS, WORK
from smollm2 import BOS, CONTEXT, SPECIAL, load_model, load_tokenizer

HOOKS = (4, 10, 14)                                             # blocks.K.hook_resid_post
FOLDER = WORK / "activations"
SHARD = 40_000                                                  # tokens
BATCH = 4_096                                                   # tokens, padding among them


def hook_name(layer):
    return f"blocks.{layer}.hook_resid_post"


def stored():
    """Digests of the texts that lie in complete shards"""
    return {d for path in FOLDER.glob("*.json") for d, _ in json.loads(path.read_text())}


def encode(tokenizer, text):
    """Token ids with BOS; never a special token besides it"""
    ids = tokenizer.encode(text, add_special_tokens=False).ids[:CONTEXT - 1]
    if min(ids) < SPECIAL:
        raise ValueError(f"a special token in the text: {text[:80]!r}")
    return [BOS] + ids


@torch.inference_mode()
def residual_stream(model, contexts):
    """model: the decoder's blocks up to the last hook; contexts: lists of ids, which begin with BOS
    -> {layer: [one [tokens without BOS, d_model] a context]}"""
    seen = {}
    handles = [model.layers[k].register_forward_hook(
        lambda _m, _i, out, k=k: seen.__setitem__(k, out if torch.is_tensor(out) else out[0])) for k in HOOKS]
    order = sorted(range(len(contexts)), key=lambda i: -len(contexts[i]))
    result = {k: [None] * len(contexts) for k in HOOKS}
    begin = 0
    while begin < len(order):
        part = order[begin:begin + max(1, BATCH // len(contexts[order[begin]]))]
        begin += len(part)
        x = torch.full((len(part), len(contexts[part[0]])), BOS)          # padding on the right: no token sees it
        for row, i in enumerate(part):
            x[row, :len(contexts[i])] = torch.tensor(contexts[i])
        model(x, use_cache=False)
        for k in HOOKS:
            for row, i in enumerate(part):
                result[k][i] = seen[k][row, 1:len(contexts[i])]
    for h in handles:
        h.remove()
    return result


def save(name, digests, contexts, streams):
    np.save(FOLDER / f"{name}.ids.npy", np.concatenate([c[1:] for c in contexts]).astype(np.uint16))
    norms = []
    for k in HOOKS:
        x = torch.cat(streams[k])
        norms.append(x.norm(dim=1).numpy())
        np.save(FOLDER / f"{name}.{k}.npy", x.clamp(-65504, 65504).half().numpy())
    np.save(FOLDER / f"{name}.norms.npy", np.stack(norms))
    part = FOLDER / f"{name}.part"
    part.write_text(json.dumps([[d, len(c) - 1] for d, c in zip(digests, contexts)]))
    part.rename(FOLDER / f"{name}.json")                        # last: a shard with it is complete


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--share", default="0/1", help="I/N: every Nth passage, from the Ith")
    a.add_argument("--tokens", type=int, default=1 << 40)
    a = a.parse_args()
    share, shares = map(int, a.share.split("/"))
    FOLDER.mkdir(exist_ok=True)
    tokenizer, done = load_tokenizer(), stored()
    texts = {digest(row["text"]): row["text"] for row in read(CORPUS, LOCAL)}
    todo = [d for d in sorted(texts) if d not in done and int(d[-6:], 16) % shares == share]
    print(f"{len(done)} passages stored, {len(todo)} to do", flush=True)
    model = load_model().model
    model.layers = model.layers[:max(HOOKS) + 1]
    model.norm = torch.nn.Identity()
    start, total, digests, contexts = time.time(), 0, [], []
    for d in todo:
        digests.append(d)
        contexts.append(encode(tokenizer, texts[d]))
        size = sum(map(len, contexts)) - len(contexts)
        if size >= SHARD or d == todo[-1]:
            save(digests[0][:16], digests, contexts, residual_stream(model, contexts))
            total += size
            print(f"{total} tokens, {total / (time.time() - start):.0f} a second", flush=True)
            digests, contexts = [], []
            if total >= a.tokens:
                break


if __name__ == "__main__":
    main()
