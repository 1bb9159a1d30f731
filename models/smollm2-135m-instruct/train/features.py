"""features.jsonl.gz: when each feature of each SAE is active on the corpus, and where most.

    python features.py [--limit TOKENS]

A line: hook, feature, density, max, examples (ten, strongest first), middle (five from the middle of the range),
histogram (BINS equal bins from 0 to max, of the tokens on which it is active), stability (only where SAEs of other seeds
were trained: in how many of them a decoder direction has a cosine above SAME with its own). An example is a window of tokens
with their activations and its `source`; only sources whose licence allows it are shown, while the counts are of all.
Also writes each SAE's sparsity.safetensors, log10 of the densities, as SAELens keeps them.
"""
import argparse
import gzip
import json
import re

import numpy as np
import torch
from safetensors.torch import save_file

from activations import HOOKS, hook_name
from cache import load_cache
from paths import WORK
from saelens import Sae
from smollm2 import SPECIAL, load_tokenizer

TOP, MIDDLE, BINS, SAME = 10, 5, 20, 0.7
BEFORE, AFTER = 14, 6                                           # tokens of an example on either side of its peak
POOL = 60                                                       # candidates for the examples of a feature
ALIKE = 0.5                                                     # share of words in common that makes two examples one
CHUNK = 8_192


def active_entries(sae, x):
    """Every activation of x, sorted by feature -> (token, activation, first entry of each feature [F + 1])"""
    tokens, features, values = [], [], []
    for b in range(0, len(x), CHUNK):
        z = sae.encode(torch.from_numpy(x[b:b + CHUNK]).float())
        t, f = z.nonzero(as_tuple=True)
        tokens.append((t + b).numpy().astype(np.int32))
        features.append(f.numpy().astype(np.int16))
        values.append(z[t, f].numpy())
    tokens, features, values = map(np.concatenate, (tokens, features, values))
    order = np.argsort(features, kind="stable")
    return tokens[order], values[order], np.searchsorted(features[order], np.arange(len(sae.threshold) + 1))


def window(cache, token):
    """First and last token, exclusive, of the example about a token; it stays in its text"""
    first, end = cache.begin[cache.text[token]], cache.begin[cache.text[token] + 1]
    return max(first, token - BEFORE), min(end, token + 1 + AFTER)


def distinct(cache, words, candidates, count):
    """The first `count` of the candidates (tokens) of which no two are of one text or alike

    words: window -> its words
    """
    chosen, texts, seen = [], set(), []
    for token in candidates:
        text = cache.text[token]
        if text in texts:
            continue
        w = words(window(cache, token))
        if any(len(w & v) > ALIKE * min(len(w), len(v)) for v in seen):
            continue
        chosen.append(token)
        texts.add(text)
        seen.append(w)
        if len(chosen) == count:
            break
    return chosen


def one_a_text(cache, tokens):
    """Keeps the first token of each text, in order"""
    _, first = np.unique(cache.text[tokens], return_index=True)
    return tokens[np.sort(first)]


def stability(layer, w_dec):
    """-> (in how many of the other seeds each feature has its like, or None where there are none; how many those are)"""
    others = sorted((WORK / "saes").glob(f"{hook_name(layer)}.seed*"))
    unit = torch.nn.functional.normalize(w_dec, dim=1)
    like = [(unit @ torch.nn.functional.normalize(Sae(o).W_dec, dim=1).t()).amax(1) > SAME for o in others]
    return (torch.stack(like).sum(0).tolist() if like else None), len(like)


def describe(cache, tokenizer, layer, out):
    folder = WORK / "saes" / hook_name(layer)
    sae = Sae(folder)
    usable = np.flatnonzero(cache.usable)
    entries, values, begin = active_entries(sae, cache.x[usable])
    entries = usable[entries]
    shown = np.array([r["examples"] for r in cache.rows])
    texts = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
    plain = [tokenizer.decode([i], skip_special_tokens=False) for i in range(len(texts))]
    stable, seeds = stability(layer, sae.W_dec)
    words = lambda w: set(re.findall(r"\w+", tokenizer.decode(cache.ids[w[0]:w[1]].tolist()).lower()))
    density = np.diff(begin) / len(usable)
    for f in range(len(density)):
        where, act = entries[begin[f]:begin[f + 1]], values[begin[f]:begin[f + 1]]
        line = {"hook": hook_name(layer), "feature": f, "density": float(f"{density[f]:.3g}"), "max": 0,
                "examples": [], "middle": [], "histogram": [0] * BINS}
        if len(where):
            at = dict(zip(where.tolist(), act.tolist()))
            top = act.max()
            may = shown[cache.text[where]]
            strongest = np.argsort(-act[may], kind="stable")
            candidates = where[may][strongest]
            best = distinct(cache, words, one_a_text(cache, candidates[:20 * POOL])[:POOL], TOP)
            middle = where[may & (act > 0.4 * top) & (act < 0.6 * top)]
            middle = np.random.default_rng(f).permutation(middle)
            used = {cache.text[t] for t in best}
            middle = distinct(cache, words, [t for t in middle[:POOL] if cache.text[t] not in used], MIDDLE)

            def example(token):
                if cache.ids[token] < SPECIAL:
                    raise ValueError(f"feature {f} of layer {layer} has its peak on the special token {texts[cache.ids[token]]}")
                first, end = window(cache, token)
                return {"tokens": [plain[i] for i in cache.ids[first:end]],
                        "activations": [float(f"{at.get(t, 0):.3g}") or 0 for t in range(first, end)],
                        "source": cache.rows[cache.text[token]]["source"]}

            line |= {"max": round(float(top), 3), "examples": [example(t) for t in best],
                     "middle": [example(t) for t in middle],
                     "histogram": np.histogram(act, BINS, (0, top))[0].tolist()}
        if stable is not None:
            line["stability"] = {"returns": stable[f], "seeds": seeds}
        out.write((json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n").encode())
    save_file({"sparsity": torch.log10(torch.from_numpy(density).float() + 1e-10)}, folder / "sparsity.safetensors")
    full = sum(n > 0 for n in density)
    print(f"{hook_name(layer)}: {full} of {len(density)} active on {len(usable)} tokens, median density "
          f"{np.median(density):.2e}" + (f", {np.mean(np.array(stable) > 0):.0%} in another seed" if stable else ""), flush=True)


@torch.inference_mode()
def main():
    a = argparse.ArgumentParser()
    a.add_argument("--limit", type=int, default=1 << 40)
    a.add_argument("--threads", type=int, default=1)
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    tokenizer, path = load_tokenizer(), WORK / "features.jsonl.gz"
    part = path.with_suffix(".part")
    with gzip.GzipFile(part, "wb", mtime=0) as out:
        for layer in HOOKS:
            if (WORK / "saes" / hook_name(layer)).exists():
                describe(load_cache(layer, a.limit), tokenizer, layer, out)
    part.rename(path)
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
