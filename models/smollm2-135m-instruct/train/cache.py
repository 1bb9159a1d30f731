"""The stored activations as arrays."""
import json
from dataclasses import dataclass

import numpy as np

from activations import FOLDER, HOOKS
from corpus import LOCAL, digest, read
from paths import CORPUS

MASSIVE = 3                                                     # times the median norm; such tokens are left out


@dataclass
class Cache:
    """Every stored token of the corpus but BOS, text after text."""
    x: np.ndarray                                               # [tokens, d_model], float16
    ids: np.ndarray                                             # [tokens]
    usable: np.ndarray                                          # [tokens]: not of massive norm
    test: np.ndarray                                            # [tokens]: of a held-out document
    text: np.ndarray                                            # [tokens]: index into rows
    begin: np.ndarray                                           # [texts + 1]: first token of each text
    rows: list                                                  # a line of the corpus for each text
    median: float                                               # norm

    def train_tokens(self):
        return np.flatnonzero(self.usable & ~self.test)

    def test_tokens(self):
        return np.flatnonzero(self.usable & self.test)


def load_cache(layer, limit=1 << 40):
    """limit: tokens, at least"""
    corpus = {digest(row["text"]): row for row in read(CORPUS, LOCAL)}
    xs, ids, norms, rows, lengths, total = [], [], [], [], [], 0
    for path in sorted(FOLDER.glob("*.json")):
        name, index = path.stem, json.loads(path.read_text())
        keep = np.repeat([d in corpus for d, _ in index], [n for _, n in index])     # some texts may have left the corpus
        xs.append(np.load(FOLDER / f"{name}.{layer}.npy", mmap_mode="r")[keep])
        ids.append(np.load(FOLDER / f"{name}.ids.npy")[keep])
        norms.append(np.load(FOLDER / f"{name}.norms.npy")[HOOKS.index(layer)][keep])
        rows += [corpus[d] for d, _ in index if d in corpus]
        lengths += [n for d, n in index if d in corpus]
        total += len(ids[-1])
        if total >= limit:
            break
    norm = np.concatenate(norms)
    median = float(np.median(norm))
    return Cache(np.concatenate(xs), np.concatenate(ids), norm < MASSIVE * median,
                 np.repeat([r["test"] for r in rows], lengths), np.repeat(np.arange(len(rows)), lengths),
                 np.concatenate([[0], np.cumsum(lengths)]), rows, median)
