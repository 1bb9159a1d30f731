"""Writes what the TypeScript core is tested against: test/fixtures/<model>.json.

    python3 test/reference/make_fixtures.py
    python3 test/reference/make_fixtures.py --model test/fixtures/gloss-12l --hook blocks.10.hook_resid_post \
        --feature 777 --feature 3 --cutoff 2e-3

Without --model: the tiny checkpoints, every option. The file's fields:

    model, torch   folder name; version of torch
    embedding      {raw, centered}: centroid [d_model], meanTokenDistance, pc1 [d_model], variances of PC1 and
                   PC2; centered: each row's mean over d_model subtracted first
    tokenizer      encode [{text, ids}] (no BOS); decode: every token's text, small vocabularies only
    passes         one default prompt pass a hook, tiny Gemmas one of a long prompt too: prompt {before (with BOS),
                   after}, ghost, logits of the last position, hidden {hook point: [positions][d_model]},
                   encode [{hook, centered, active: [feature, activation] pairs of each position}]
    cases          {name, hook, feature, centered, options (scale may be "auto"), parameters (resolved),
                   ghost {norm, distanceFromCentroid, meanTokenDistance, vector}, prompt {before, after},
                   tree and tokens as in the report but for the tokens' texts, borderline}
    details        tiny Gemmas only: {what is wrong: largest difference of a logit of the first pass}, all above 1e-2
    fineDetails    the same of roundings, all above 5e-4
    borderline     [{path: token ids from the root, cumulative, reason}], nodes in or just out of the tree that
                   another float32 program may decide otherwise; reason "cutoff": within 1e-3 relative of
                   tree.cutoff; "top": the last child looked at or the next one, within 1e-3 relative
"""

import argparse
import json
import os
import time

import torch

from independent.bpe import Tokenizer
from independent.cases import DEFAULTS, LONG_PROMPT, gemma_cases, model_cases, tiny_cases
from independent.details import details_fixture
from independent.ghost import embedding_geometry, feature_direction, ghost_token, token_list
from independent.gemma import Gemma
from make_tiny import FIXTURES
from independent.model import load_model
from independent.sae import Sae, sae_folder
from independent.tree import closes, definition_tree, prompt_embeddings, prompt_ids, walk

TEXTS = [
    "",
    'A typical definition of "',
    '" would be "',
    "   ",
    " \n\n x\r\n\ttabs ",
    "it's We'LL they've 'S 's'T  don't",
    "日本語 “so” 🙂🙂 → café cafe\u0301 naïve",
    "a<|endoftext|>b <|endoftext|>",
    "zero\u200bwidth\u00a0space\u3000\u2028\ufeff\x1c\x85",
    "½²３ x² 1234567 3.14 Ⅷ",
    "𝒳𝟘 \x00\x01\x7f",
    'she said "yes."\' {ghost} !!!???',
]

# Runs, tags and special tokens, U+2581 itself, what looks like a byte's token.
GEMMA_TEXTS = [
    "two  three   seven       spaces ",
    " \n\n\n\n\n\n\n\n\n \n x\n",
    "a\u2581b \u2581\u2581\u2581c",
    "<bos>a<start_of_turn> user\n<b>bold</b><table> <unused0> <mask>",
    "<0x41> <0xE2>",
    "🌲🌳 日本語中文 ß",
]


class Subject:
    """A model folder opened once: model, tokenizer, SAEs by hook, geometry raw and centred."""

    def __init__(self, folder, hooks):
        self.model = load_model(folder)
        self.tokenizer = Tokenizer.load(folder)
        self.saes = {hook: Sae.load(sae_folder(folder, hook)) for hook in hooks}
        self.geometry = {on: embedding_geometry(self.model.embedding, on) for on in (False, True)}

    def ghost(self, hook, feature, options, centered):
        """The ghost [d_model], float64."""
        direction = feature_direction(self.saes[hook], feature, options["weights"])
        geometry = self.geometry[centered]
        return ghost_token(geometry, direction, options["scale"], options["centroid"], options["pca"])


def case_fixture(subject, name, hook, feature, options, centered):
    """One full run of both methods."""
    options = {**DEFAULTS, **options}
    geometry, model = subject.geometry[centered], subject.model
    ghost = subject.ghost(hook, feature, options, centered)
    before, after = prompt_ids(subject.tokenizer, options["prompt"], model.bos)
    is_end = closes(subject.tokenizer, options["prompt"]) if options["close"] else lambda token_id: False
    tree, borderline, forwards = definition_tree(
        model,
        prompt_embeddings(model, before, ghost, after),
        options["top"],
        options["cutoff"],
        options["depth"],
        options["nodes"],
        is_end,
    )
    resolved = geometry.mean_distance if options["scale"] == "auto" else options["scale"]
    return forwards, {
        "name": name,
        "hook": hook,
        "feature": feature,
        "centered": centered,
        "options": options,
        "parameters": {**options, "scale": resolved},
        "ghost": {
            "norm": ghost.norm().item(),
            "distanceFromCentroid": (ghost - geometry.centroid).norm().item(),
            "meanTokenDistance": geometry.mean_distance,
            "vector": ghost.tolist(),
        },
        "prompt": {"before": before, "after": after},
        "tree": tree,
        "borderline": borderline,
        "tokens": token_list(geometry, ghost, options["m"], options["tokens"]),
    }


def pass_fixture(subject, hook, feature, every_hook, prompt=DEFAULTS["prompt"]):
    """The prompt pass for one default ghost: logits of the last position, residual streams, encodings."""
    model, centered = subject.model, subject.saes[hook].centered
    ghost = subject.ghost(hook, feature, DEFAULTS, centered)
    before, after = prompt_ids(subject.tokenizer, prompt, model.bos)
    logits, hidden = model.forward(prompt_embeddings(model, before, ghost, after))
    active = lambda row: [[i, row[i].item()] for i in row.nonzero().flatten().tolist()]
    return {
        "hook": hook,
        "feature": feature,
        "centered": centered,
        "prompt": {"before": before, "after": after},
        "ghost": ghost.tolist(),
        "logits": logits[-1].tolist(),
        "hidden": {name: x.tolist() for name, x in hidden.items() if every_hook or name in subject.saes},
        "encode": [
            {"hook": name, "centered": on, "active": [active(row) for row in sae.encode(hidden[name], on)]}
            for name, sae in subject.saes.items()
            for on in (False, True)
        ],
    }


def pass_embeddings(model, made):
    """The input embeddings of a pass."""
    ghost = torch.tensor(made["ghost"], dtype=torch.float64)
    return prompt_embeddings(model, made["prompt"]["before"], ghost, made["prompt"]["after"])


def geometry_fixture(geometry):
    return {
        "centroid": geometry.centroid.tolist(),
        "meanTokenDistance": geometry.mean_distance,
        "pc1": geometry.pc1.tolist(),
        "pc1Variance": geometry.variances[0].item(),
        "pc2Variance": geometry.variances[1].item(),
    }


def nine_digits(value):
    """Floats to 9 significant digits, which tell any two float32 numbers apart."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: nine_digits(entry) for key, entry in value.items()}
    return [nine_digits(entry) for entry in value] if isinstance(value, list) else value


def write_fixture(path, fixture):
    """Compact JSON with one case a line, so that a change shows where it is."""
    compact = lambda value: json.dumps(nine_digits(value), separators=(",", ":"), ensure_ascii=True)
    lines = []
    for key, value in fixture.items():
        text = compact(value)
        if key in ("passes", "cases"):
            text = "[\n" + ",\n".join(map(compact, value)) + "\n]"
        lines.append(f"{compact(key)}:{text}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


def make_fixture(folder, hooks, cases, path):
    """cases: [(name, hook, feature, options, centered)]."""
    started, forwards, made = time.time(), 0, []
    subject = Subject(folder, hooks)
    small = len(subject.model.embedding) <= 1000
    for case in cases(subject):
        count, fixture = case_fixture(subject, *case)
        forwards += count
        made.append(fixture)
        tree = fixture["tree"]
        ends = sum(node["end"] for _, node in walk(tree["root"]))
        near = len(fixture["borderline"])
        print(f"{fixture['name']}: {tree['nodes']} nodes, {ends} ends, {near} borderline", flush=True)
    gemma = isinstance(subject.model, Gemma)
    texts = TEXTS + GEMMA_TEXTS if gemma else TEXTS
    passes = [pass_fixture(subject, hook, made[0]["feature"], small) for hook in hooks]
    details = {}
    if gemma and small:
        details = details_fixture(subject.model, pass_embeddings(subject.model, passes[0]))
        passes.append(pass_fixture(subject, hooks[0], made[0]["feature"], small, LONG_PROMPT))
    fixture = {
        "model": os.path.basename(os.path.normpath(folder)),
        "torch": torch.__version__,
        "embedding": {
            "raw": geometry_fixture(subject.geometry[False]),
            "centered": geometry_fixture(subject.geometry[True]),
        },
        "tokenizer": {
            "encode": [{"text": text, "ids": subject.tokenizer.encode(text)} for text in texts],
            "decode": [subject.tokenizer.decode(i) for i in range(len(subject.model.embedding))] if small else [],
        },
        "passes": passes,
        "cases": made,
        **details,
    }
    write_fixture(path, fixture)
    size = os.path.getsize(path) / 1e3
    print(f"{path}: {len(made)} cases, {forwards} forward passes, {time.time() - started:.0f} s, {size:.0f} kB")


def make_tiny_fixtures():
    """Every option on the first hook; on the second the first cases, centred rows the other way round."""
    for name in ("tiny-gpt2", "tiny-gpt2-sharded"):
        hooks = ["blocks.0.hook_resid_post", "blocks.1.hook_resid_post"]

        def cases(subject):
            for case, feature, options in tiny_cases():
                yield case, hooks[0], feature, options, subject.saes[hooks[0]].centered
            for case, feature, options in tiny_cases()[:5]:
                yield case, hooks[1], feature, options, subject.saes[hooks[1]].centered
                yield case, hooks[1], feature, options, not subject.saes[hooks[1]].centered

        make_fixture(os.path.join(FIXTURES, name), hooks, cases, os.path.join(FIXTURES, name + ".json"))

    # Small trees again; the final soft cap makes those of tiny-gemma-2 flatter.
    for name, cutoff in (("tiny-gemma", 3e-3), ("tiny-gemma-2", 2e-4)):
        hooks = ["blocks.0.hook_resid_post", "blocks.1.hook_resid_post"]

        def cases(subject):
            for case, feature, options in gemma_cases(cutoff):
                yield case, hooks[0], feature, options, False
            for case, feature, options in gemma_cases(cutoff)[:3]:
                yield case, hooks[1], feature, options, False

        make_fixture(os.path.join(FIXTURES, name), hooks, cases, os.path.join(FIXTURES, name + ".json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="model folder; without it the tiny checkpoints are done")
    parser.add_argument("--hook", action="append", help="hook point of an SAE under saes/; may be repeated")
    parser.add_argument("--feature", action="append", type=int, help="may be repeated")
    parser.add_argument("--cutoff", type=float, default=1e-3, help="default %(default)s")
    parser.add_argument("--centered", choices=("auto", "on", "off"), default="auto", help="auto: as cfg.json says")
    parser.add_argument("--out", help="default test/fixtures/<model>.json")
    given = parser.parse_args()
    # One thread: results do not depend on the machine's number of cores.
    torch.set_num_threads(1)
    if given.model is None:
        make_tiny_fixtures()
        return
    if not given.hook or not given.feature:
        parser.error("--model needs --hook and --feature")

    def cases(subject):
        for hook in given.hook:
            centered = subject.saes[hook].centered if given.centered == "auto" else given.centered == "on"
            for name, feature, options in model_cases(given.feature, given.cutoff):
                yield name, hook, feature, options, centered

    name = os.path.basename(os.path.normpath(given.model))
    make_fixture(given.model, given.hook, cases, given.out or os.path.join(FIXTURES, name + ".json"))


if __name__ == "__main__":
    main()
