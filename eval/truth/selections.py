"""selections.json: which features of the embedded SAEs are judged, drawn by seeds and not by hand.

    python selections.py

Standard library only, so that the same draw comes out anywhere. No feature is in two selections. What is tuned on
(`tuning`) is never judged, and none of these features is in the training of a learned ghost.
"""
import gzip
import json
import random
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FEATURES = ROOT / "models/smollm2-135m-instruct/features.jsonl.gz"
SELECTIONS = Path(__file__).with_name("selections.json")

DENSITY = (0.0002, 0.01)
EXAMPLES, LEAST_PEAK = 10, 0.35                                 # the tenth peak's share of the maximum
JUDGED = 8                                                      # examples that the judge needs at least

# In this order, each from what the ones above left.
DRAWS = (
    # use, seed, features, from the regular ones (see DENSITY and LEAST_PEAK) or from the others
    ("judged", 11, 96, "regular"),
    ("judged", 12, 96, "regular"),
    ("judged", 13, 96, "regular"),
    ("shown", 14, 10, "regular"),
    ("others", 15, 96, "others"),
    ("tuning", 5, 96, "regular"),
    ("judged", 16, 96, "regular"),      # drawn when all rules stood: how the verdict treats firing places was settled on 11 to 13
)


def read_features():
    """The lines of features.jsonl.gz"""
    with gzip.open(FEATURES, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def peak(example):
    return max(example["activations"])


def is_regular(feature):
    examples = feature["examples"]
    return (DENSITY[0] <= feature["density"] <= DENSITY[1] and len(examples) >= EXAMPLES
            and peak(examples[EXAMPLES - 1]) > LEAST_PEAK * feature["max"])


def selected():
    """{hook: features that are in some selection}, as the file has them"""
    features = {}
    for s in json.loads(SELECTIONS.read_text()):
        features.setdefault(s["hook"], set()).update(s["features"])
    return features


def formatted(selection):
    """One selection as the formatter of the repository wants it, so that a new draw changes nothing but numbers"""
    *fields, (_, features) = selection.items()
    numbers = textwrap.wrap(", ".join(map(str, features)), 104)
    inline = f'    "features": [{numbers[0]}]'
    lines = [f'    "{k}": {json.dumps(v)},' for k, v in fields]
    if len(numbers) == 1 and len(inline) <= 110:
        lines.append(inline)
    else:
        lines += ['    "features": [', *(f"      {n}" for n in numbers), "    ]"]
    return "\n".join(["  {", *lines, "  }"])


def main():
    pools = {}
    for f in read_features():
        kinds = pools.setdefault(f["hook"], {"regular": [], "others": []})
        if is_regular(f):
            kinds["regular"].append(f["feature"])
        elif len(f["examples"]) >= JUDGED:
            kinds["others"].append(f["feature"])
    selections = []
    for hook, kinds in pools.items():
        for use, seed, count, kind in DRAWS:
            pool = kinds[kind]
            features = random.Random(f"{hook} {seed}").sample(pool, count)
            selections.append({"hook": hook, "seed": seed, "use": use, "from": kind, "of": len(pool), "features": features})
            kinds[kind] = [f for f in pool if f not in set(features)]
    SELECTIONS.write_text("[\n" + ",\n".join(map(formatted, selections)) + "\n]\n")
    for s in selections:
        print(s["hook"], s["seed"], s["use"], f"{len(s['features'])} of {s['of']}")


if __name__ == "__main__":
    main()
