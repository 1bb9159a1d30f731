"""Checks a report of `ghosttree feature --json` against the original algorithm, slowly and honestly.

    npx ghosttree feature 10 777 cutoff=1e-3 --json > report.json
    python3 test/reference/check_report.py --model test/fixtures/gloss-12l report.json

Node sets must be equal (nodes within 1e-3 relative of the cutoff aside), cumulative probabilities
within 1e-4 relative, lists in the same order where scores differ by more than 1e-5. Exit status 1
when they are not. The tree is grown anew for the cutoff that the report says it is exact for; whether
a budget would have allowed a larger tree is not looked at.
"""

import argparse
import json
import sys

import torch

from independent.bpe import Tokenizer
from independent.ghost import embedding_geometry, feature_direction, ghost_token, token_list
from make_held import held_at
from independent.model import load_model
from independent.sae import Sae, sae_folder
from independent.tree import closes, definition_tree, prompt_embeddings, prompt_ids, walk

CUMULATIVE_TOLERANCE = 1e-4  # relative
SCORE_TOLERANCE = 1e-5  # absolute


def compare_trees(expected, borderline, actual):
    """(complaints, largest relative difference of a cumulative probability) of two tree roots."""
    ours, theirs = dict(walk(expected)), dict(walk(actual))
    allowed = [tuple(entry["path"]) for entry in borderline]
    # Below a node that may be missing, everything may be.
    excused = lambda path: any(path[: len(stem)] == stem for stem in allowed)
    complaints = [f"missing {path}" for path in ours if path not in theirs and not excused(path)]
    complaints += [f"not expected {path}" for path in theirs if path not in ours and not excused(path)]
    worst = 0.0
    for path in ours.keys() & theirs.keys():
        difference = abs(theirs[path]["cumulative"] / ours[path]["cumulative"] - 1)
        worst = max(worst, difference)
        if difference > CUMULATIVE_TOLERANCE:
            complaints.append(f"cumulative of {path}: {theirs[path]['cumulative']} for {ours[path]['cumulative']}")
        if theirs[path]["end"] != ours[path]["end"]:
            complaints.append(f"end of {path}")
    return complaints, worst


def compare_lists(expected, actual):
    """(complaints, largest difference of a score); `expected` lists the whole vocabulary."""
    score = {token["tokenId"]: token["score"] for token in expected}
    complaints, worst, highest = [], 0.0, float("-inf")
    for token in actual:
        own = score[token["tokenId"]]
        worst = max(worst, abs(token["score"] - own))
        highest = max(highest, own)
        if highest - own > SCORE_TOLERANCE:
            complaints.append(f"token {token['tokenId']} at rank {token['rank']} comes too late")
    listed = {token["tokenId"] for token in actual}
    missing = [i for i, own in score.items() if i not in listed and own < highest - SCORE_TOLERANCE]
    complaints += [f"token {i} is missing" for i in missing]
    if worst > SCORE_TOLERANCE:
        complaints.append(f"a score differs by {worst}")
    return complaints, worst


def compare_numbers(expected, actual, tolerance=1e-5):
    """Complaints about numbers of `expected` that `actual` lacks or has relatively further off."""
    return [
        f"{name} is {actual.get(name)}, not {value}"
        for name, value in expected.items()
        if abs(actual.get(name, float("inf")) - value) > tolerance * max(abs(value), 1e-6)
    ]


def recompute(folder, report, centered, dtype=torch.float32):
    """(tree, borderline, token list over the whole vocabulary, ghost summary) for a report's sae and
    parameters."""
    model, tokenizer = load_model(folder, dtype), Tokenizer.load(folder)
    sae = Sae.load(sae_folder(folder, report["sae"]["hook"]))
    asked = report["parameters"]
    geometry = embedding_geometry(model.embedding, sae.centered if centered is None else centered)
    direction = feature_direction(sae, report["sae"]["feature"], asked["weights"])
    ghost = ghost_token(geometry, direction, asked["scale"], asked["centroid"], asked["pca"])
    before, after = prompt_ids(tokenizer, asked["prompt"], model.bos)
    held = report.get("held")
    if held:
        where = report["sae"]["hook"], len(before), held["by"], held["activation"]
        centring = sae.centered if centered is None else centered
        change = held_at(*where, sae, report["sae"]["feature"], centring)
        free = model.forward
        model.forward = lambda embeddings: free(embeddings, change)
    is_end = closes(tokenizer, asked["prompt"]) if asked["close"] else lambda token_id: False
    prompt = prompt_embeddings(model, before, ghost, after)
    everything = float("inf")  # the report's own cutoff stands for its budget
    tree, borderline, _ = definition_tree(
        model, prompt, asked["top"], report["tree"]["cutoff"], asked["depth"], everything, is_end
    )
    summary = {
        "norm": ghost.norm().item(),
        "distanceFromCentroid": (ghost - geometry.centroid).norm().item(),
        "meanTokenDistance": geometry.mean_distance,
    }
    return tree, borderline, token_list(geometry, ghost, asked["m"], len(model.embedding)), summary


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the model folder the report was made with")
    parser.add_argument("--centered", choices=("auto", "on", "off"), default="auto", help="auto: as cfg.json says")
    parser.add_argument("report", help="JSON file, - for stdin")
    given = parser.parse_args()
    torch.set_num_threads(1)
    with sys.stdin if given.report == "-" else open(given.report, encoding="utf-8") as file:
        report = json.load(file)
    centered = None if given.centered == "auto" else given.centered == "on"
    tree, borderline, tokens, ghost = recompute(given.model, report, centered)
    tree_complaints, cumulative = compare_trees(tree["root"], borderline, report["tree"]["root"])
    list_complaints, score = compare_lists(tokens, report["tokens"])
    if len(report["tokens"]) != min(report["parameters"]["tokens"], len(tokens)):
        list_complaints.append(f"{len(report['tokens'])} tokens listed")
    if report["tree"]["nodes"] != sum(1 for _ in walk(report["tree"]["root"])):
        tree_complaints.append("tree.nodes does not count the nodes below the root")
    if report["tree"]["nodes"] > report["parameters"]["nodes"]:
        tree_complaints.append("more nodes than the budget allows")
    ghost_complaints = compare_numbers(ghost, report["ghost"])
    complaints = ghost_complaints + tree_complaints + list_complaints
    for complaint in complaints[:20]:
        print(complaint)
    print(
        f"{tree['nodes']} nodes, {len(borderline)} borderline, {len(tree_complaints)} complaints,"
        f" largest relative difference {cumulative:.1e}; {len(report['tokens'])} tokens,"
        f" {len(list_complaints)} complaints, largest difference {score:.1e}"
    )
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
