"""The words at the peaks of a feature's examples, out of features.jsonl.gz."""
import gzip
import json
import re

from paths import TRAIN

FEATURES = TRAIN.parent / "features.jsonl.gz"
WORD = re.compile(r"\w+(?:['’]\w+)*")


def read_features(hook):
    """The lines of one SAE, in the order of their features"""
    with gzip.open(FEATURES, "rt", encoding="utf-8") as lines:
        return [f for f in map(json.loads, lines) if f["hook"] == hook]


def peak_word(example):
    """The whole word about the peak, joined from its pieces; where the peak is in none, what its token shows"""
    peak = max(range(len(example["tokens"])), key=lambda i: example["activations"][i])
    begin = sum(map(len, example["tokens"][:peak]))
    token = example["tokens"][peak]
    text = "".join(example["tokens"])
    for word in WORD.finditer(text):
        # Of a token that touches two words, the last is the one that the model has just read.
        if word.start() < begin + len(token) <= word.end():
            return word.group()
    return token.strip()


def label(feature, most=3):
    """The distinct words at the peaks, strongest first, as one text"""
    words = {}
    for example in feature["examples"]:
        word = peak_word(example)
        if any(map(str.isalnum, word)) and "\ufffd" not in word:
            words.setdefault(word.lower(), word)
    return ", ".join(list(words.values())[:most])
