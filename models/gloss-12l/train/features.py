"""features.jsonl.gz: when each feature is active. Density, maximum, and ten snippets of the corpus.

    python3 features.py [--rows 30000]
"""
import argparse
import gzip
import heapq
import json
import re

import numpy as np
import torch

import data
from model import load, see
from paths import MODEL
from sae import HOOKS, open_sae, words_only
from tokenizer import Tokenizer


class Best:
    """Per feature the lines in which it is most active, no two alike."""

    def __init__(self, n, keep=10, pool=60):
        self.keep, self.pool, self.heaps = keep, pool, [[] for _ in range(n)]

    def add(self, f, peak, line, at):
        h = self.heaps[f]
        if len(h) < self.pool:
            heapq.heappush(h, (peak, line, at))
        elif peak > h[0][0]:
            heapq.heapreplace(h, (peak, line, at))

    def pick(self, f, lines):
        """Lines that differ in their letters, at most three with the same six tokens up to the peak where others exist"""
        seen, contexts, first, later = set(), {}, [], []
        for peak, line, at in sorted(self.heaps[f], reverse=True):
            key = re.sub(r"\W+", "", lines[line][0])
            if key in seen:
                continue
            seen.add(key)
            c = tuple(lines[line][1][max(0, at - 5):at + 1])
            contexts[c] = contexts.get(c, 0) + 1
            (first if contexts[c] <= 3 else later).append((peak, line, at))
        return sorted((first + later)[:self.keep], reverse=True)


@torch.no_grad()
def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rows", type=int, default=30000)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    tok, model = Tokenizer(), load(MODEL)
    ids, number = data.packed("train")
    at = np.sort(np.random.default_rng(9).choice(len(ids), min(a.rows, len(ids)), replace=False))
    ids, number = ids[at], number[at]
    saes = {i: open_sae(i) for i in HOOKS}
    F = {i: s.W_dec.shape[0] for i, s in saes.items()}
    best = {i: Best(F[i]) for i in HOOKS}
    count, top, total = {i: torch.zeros(F[i]) for i in HOOKS}, {i: torch.zeros(F[i]) for i in HOOKS}, 0
    lines, texts = [], {}                                       # every distinct line once
    for x, pos, n, _ in data.batches(ids, number):
        keep = words_only(pos, n)                               # [B, T]
        total += keep.sum().item()
        row = torch.arange(len(x))[:, None].expand_as(n)
        place = (row * 64 + n)[keep]                            # which line each token belongs to
        flat, where = x[keep], pos[keep]
        uniq, inverse = place.unique(return_inverse=True)
        begin = torch.full((len(uniq),), 1 << 30).scatter_reduce(0, inverse, torch.arange(len(place)), "amin")
        size = inverse.bincount()
        numbers, fresh = [], []
        for b, s in zip(begin.tolist(), size.tolist()):
            t = tuple(flat[b:b + s].tolist())
            fresh.append(t not in texts)
            if fresh[-1]:
                texts[t] = len(lines)
                lines.append((tok.decode(t), t))
            numbers.append(texts[t])
        for layer, r in model.residual(model.wte(x), pos, see(n), HOOKS).items():
            act = saes[layer].encode(r[keep])                   # [N, F]
            count[layer] += (act > 0).sum(0)
            top[layer] = torch.maximum(top[layer], act.max(0).values)
            peak = torch.zeros(len(uniq), F[layer]).index_reduce_(0, inverse, act, "amax")   # [lines, F]
            v = peak.topk(min(8, len(uniq)), 0)                 # a batch's best lines for each feature
            for values, which in zip(v.values.tolist(), v.indices.tolist()):
                for f, (value, u) in enumerate(zip(values, which)):
                    h = best[layer].heaps[f]
                    if value > 0 and fresh[u] and (len(h) < best[layer].pool or value > h[0][0]):
                        b = int(begin[u])
                        best[layer].add(f, value, numbers[u], int(act[b:b + int(size[u]), f].argmax()))
    with gzip.GzipFile(MODEL / "features.jsonl.gz", "wb", mtime=0) as out:
        for layer in HOOKS:
            chosen = [best[layer].pick(f, lines) for f in range(F[layer])]
            need = sorted({line for c in chosen for _, line, _ in c})
            acts = {}
            for i in range(0, len(need), 256):                  # once more, exactly these lines
                part = need[i:i + 256]
                longest = max(len(lines[k][1]) for k in part) + 1
                x = torch.zeros(len(part), longest, dtype=torch.long)
                for j, k in enumerate(part):
                    x[j, 1:len(lines[k][1]) + 1] = torch.tensor(lines[k][1])
                pos = torch.arange(longest).expand_as(x)
                r = model.residual(model.wte(x), pos, see(torch.zeros_like(x)), [layer])[layer]
                act = saes[layer].encode(r)
                for j, k in enumerate(part):
                    acts[k] = act[j, 1:len(lines[k][1]) + 1].clone()
            for f in range(F[layer]):
                examples = [{"tokens": [tok.text(t) for t in lines[k][1]],
                             "activations": [round(v, 2) if v else 0 for v in acts[k][:, f].tolist()]}
                            for _, k, _ in chosen[f]]
                line = {"hook": HOOKS[layer], "feature": f, "density": float(f"{count[layer][f].item() / total:.3g}"),
                        "max": round(top[layer][f].item(), 3), "examples": examples}
                out.write((json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
    print(f"{total} tokens, {len(lines)} distinct lines, "
          f"{(MODEL / 'features.jsonl.gz').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
