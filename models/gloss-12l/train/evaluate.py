"""Measure the model and its SAEs against their bars and write the numbers into the README.

    python3 evaluate.py
"""
import argparse
import json
import random
import re

import torch
import torch.nn.functional as F

import data
import sae
import wordnet
from ghost import Ghosts
from model import load, see
from order import read, show
from paths import MODEL, WORK
from tokenizer import Tokenizer


def definitions(g, words, senses):
    """Greedy definitions of words: content words shared with the word's own glosses and with others'."""
    rng = random.Random(3)
    glosses = {w: set().union(*(wordnet.content(re.sub(r'"[^"]*"?', " ", s.full)) for s in senses[w])) for w in words}
    out = {}
    for name, space in (("without", ""), ("with", " ")):
        ids = torch.tensor([g.tok.encode(space + w)[0] for w in words])
        texts = [d for i in range(0, len(ids), 100) for d in g.greedy(g.e[ids[i:i + 100]])]
        own, other = [], []
        for w, text in zip(words, texts):
            c = wordnet.content(text)
            share = lambda v: len(c & glosses[v]) / max(1, len(c))
            own.append(share(w))
            others = [v for v in rng.sample(words, 11) if v != w][:10]
            other.append(sum(map(share, others)) / 10)
        out[name] = (sum(own) / len(own), sum(other) / len(other), dict(zip(words, texts)))
    return out


@torch.no_grad()
def test_loss(model):
    """Cross-entropy per token on held-out lines."""
    total = count = 0
    for x, pos, n, y in data.batches(*data.packed("held")):
        logits = F.linear(model(model.wte(x), pos, see(n)), model.wte.weight)
        total += F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-100, reduction="sum").item()
        count += (y >= 0).sum().item()
    return total / count, count


@torch.no_grad()
def sae_table(model, layer):
    s = sae.open_sae(layer)
    xs, zs, l0, fired = [], [], 0, torch.zeros(s.W_dec.shape[0])
    ce, tokens = {"model": 0, "sae": 0, "zero": 0}, 0
    for x, pos, n, y in data.batches(*data.packed("held")):
        mask, keep = see(n), sae.words_only(pos, n)
        r = model.residual(model.wte(x), pos, mask, [layer])[layer]
        act = s.encode(r[keep])
        z = s.decode(act)
        xs.append(r[keep])
        zs.append(z)
        l0 += (act > 0).sum().item()
        fired += (act > 0).sum(0)
        for name, v in (("model", r[keep]), ("sae", z), ("zero", torch.zeros_like(z))):
            put = r.clone()
            put[keep] = v
            logits = model.rest(put, mask, layer)
            ce[name] += F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-100, reduction="sum").item()
        tokens += (y >= 0).sum().item()
    x, z = torch.cat(xs), torch.cat(zs)
    ev = 1 - (x - z).pow(2).sum() / (x - x.mean(0)).pow(2).sum()
    return {"ev": ev.item(), "l0": l0 / len(x), "dead": (fired == 0).float().mean().item(), "n": len(x),
            "recovered": (ce["zero"] - ce["sae"]) / (ce["zero"] - ce["model"]),
            **{k: v / tokens for k, v in ce.items()}}


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ").strip()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=4)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    tok, model, senses = Tokenizer(), load(MODEL), wordnet.load()
    g = Ghosts(model, tok)
    words = json.load(open(WORK / "words.json"))
    words = [w for w in words if len(tok.encode(w)) == 1 == len(tok.encode(" " + w))]
    words = random.Random(a.seed).sample(words, 300)
    d = definitions(g, words, senses)
    loss, n = test_loss(model)
    features = read()
    out = [f"Loss on held-out lines: {loss:.3f} nats per token ({n} tokens).", "",
           "Greedy definitions of 300 words, drawn from the defined ones: content words shared with",
           "", "| word's token | its own glosses | another word's | bar |", "|---|---|---|---|"]
    for name, (own, other, _) in d.items():
        ok = own >= 0.5 and own >= 4 * other
        out.append(f"| {name} leading space | {own:.3f} | {other:.3f} | >= 0.5 and >= 4 times: {'met' if ok else 'MISSED'} |")
    out += ["", "| word | its greedy definition |", "|---|---|"]
    for w in words[:12]:
        out.append(f"| {w} | {cell(d['without'][2][w])} |")
    out += ["", "| SAE, on held-out lines | explained variance | L0 | cross-entropy recovered | never active | on the corpus: never active | bars |",
            "|---|---|---|---|---|---|---|"]
    for layer, hook in sae.HOOKS.items():
        t = sae_table(model, layer)
        asleep = [x["density"] == 0 for x in features if x["hook"] == hook]
        ok = t["ev"] >= 0.85 and 4 <= t["l0"] <= 30 and t["recovered"] >= 0.9 and t["dead"] <= 0.05
        out.append(f"| `{hook}` | {t['ev']:.3f} | {t['l0']:.1f} | {t['recovered']:.3f} ({t['model']:.2f} -> {t['sae']:.2f}, zero {t['zero']:.2f}) | "
                   f"{t['dead']:.1%} | {sum(asleep) / len(asleep):.1%} | {'met' if ok else 'MISSED'} |")
    out += ["", f"({t['n']} tokens. Bars: explained variance >= 0.85, L0 4 to 30, recovered >= 0.90, never active <= 5 %.)", "",
            "Live features of layer 10: 777, and nine drawn at random. Encoder direction, scale auto.", "",
            "| feature | the most probable definitions of its ghost | where it is active |", "|---|---|---|"]
    ten = [x for x in features if x["hook"] == sae.HOOKS[10]]
    live = [x["feature"] for x in ten if x["density"] > 1e-4 and len(x["examples"]) == 10 and x["feature"] != 777]
    w = sae.open_sae(10).W_enc
    for f in [777, *sorted(random.Random(a.seed).sample(live, 9))]:
        tree = g.tree(g.ghost(w[:, f]))[:3]
        out.append(f"| {f} | {'<br>'.join(cell(f'{c:.2f} {t}') for c, t in tree)} | "
                   f"{'<br>'.join(cell(show(e)) for e in ten[f]['examples'][:3])} |")
    text = "\n".join(out)
    print(text)
    readme = MODEL / "README.md"
    old = readme.read_text() if readme.exists() else "<!-- measured -->\n<!-- /measured -->\n"
    readme.write_text(re.sub(r"(?s)(<!-- measured -->).*(<!-- /measured -->)",
                             lambda m: f"{m[1]}\n{text}\n{m[2]}", old))


if __name__ == "__main__":
    main()
