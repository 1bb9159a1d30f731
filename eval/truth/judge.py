"""An independent judge of what is said about features: can the right feature be picked by what was said of it?

    python judge.py answers.ndjson ... [--compare METHOD METHOD] [--label METHOD] [--pool SEED ...]

Reads answers (see answers.py) and prints Markdown tables, a row for each hook, method and seed, and one for the seeds of
--pool together. Both what was said and the firing places that no method saw are embedded by a sentence encoder that knows
neither the model nor the SAE. The matrix of cosines is centred by columns and rows, so that what is said of every feature
scores nothing. Of the N features of a selection: top1 is the share of those nearest to what was said of them, top5 the
share among the five nearest, pct is 1 - mean rank / (N - 1): 0.5 is chance. Equals share their ranks.

--compare tells the paired difference, second method less first, over features that both answer. --label names the method
whose `said` are labels: the last table leaves out of every other method what is only the label's words again.
"""
import argparse
import re
from collections import Counter, defaultdict

import torch
import torch.nn.functional as F

from answers import held_out, read_groups
from intervals import cell, table
from sentences import Sentences

READ_BACK = (0, 0.1, 0.3, 0.5, float("inf"))                    # bounds of the rows by read-back
SAME = 1e-6                                                     # cosines that differ by less are equal
SMALL_WORDS = {"a", "an", "the", "of", "to", "or", "and", "in", "is", "be"}


def references(sentences, answers):
    """[N, d] where each feature fires: its held-out texts and its held-out words, in equal parts"""
    contexts = torch.stack([sentences.embed([f["text"].replace("\n", " ") for f in held_out(a)]).mean(0) for a in answers])
    words = sentences.embed([", ".join(f["word"] for f in held_out(a)) for a in answers])
    return F.normalize(F.normalize(contexts, dim=1) + F.normalize(words, dim=1), dim=1)


def ranks(sentences, answers):
    """How many features are nearer to what was said of each one than that one itself: [N]"""
    said = sentences.embed([" ; ".join(dict.fromkeys(a["said"])) for a in answers])
    cosines = said @ references(sentences, answers).T
    cosines = cosines - cosines.mean(0, keepdim=True)
    cosines = cosines - cosines.mean(1, keepdim=True)
    ahead = cosines - cosines.diag()[:, None]
    return (ahead > SAME).sum(1) + ((ahead.abs() <= SAME).sum(1) - 1) / 2


class Scores:
    """Scores of some answers; each keeps that it was one of all of its selection"""

    def __init__(self):
        self.top1, self.top5, self.pct, self.answers = [], [], [], []

    def add(self, answer, rank, count):
        self.top1.append(float(rank < 1))
        self.top5.append(float(rank < 5))
        self.pct.append(1 - float(rank) / (count - 1))
        self.answers.append(answer)

    def where(self, keep):
        """Scores of the answers of which keep(answer) holds"""
        part = Scores()
        for i, a in enumerate(self.answers):
            if keep(a):
                for name in ("top1", "top5", "pct", "answers"):
                    getattr(part, name).append(getattr(self, name)[i])
        return part

    def cells(self):
        return [len(self.answers), cell(self.pct), cell(self.top1), cell(self.top5)]


COLUMNS = ["features", "pct", "top1", "top5"]


def score(sentences, groups, pool):
    """-> {(hook, method, seed or "all"): Scores}, in order; "all" are the seeds of the pool, where there are several"""
    scores = defaultdict(Scores)
    for g in groups:
        count = len(g.answers)
        if count < 2:
            raise SystemExit(f"{g.method}, {g.hook}, seed {g.seed}: one feature can not be told from others")
        last = [h.seed for h in groups if (h.hook, h.method) == (g.hook, g.method) and h.seed in pool]
        for a, rank in zip(g.answers, ranks(sentences, g.answers)):
            scores[g.hook, g.method, g.seed].add(a, rank, count)
        if len(last) > 1 and g.seed == last[-1]:
            for seed in last:
                each = scores[g.hook, g.method, seed]
                both = scores[g.hook, g.method, "all"]
                for name in ("top1", "top5", "pct", "answers"):
                    getattr(both, name).extend(getattr(each, name))
    return scores


def widest(scores):
    """The pooled rows where there are such, else the rows of single seeds"""
    return {(hook, method, seed): s for (hook, method, seed), s in scores.items()
            if seed == "all" or (hook, method, "all") not in scores}


def by_verdict(scores):
    for (hook, method, seed), s in widest(scores).items():
        for verdict, count in Counter(a["verdict"] for a in s.answers if a.get("verdict")).most_common():
            part = s.where(lambda a: a.get("verdict") == verdict)
            yield [hook, method, seed, verdict, f"{count / len(s.answers):.0%}", *part.cells()]


def by_read_back(scores):
    for (hook, method, seed), s in widest(scores).items():
        for low, high in zip(READ_BACK, READ_BACK[1:]):
            part = s.where(lambda a: a.get("readBack") is not None and low <= max(a["readBack"], 0) < high)
            if part.answers:
                yield [hook, method, seed, f"{low:g} to {high:g}" if high < 1 else f"{low:g} and more", *part.cells()]


def compared(scores, first, second):
    for (hook, method, seed), s in scores.items():
        if method != first or (hook, second, seed) not in scores:
            continue
        other = scores[hook, second, seed]
        row = {a["feature"]: i for i, a in enumerate(other.answers)}
        pairs = [(i, row[a["feature"]]) for i, a in enumerate(s.answers) if a["feature"] in row]
        difference = lambda name: [getattr(other, name)[j] - getattr(s, name)[i] for i, j in pairs]
        yield [hook, seed, len(pairs), *(cell(difference(name)) for name in ("pct", "top1", "top5"))]


def words_of(text):
    return {w.removesuffix("s") for w in re.findall(r"\w+", text.lower())}


def without_labels(groups, label):
    """The groups of other methods without those definitions that are only words of the label again
    -> groups, how many of their features have nothing left"""
    labels = {(g.hook, a["feature"]): set().union(*map(words_of, a["said"])) for g in groups if g.method == label for a in g.answers}
    left, empty = [], {}
    for g in groups:
        if g.method == label:
            continue
        known = [a for a in g.answers if (g.hook, a["feature"]) in labels]
        rest = [a | {"said": [t for t in a["said"]
                              if words_of(t) - SMALL_WORDS - labels[g.hook, a["feature"]]]} for a in known]
        if len(rest) > 1:
            left.append(type(g)(g.hook, g.method, g.seed, rest))
            empty[g.hook, g.method, g.seed] = sum(not a["said"] for a in rest)
    return left, empty


def main():
    a = argparse.ArgumentParser()
    a.add_argument("files", nargs="+")
    a.add_argument("--compare", nargs=2, metavar="METHOD")
    a.add_argument("--label", metavar="METHOD")
    a.add_argument("--pool", type=int, nargs="*", default=[11, 12, 13], metavar="SEED")
    a = a.parse_args()
    groups, sentences = read_groups(a.files), Sentences()
    scores = score(sentences, groups, a.pool)
    print(table(["hook", "method", "seed", *COLUMNS], [[*key, *s.cells()] for key, s in scores.items()]))
    for head, rows in (("verdict", by_verdict(scores)), ("read back", by_read_back(scores))):
        rows = list(rows)
        if rows:
            share = ["share"] if head == "verdict" else []
            print("\n" + table(["hook", "method", "seed", head, *share, *COLUMNS], rows))
    if a.compare:
        print(f"\n{a.compare[1]} less {a.compare[0]}, the same features:\n")
        print(table(["hook", "seed", "features", "pct", "top1", "top5"], list(compared(scores, *a.compare))))
    if a.label:
        left, empty = without_labels(groups, a.label)
        print("\nWithout what is only the label's words again:\n")
        rows = [[*key, empty.get(key, sum(empty.get((*key[:2], s), 0) for s in a.pool)),
                 *s.where(lambda answer: answer["said"]).cells()] for key, s in score(sentences, left, a.pool).items()]
        print(table(["hook", "method", "seed", "nothing left", *COLUMNS], rows))


if __name__ == "__main__":
    main()
