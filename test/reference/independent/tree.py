"""The definition tree by the original algorithm: one full forward pass per node, nothing cached."""

from dataclasses import dataclass, field

import torch

# What closes a definition, by the character that opened it at the prompt's end.
CLOSING = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}

# Two float32 programs may disagree about a node this near a decision (relative difference).
BAND = 1e-3


def prompt_ids(tokenizer, prompt, bos):
    """Token ids (before, after) the ghost: BOS and the text before `{ghost}`, the text after it,
    each tokenised on its own."""
    parts = prompt.split("{ghost}")
    if len(parts) != 2:
        raise ValueError("a prompt holds {ghost} exactly once")
    return [bos] + tokenizer.encode(parts[0]), tokenizer.encode(parts[1])


def prompt_embeddings(model, before, ghost, after):
    """Input embeddings of the prompt [positions, d_model], the ghost (float64) as one float32 row."""
    table = model.embedding
    return torch.cat([table[before], ghost.to(table.dtype)[None], table[after]])


def closes(tokenizer, prompt):
    """A function token id -> whether its text holds the quote that closes the prompt's open one.
    A prompt whose last character is no quote is closed by nothing."""
    quote = CLOSING.get(prompt[-1:])
    return lambda token_id: quote is not None and quote in tokenizer.decode(token_id)


@dataclass
class Growth:
    """What growing a tree leaves behind besides the tree."""

    root: dict
    candidates: list  # most probable first tokens, [{tokenId, probability}]
    borderline: list = field(default_factory=list)  # [{path, cumulative, reason}]
    forwards: int = 0  # full forward passes made


def grow(model, prompt, top, cutoff, depth, is_end, candidates=10):
    """Grow every node of cumulative probability >= cutoff.

    prompt: input embeddings [positions, d_model]; top: children looked at per node; depth: most tokens
    a definition may have (the root has depth 0); is_end: token id -> whether a branch ends with it.
    Nodes are {tokenId, probability, cumulative, end, children}, children most probable first.
    """
    growth = Growth({"tokenId": None, "probability": 1.0, "cumulative": 1.0, "end": False, "children": []}, [])
    room = model.positions - len(prompt) + 1  # the last token of a branch is never fed to the model

    def expand(node, path):
        logits, _ = model.forward(torch.cat([prompt, model.embedding[path]]))
        growth.forwards += 1
        probabilities, ids = torch.sort(logits[-1].float().softmax(-1), descending=True, stable=True)
        ranked = list(zip(ids.tolist(), probabilities.tolist()))
        if not path:
            growth.candidates = [{"tokenId": i, "probability": p} for i, p in ranked[:candidates]]
        for token_id, probability in ranked[:top]:
            cumulative = node["cumulative"] * probability
            if cumulative < cutoff:
                break  # the rest is less probable still
            end = is_end(token_id)
            child = {
                "tokenId": token_id,
                "probability": probability,
                "cumulative": cumulative,
                "end": end,
                "children": [],
            }
            node["children"].append(child)
            if not end and len(path) + 1 < min(depth, room):
                expand(child, path + [token_id])
        # The last child looked at and the first one that is not may change places.
        for token_id, probability in ranked[top - 1 : top + 1]:
            near = len(ranked) > top and ranked[top][1] >= ranked[top - 1][1] * (1 - BAND)
            if near and node["cumulative"] * probability >= cutoff:
                growth.borderline.append(
                    {"path": path + [token_id], "cumulative": node["cumulative"] * probability, "reason": "top"}
                )

    expand(growth.root, [])
    return growth


def walk(node, path=()):
    """All (path of token ids, node) below a node, parents first."""
    for child in node["children"]:
        here = (*path, child["tokenId"])
        yield here, child
        yield from walk(child, here)


def prune(node, cutoff):
    """A copy of a tree with the nodes of cumulative probability >= cutoff. A child never exceeds its
    parent, so this is the tree that growing with that cutoff gives."""
    kept = [prune(child, cutoff) for child in node["children"] if child["cumulative"] >= cutoff]
    return {**node, "children": kept}


def budget_cutoff(root, nodes):
    """The smallest cumulative probability t such that at most `nodes` nodes have t or more.

    Nodes that tie come in or stay out together. 1 (the root's own) when not even the first fit.
    """
    values = sorted((node["cumulative"] for _, node in walk(root)), reverse=True)
    if len(values) <= nodes:
        return values[-1] if values else 1.0
    kept = [value for value in values[:nodes] if value > values[nodes]]
    return kept[-1] if kept else 1.0


def definition_tree(model, prompt, top, cutoff, depth, nodes, is_end):
    """The report's `tree` (without token texts), the list of borderline nodes, and the passes made.

    When more than `nodes` nodes reach the cutoff, the tree is that of the lowest higher cutoff which
    at most `nodes` reach, and `cutoff` says which: the smallest cumulative probability kept.
    Borderline: nodes in or just out of the tree whose place hangs on less than BAND relative.
    """
    # Grown a little below the cutoff, so that the nodes just under it are known too.
    growth = grow(model, prompt, top, cutoff * (1 - BAND), depth, is_end)
    root = prune(growth.root, cutoff)
    complete = sum(1 for _ in walk(root)) <= nodes
    if not complete:
        cutoff = budget_cutoff(root, nodes)
        root = prune(growth.root, cutoff)
    borderline = [
        {"path": list(path), "cumulative": node["cumulative"], "reason": "cutoff"}
        for path, node in walk(growth.root)
        if abs(node["cumulative"] / cutoff - 1) <= BAND
    ]
    borderline += [entry for entry in growth.borderline if entry["cumulative"] >= cutoff * (1 - BAND)]
    tree = {
        "nodes": sum(1 for _ in walk(root)),
        "complete": complete,
        "cutoff": cutoff,
        "root": root,
        "candidates": growth.candidates,
    }
    return tree, borderline, growth.forwards
