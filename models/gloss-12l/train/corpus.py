"""Corpus: many short lines about a few thousand common words, sampled from WordNet.

    python3 corpus.py [--words 2500] [--lines 1000000]

A definition must come to depend on the *word*, so each word is met hundreds of times, and its
frequent senses more often. The main frame is the prompt of the definition tree. The word stands in
it with and without its leading space, because directions of the residual stream resemble both tokens.
"""
import argparse
import collections
import hashlib
import json
import math
import random
import re

import wordnet
from paths import WORK

CONCRETE = {5, 6, 8, 13, 17, 18, 20, 27}                        # animal, artifact, body, food, object, person, plant, substance
FRAME = 'A typical definition of "{}" would be "{}."'


def choose(senses, n):
    """The n commonest plain words: tagged counts and counts in glosses, concrete ones a little earlier."""
    used = collections.Counter()
    for s in {id(x.full): x.full for v in senses.values() for x in v}.values():
        used.update(re.findall(r"[a-z]+", s.lower()))
    score = {}
    for w, ss in senses.items():
        ss = [s for s in ss if len(s.gloss.split()) >= 2]
        if not re.fullmatch(r"[a-z]{3,12}", w) or w in wordnet.STOP or not ss:
            continue
        tagged = sum(s.count for s in ss)
        score[w] = math.log(1 + tagged) + 0.7 * math.log(1 + used[w]) + 1.2 * (ss[0].topic in CONCRETE)
    return sorted(score, key=lambda w: (-score[w], w))[:n]


def held_out(line):
    """One distinct line in 50 is never trained on, chosen by its hash."""
    return hashlib.md5(line.encode()).digest()[0] * 256 + hashlib.md5(line.encode()).digest()[1] < 65536 // 50


def article(w):
    return "an" if w[0] in "aeiou" else "a"


def lines(senses, words, n, seed):
    rng = random.Random(seed)
    table = []                                                  # per word: its senses and their weights
    for w in words:
        ss = [s for s in senses[w] if len(s.gloss.split()) >= 2][:5]
        weights = [(s.count + 1) ** 0.8 / (1 + 0.5 * i) for i, s in enumerate(ss)]
        table.append((w, ss, weights))
    seen = {}
    order = []
    while n > 0:
        if not order:                                           # every word once before any word twice
            order = rng.sample(table, len(table))
        w, ss, weights = order.pop()
        s = rng.choices(ss, weights)[0]
        r = rng.random()
        spaced = (" " + w) if rng.random() < 0.5 else w
        if r < 0.62:
            line = FRAME.format(spaced, s.gloss)
        elif r < 0.66:
            line = f'The word "{spaced}" means "{s.gloss}."'
        elif r < 0.77:
            line = f"{w}: {s.gloss}."
        elif r < 0.84 and s.hypernyms:
            h = rng.choice(s.hypernyms)
            line = rng.choice((f"{w} is a kind of {h}.", f"{article(w).capitalize()} {w} is a kind of {h}."))
        elif r < 0.89 and s.synonyms:
            line = f"{w} means the same as {rng.choice(s.synonyms)}."
        else:
            ex = [(t, x) for t in ss for x in t.examples]
            if not ex:
                line = f"{w}: {s.gloss}."
            elif rng.random() < 0.8:
                t, x = rng.choice(ex)
                line = x if rng.random() < 0.7 else f'"{x}" uses {w} as "{t.gloss}."'
            else:                                               # a long line, so that late positions are trained
                line = " ".join(f"{v}: {rng.choice(us).gloss}." for v, us, _ in rng.sample(table, 4))
        if line not in seen:
            seen[line] = held_out(line) and not (line.startswith("A typ") and s is ss[0])
        n -= 1
        yield line, seen[line]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--words", type=int, default=2500)
    p.add_argument("--lines", type=int, default=1_000_000)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    senses = wordnet.load()
    words = choose(senses, a.words)
    json.dump(words, open(WORK / "words.json", "w"))
    held = set()
    with open(WORK / "train.txt", "w") as train:
        for line, out in lines(senses, words, a.lines, a.seed):
            held.add(line) if out else train.write(line + "\n")
    held = sorted(held)
    random.Random(a.seed).shuffle(held)
    (WORK / "held.txt").write_text("\n".join(held) + "\n")
    print(f"{len(words)} words, {a.lines} lines, {len(held)} of them held out")


if __name__ == "__main__":
    main()
