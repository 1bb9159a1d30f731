"""features.jsonl.gz: when each feature is active. Density, maximum, and ten snippets of the corpus.

    python3 features.py [--lines 14000]
"""
import argparse
import gzip
import json
import re

import numpy as np
import torch

import tensors
from data import T
from model import load, see
from paths import MODEL, WORK
from sae import HOOKS, open_sae
from tokenizer import Tokenizer

KEEP, POOL = 10, 50                                             # snippets a feature, and candidates for them


def sample(tok, n, seed=9):
    """n distinct lines of the corpus, the shortest first, as (text, ids without BOS)"""
    lines = sorted({x.rstrip("\n") for i, x in enumerate(open(WORK / "train.txt")) if i % 12 == 0})
    lines = [lines[i] for i in np.random.default_rng(seed).permutation(len(lines))[:n]]
    return sorted(((x, tok.encode(x)[:T - 1]) for x in lines), key=lambda x: (len(x[1]), x[0]))


def pick(best, lines):
    """best [(activation, line, position)], strongest first -> ten of them, no two alike in their letters, and at most
    three with the same six tokens up to the peak as long as there are others"""
    seen, contexts, first, later = set(), {}, [], []
    for value, k, at in best:
        key = re.sub(r"\W+", "", lines[k][0])
        if value <= 0 or key in seen:
            continue
        seen.add(key)
        c = tuple(lines[k][1][max(0, at - 5):at + 1])
        contexts[c] = contexts.get(c, 0) + 1
        (first if contexts[c] <= 3 else later).append((value, k, at))
    return sorted((first + later)[:KEEP], reverse=True)


@torch.no_grad()
def main():
    p = argparse.ArgumentParser()
    p.add_argument("--lines", type=int, default=14000)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    tok, model = Tokenizer(), load(MODEL)
    saes = {i: open_sae(i) for i in HOOKS}
    lines = sample(tok, a.lines)
    F = saes[0].W_dec.shape[0]
    zero = lambda dtype: torch.zeros(POOL, F, dtype=dtype)
    best = {i: (zero(torch.float32), zero(torch.long), zero(torch.long)) for i in HOOKS}      # activation, line, position
    count, kept, total = {i: torch.zeros(F) for i in HOOKS}, {i: [] for i in HOOKS}, 0
    for b in range(0, len(lines), 128):
        part = [ids for _, ids in lines[b:b + 128]]
        x = torch.zeros(len(part), len(part[-1]) + 1, dtype=torch.long)                       # [B, T]
        real = torch.zeros_like(x, dtype=torch.bool)
        for j, ids in enumerate(part):
            x[j, 1:len(ids) + 1], real[j, 1:len(ids) + 1] = torch.tensor(ids), True
        total += real.sum().item()
        pos = torch.arange(x.shape[1]).expand_as(x)
        for layer, r in model.residual(model.wte(x), pos, see(torch.zeros_like(x)), HOOKS).items():
            kept[layer] += [r[j, 1:len(ids) + 1] for j, ids in enumerate(part)]
            act = saes[layer].encode(r) * real[..., None]                                     # [B, T, F]
            count[layer] += (act > 0).sum((0, 1))
            peak, at = act.max(1)                                                             # [B, F]
            line = torch.arange(b, b + len(part))[:, None].expand_as(at)
            old = best[layer]
            value, order = torch.cat([old[0], peak]).topk(POOL, 0)
            best[layer] = (value, torch.cat([old[1], line]).gather(0, order), torch.cat([old[2], at - 1]).gather(0, order))
    with gzip.GzipFile(MODEL / "features.jsonl.gz", "wb", mtime=0) as out:
        for layer, hook in HOOKS.items():
            s = saes[layer]
            value, line, at = (v.t().tolist() for v in best[layer])
            for f in range(F):
                examples = []
                for _, k, _ in pick(list(zip(value[f], line[f], at[f])), lines):
                    pre = kept[layer][k] @ s.W_enc[:, f] + s.b_enc[f]
                    acts = [round(v, 2) if v > s.threshold[f] else 0 for v in pre.tolist()]
                    examples.append({"tokens": [tok.text(t) for t in lines[k][1]], "activations": acts})
                out.write((json.dumps({
                    "hook": hook, "feature": f, "density": float(f"{count[layer][f].item() / total:.3g}"),
                    "max": round(value[f][0], 3), "examples": examples,
                }, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
            tensors.save(MODEL / "saes" / hook / "sparsity.safetensors",                      # the same densities, as SAELens keeps them
                         {"sparsity": torch.log10(count[layer] / total + 1e-10)})
    print(f"{total} tokens in {len(lines)} distinct lines, {(MODEL / 'features.jsonl.gz').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
