"""Writes test/fixtures/kind.json: the numbers of /kind for a few features, with numpy in float64.

    python3 test/reference/logit_lens.py

For each model: `trained`, the number of tokens that training saw; for each feature {hook, feature, moments, splits,
promoted and suppressed [{tokenId, weight}], sets {name: {size, score}}} and
`percentiles`, of the moments within the SAE, where all features were measured.

Weights: Wright and Bloom 2024, "Understanding SAE Features with the Logit Lens"; enrichment score: Subramanian et al.
2005 with p = 1, summed here over the whole ranking.
"""

import gzip
import json
import os
import re

import numpy

from independent.bpe import Tokenizer, byte_characters, byte_token
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
SUBJECTS = [
    (os.path.join(FIXTURES, "tiny-gpt2"), ["blocks.0.hook_resid_post", "blocks.1.hook_resid_post"], [7, 21]),
    (os.path.join(FIXTURES, "tiny-gemma"), ["blocks.0.hook_resid_post", "blocks.1.hook_resid_post"], [7, 21]),
    (os.path.join(MODELS, "gloss-12l"), ["blocks.0.hook_resid_post", "blocks.10.hook_resid_post"], [777, 233]),
]
WORDS = os.path.join(MODELS, "..", "src", "core", "words", "parts-of-speech.txt.gz")
IMPOSSIBLE = [0xC0, 0xC1, *range(0xF5, 0x100)]


def impossible_tokens(vocabulary):
    """Ids of the tokens of bytes that no UTF-8 text has, in either spelling."""
    characters = byte_characters()
    fallback = byte_token(IMPOSSIBLE[0]) in vocabulary
    names = [byte_token(byte) if fallback else characters[byte] for byte in IMPOSSIBLE]
    return [vocabulary[name] for name in names if name in vocabulary]


def cosines(vector, rows):
    """cos(vector, row) of every row; 0 for a row of length 0."""
    lengths = numpy.linalg.norm(rows, axis=1)
    return (rows @ vector) / numpy.where(lengths > 0, lengths, 1) / numpy.linalg.norm(vector)


def trained_tokens(vocabulary, offsets):
    """Ids of the tokens that training saw, by the offsets of embeddings from their centroid."""
    everything = numpy.arange(len(offsets))
    impossible = impossible_tokens(vocabulary)
    if not impossible:
        return everything
    near = cosines(offsets[impossible].mean(0), offsets)
    return everything if near[impossible].min() < 0.9 else everything[near < 0.5]


def enrichment_score(weights, members):
    """The running sum over all tokens by weight, largest first (ties by id), at its largest deviation from 0."""
    order = numpy.argsort(-weights, kind="stable")
    inside = members[order]
    hits = numpy.where(inside, numpy.abs(weights[order]), 0)
    steps = hits / hits.sum() - ~inside / (~inside).sum()
    running = numpy.cumsum(steps)
    return float(running[numpy.argmax(numpy.abs(running))])


def split_share(weights, members):
    """Share of the variance between two groups of weights."""
    if members.all() or not members.any():
        return 0.0
    groups = (weights[members], weights[~members])
    between = sum(len(group) * (group.mean() - weights.mean()) ** 2 for group in groups)
    return float(between / (len(weights) * weights.var()))


def lens(model, vector):
    """W_U times a decoder vector with the final norm folded in; LayerNorm takes the vector's mean away first."""
    if "ln_f.weight" in model.weights:
        vector = (vector - vector.mean(-1, keepdims=True)) * model.weights["ln_f.weight"].double().numpy()
    else:
        vector = vector * (1 + model.weights["norm.weight"].double().numpy())
    return vector @ model.embedding.double().numpy().T


def moments_of(weights):
    """{mean, standardDeviation, skewness, kurtosis} over the last axis."""
    mean = weights.mean(-1)
    deviation = weights.std(-1)
    z = (weights - mean[..., None]) / deviation[..., None]
    return {"mean": mean, "standardDeviation": deviation, "skewness": (z**3).mean(-1), "kurtosis": (z**4).mean(-1)}


def features_of(folder, hooks, features):
    """What the fixture holds of one model."""
    model, tokenizer = load_model(folder), Tokenizer.load(folder)
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
        vocabulary = json.load(file)["model"]["vocab"]
    embedding = model.embedding.double().numpy()
    with gzip.open(WORDS, "rt", encoding="ascii") as file:
        nouns = next(set(line.split()[1:]) for line in file if line.startswith("noun "))
    cases, trained = [], None
    for hook in hooks:
        sae = Sae.load(sae_folder(folder, hook))
        rows = embedding - embedding.mean(1, keepdims=True) if sae.centered else embedding
        offsets = rows - rows.mean(0)
        ids = trained_tokens(vocabulary, offsets)
        trained = len(ids)
        texts = [tokenizer.decode(int(token)) for token in ids]
        sets = {
            "nouns": numpy.array([text.strip().lower() in nouns for text in texts]),
            "leading space": numpy.array([text.startswith(" ") for text in texts]),
            "-s": numpy.array([bool(re.fullmatch(r" ?[^\W\d_]*(?<!s)s", text)) for text in texts]),
        }
        capitalised = numpy.array([bool(re.match(r" ?[A-Z][a-z]", text)) for text in texts])
        decoder = sae.W_dec.double().numpy()
        everything = moments_of(lens(model, decoder)[:, ids])
        for feature in features:
            weights = lens(model, decoder[feature])[ids]
            centred = weights - weights.mean()
            order = numpy.argsort(-centred, kind="stable")
            named = lambda index: {"tokenId": int(ids[index]), "weight": float(centred[index])}
            cases.append(
                {
                    "hook": hook,
                    "feature": feature,
                    "moments": {name: float(value) for name, value in moments_of(weights).items()},
                    "percentiles": {
                        name: float(100 * ((values < values[feature]).mean() + (values == values[feature]).mean() / 2))
                        for name, values in everything.items()
                    },
                    "splits": {
                        "leadingSpace": split_share(centred, sets["leading space"]),
                        "capitalised": split_share(centred, capitalised),
                    },
                    "promoted": [named(index) for index in order[:10]],
                    "suppressed": [named(index) for index in order[::-1][:10]],
                    "sets": {
                        name: {"size": int(members.sum()), "score": enrichment_score(centred, members)}
                        for name, members in sets.items()
                        if 5 <= members.sum() <= len(ids) - 5
                    },
                }
            )
    return {"trained": trained, "cases": cases}


def main():
    fixture = {os.path.basename(folder): features_of(folder, hooks, features) for folder, hooks, features in SUBJECTS}
    with open(os.path.join(FIXTURES, "kind.json"), "w", encoding="utf-8") as file:
        json.dump(fixture, file)
        file.write("\n")


if __name__ == "__main__":
    main()
