"""The order of features is arbitrary: puts one that reads well where people are sent first.

    python arrange.py --layer 10 --show 30         the most readable ones, by the examples of features.jsonl.gz
    python arrange.py --layer 10 --put 1234 777    features 1234 and 777 of the SAE change places

A feature ranks high that is stable over the seeds, neither rare nor frequent, active near its maximum on all of its
examples, and on few words; which one is put is judged by eye.
"""
import argparse
import collections
import gzip
import json

import torch
from safetensors.torch import load_file, save_file

from activations import hook_name
from paths import WORK

FEATURES = WORK / "features.jsonl.gz"
AXES = {"W_enc": 1, "W_dec": 0, "b_enc": 0, "threshold": 0, "sparsity": 0}


def lines():
    with gzip.open(FEATURES, "rt") as f:
        return [json.loads(line) for line in f]


def peak(example):
    at = max(range(len(example["tokens"])), key=example["activations"].__getitem__)
    return example["tokens"][at].strip().lower()


def returns(line):
    """In how many SAEs of other seeds the feature returns"""
    return line.get("stability", {}).get("returns", 0)


def readability(line):
    """0 to 1, or None where it can't be judged"""
    examples = line["examples"]
    if len(examples) < 10 or not 1e-4 < line["density"] < 5e-3:
        return None
    words = collections.Counter(peak(e) for e in examples)
    if not all(w.isalpha() and len(w) > 2 for w in words):
        return None
    strong = max(examples[-1]["activations"]) / line["max"]
    return strong * (1 - (len(words) - 1) / 20) * (1 + returns(line)) / 3


def show(layer, count):
    ranked = [(r, x) for x in lines() if x["hook"] == hook_name(layer) and (r := readability(x)) is not None]
    for r, x in sorted(ranked, key=lambda p: -p[0])[:count]:
        print(f"{x['feature']:5} {r:.2f} density {x['density']:.1e} returns in {returns(x)} other seeds")
        for e in x["examples"][:6]:
            best = max(e["activations"])
            print("      ", "".join(f"[{t}]" if v == best else t for t, v in zip(e["tokens"], e["activations"])).replace("\n", " "))


def put(layer, a, b):
    folder = WORK / "saes" / hook_name(layer)
    for name in ("sae_weights", "sparsity"):
        path = folder / f"{name}.safetensors"
        tensors = load_file(path)
        for key, t in tensors.items():
            if key in AXES:
                order = torch.arange(t.shape[AXES[key]])
                order[a], order[b] = b, a
                tensors[key] = t.index_select(AXES[key], order).contiguous()
        save_file(tensors, path)
    rows = lines()
    at = {x["feature"]: i for i, x in enumerate(rows) if x["hook"] == hook_name(layer)}
    i, j = at[a], at[b]
    rows[i], rows[j] = {**rows[j], "feature": a}, {**rows[i], "feature": b}
    with gzip.GzipFile(FEATURES, "wb", mtime=0) as out:
        out.writelines((json.dumps(x, ensure_ascii=False, separators=(",", ":")) + "\n").encode() for x in rows)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--layer", type=int, default=10)
    p.add_argument("--show", type=int)
    p.add_argument("--put", type=int, nargs=2)
    a = p.parse_args()
    if a.show:
        show(a.layer, a.show)
    if a.put:
        put(a.layer, *a.put)
