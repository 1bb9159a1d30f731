"""Answers about features, as NDJSON files hold them: what every judge here reads.

A line: {"method": "default", "hook": "blocks.10.hook_resid_post", "seed": 11, "feature": 777,
         "said": ["text", ...], "readBack": 0.42, "verdict": "reads back",
         "firing": [{"word": "alone", "text": "snippet around the peak"}, ... at least 8, strongest first]}
`said` is what is judged: the shown definitions, or a label, or a list of tokens as one text. `readBack` and `verdict` may
be missing. `firing` need stand in one line of a feature only. Of the firing places, the odd half (first, third, ...) may
be used by whoever answers; the judges see the others.
"""
import json
from collections import defaultdict
from dataclasses import dataclass, field

LEAST_FIRING = 8


@dataclass
class Group:
    """The answers of one method about one selection of features of one SAE"""
    hook: str
    method: str
    seed: int
    answers: list = field(default_factory=list)                 # lines, in the order of their features


def held_out(answer):
    """The firing places that no method may have used"""
    return answer["firing"][1::2]


def read_groups(paths):
    """-> groups, ordered by hook (by its block), method (as the files have them) and seed"""
    groups, firing, order = {}, defaultdict(list), []
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                a = json.loads(line)
                key = (a["hook"], a["method"], a["seed"])
                group = groups.setdefault(key, Group(*key))
                if any(b["feature"] == a["feature"] for b in group.answers):
                    raise SystemExit(f"{path}:{number}: {a['method']} answers about feature {a['feature']} of {a['hook']} twice")
                group.answers.append(a)
                if a["method"] not in order:
                    order.append(a["method"])
                if a.get("firing"):
                    firing[a["hook"], a["feature"]] = a["firing"]
    for group in groups.values():
        group.answers.sort(key=lambda a: a["feature"])
        for a in group.answers:
            a["firing"] = firing[a["hook"], a["feature"]]
            if len(a["firing"]) < LEAST_FIRING:
                raise SystemExit(f"feature {a['feature']} of {a['hook']} has {len(a['firing'])} firing places, not {LEAST_FIRING}")
    return sorted(groups.values(), key=lambda g: (block(g.hook), order.index(g.method), g.seed))


def block(hook):
    """The block's number, for sorting; hooks without one come first"""
    numbers = [int(p) for p in hook.split(".") if p.isdigit()]
    return (numbers[0] if numbers else -1, hook)
