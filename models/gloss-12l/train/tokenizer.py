"""Byte-level BPE with GPT-2's splitting: train it, write Hugging Face's tokenizer.json, use it.

    python3 tokenizer.py [--vocab 8192]
"""
import argparse
import collections
import json

import regex

from paths import MODEL, WORK

SPLIT = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
BOS = "<|endoftext|>"


def byte_alphabet():
    """GPT-2's printable stand-ins for the 256 bytes"""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + i) for i, b in enumerate(rest)}}


ALPHABET = byte_alphabet()
BYTES = {c: b for b, c in ALPHABET.items()}


def symbols(text):
    return "".join(ALPHABET[b] for b in text.encode())


def learn(counts, wanted, n_merges):
    """Merge the commonest pair until there are n_merges. `wanted` words are counted as if very common,
    so that they become whole tokens. Only the words a merge touches are counted again."""
    words = [list(w) for w in counts]
    weight = [c + (10 ** 6 if w in wanted else 0) for w, c in counts.items()]
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, w in enumerate(words):
        for p in zip(w, w[1:]):
            pairs[p] += weight[i]
            where[p].add(i)
    merges = []
    while len(merges) < n_merges and pairs:
        best = max(pairs, key=lambda p: (pairs[p], p))
        if pairs[best] < 2:
            break
        merges.append(best)
        for i in where.pop(best):
            w = words[i]
            for p in zip(w, w[1:]):
                pairs[p] -= weight[i]
                if pairs[p] <= 0:
                    del pairs[p]
            out, k = [], 0
            while k < len(w):
                if k + 1 < len(w) and (w[k], w[k + 1]) == best:
                    out.append(w[k] + w[k + 1])
                    k += 2
                else:
                    out.append(w[k])
                    k += 1
            words[i] = out
            for p in zip(out, out[1:]):
                pairs[p] += weight[i]
                where[p].add(i)
    return merges


class Tokenizer:
    def __init__(self, path=MODEL / "tokenizer.json"):
        d = json.load(open(path))
        self.vocab = d["model"]["vocab"]
        self.tokens = {i: t for t, i in self.vocab.items()}
        self.rank = {tuple(m if isinstance(m, list) else m.split(" ")): i for i, m in enumerate(d["model"]["merges"])}
        self.bos = self.vocab[BOS]
        self.cache = {}

    def __len__(self):
        return len(self.vocab)

    def word(self, w):
        if w not in self.cache:
            s = list(symbols(w))
            while len(s) > 1:
                r, k = min((self.rank.get(p, 1 << 30), k) for k, p in enumerate(zip(s, s[1:])))
                if r == 1 << 30:
                    break
                s[k:k + 2] = [s[k] + s[k + 1]]
            self.cache[w] = [self.vocab[x] for x in s]
        return self.cache[w]

    def encode(self, text):
        return [i for w in SPLIT.findall(text) for i in self.word(w)]

    def text(self, i):
        t = self.tokens[i]
        return t if t == BOS else bytes(BYTES[c] for c in t).decode("utf-8", "replace")

    def decode(self, ids):
        return b"".join(bytes(BYTES[c] for c in self.tokens[i]) for i in ids if i != self.bos).decode("utf-8", "replace")


def save(merges, path):
    tokens = [BOS, *(ALPHABET[b] for b in range(256)), *(a + b for a, b in merges)]
    special = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)
    json.dump({
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": 0, "content": BOS, **special}],
        "normalizer": None, "pre_tokenizer": level, "post_processor": None, "decoder": level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
            "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
            "vocab": {t: i for i, t in enumerate(tokens)}, "merges": [f"{a} {b}" for a, b in merges],
        },
    }, open(path, "w"), ensure_ascii=False, indent=0)
    json.dump({"tokenizer_class": "GPT2Tokenizer", "bos_token": BOS, "eos_token": BOS, "unk_token": BOS,
               "add_prefix_space": False, "model_max_length": 64}, open(path.parent / "tokenizer_config.json", "w"), indent=2)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--vocab", type=int, default=8192)
    a = p.parse_args()
    counts = collections.Counter()
    for i, line in enumerate(open(WORK / "train.txt")):
        if i % 5 == 0:
            counts.update(SPLIT.findall(line.rstrip("\n")))
    words = json.load(open(WORK / "words.json"))
    wanted = {symbols(s + w) for w in words for s in ("", " ")}
    counts = {symbols(w): c for w, c in sorted(counts.items())}
    for w in wanted:
        counts.setdefault(w, 1)
    merges = learn(dict(sorted(counts.items())), wanted, a.vocab - 257)
    seen, unique = set(), []
    for m in merges:                                            # two merges may spell one token: it needs one id
        if m[0] + m[1] not in seen:
            unique.append(m)
        seen.add(m[0] + m[1])
    merges = unique
    save(merges, MODEL / "tokenizer.json")
    t = Tokenizer()
    whole = sum(len(t.encode(s + w)) == 1 for w in words for s in ("", " "))
    print(f"{len(t)} tokens, {len(seen) - len(unique)} double; {whole} of {2 * len(words)} words are whole")


if __name__ == "__main__":
    main()
