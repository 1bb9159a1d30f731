"""Feature order is arbitrary. This moves one feature whose definition tree, token list and snippets agree
to layer 10, number 777, by exchanging it with the one there. Everything else stays where training put it.

    python3 order.py            # show the best candidates
    python3 order.py --put 123  # exchange 123 and 777 (or: --put best)
"""
import argparse
import gzip
import json

import torch

import sae
import tensors
from ghost import Ghosts
from model import load
from paths import MODEL
from tokenizer import Tokenizer
from wordnet import content

LAYER, HOME = 10, 777


def read():
    return [json.loads(x) for x in gzip.open(MODEL / "features.jsonl.gz", "rt")]


def snippets(feature):
    """Content words of the snippets, each with the share of snippets that hold it"""
    out = {}
    for e in feature["examples"]:
        for w in content("".join(e["tokens"])):
            out[w] = out.get(w, 0) + 1 / len(feature["examples"])
    return {w: c for w, c in out.items() if w not in {"typical", "definition", "would"}}


def show(e):
    """A snippet as text, the most active token in brackets"""
    peak = max(e["activations"])
    return "".join(f"[{t}]" if a == peak else t for t, a in zip(e["tokens"], e["activations"]))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--put")
    p.add_argument("--show", type=int, default=25)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    features = [x for x in read() if x["hook"] == sae.HOOKS[LAYER]]
    if a.put and a.put != "best":
        return put(int(a.put))
    g = Ghosts(load(MODEL), Tokenizer())
    w = sae.open_sae(LAYER).W_enc
    ghosts = torch.stack([g.ghost(w[:, f]) for f in range(w.shape[1])])
    first = [d for i in range(0, len(ghosts), 128) for d in g.greedy(ghosts[i:i + 128], 16)]
    ranked = []
    for f, x in enumerate(features):
        s, d = snippets(x), content(first[f])
        if 1e-4 < x["density"] < 0.02 and len(d) > 1 and len(x["examples"]) == 10:
            ranked.append((sum(s.get(v, 0) for v in d) / len(d), f))
    if a.put:
        return put(max(ranked)[1])
    for score, f in sorted(ranked, reverse=True)[:a.show]:
        print(f"\n{f}  agreement {score:.2f}  density {features[f]['density']}")
        for c, text in g.tree(ghosts[f])[:5]:
            print(f"   {c:.3f} {text}")
        print("  ", " ".join(map(repr, g.tokens(ghosts[f], 10))))
        for e in features[f]["examples"][:4]:
            print("   >", show(e))


def put(f):
    folder = MODEL / "saes" / sae.HOOKS[LAYER]
    swap = torch.arange(len(tensors.load(folder / "sparsity.safetensors")["sparsity"]))
    swap[f], swap[HOME] = HOME, f
    for name in ("sae_weights", "sparsity"):
        x = tensors.load(folder / f"{name}.safetensors")
        for k in x:
            if k != "b_dec":
                x[k] = x[k][:, swap] if k == "W_enc" else x[k][swap]
        tensors.save(folder / f"{name}.safetensors", x)
    lines = read()
    at = {x["feature"]: x for x in lines if x["hook"] == sae.HOOKS[LAYER]}
    at[f]["feature"], at[HOME]["feature"] = HOME, f
    lines.sort(key=lambda x: (list(sae.HOOKS.values()).index(x["hook"]), x["feature"]))
    with gzip.GzipFile(MODEL / "features.jsonl.gz", "wb", mtime=0) as out:
        for x in lines:
            out.write((json.dumps(x, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
    print(f"exchanged {f} and {HOME}")


if __name__ == "__main__":
    main()
