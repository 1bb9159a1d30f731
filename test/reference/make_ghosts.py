"""Writes what ghosts in the residual stream are tested against: test/fixtures/ghosts.json.

    python3 test/reference/make_ghosts.py      # needs torch and transformers 5 from PyPI

For tiny checkpoints of several families, a vector that replaces the output of block `block` at the place of the ghost, by
a forward hook of transformers: one full forward pass in float32 a step, no cache. Fields, a list of cases: model (its
folder), block, before, after (token ids around the ghost, BOS first), placeholder (the token id that stands there up to
the block), ghost, continuation (token ids), steps (all logits after the prompt, and after each further token of the
continuation), last (the stream after the last block at the ghost's place).
"""

import json
import os

import torch
from transformers import AutoModelForCausalLM

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
MODELS = (
    "tiny-gpt2", "tiny-gemma", "tiny-gemma-2", "families/llama", "families/qwen3", "families/gemma3-text",
    "families/gpt-neox", "families/gpt-neox-serial",
)
STEPS = 2


def cases_of(name):
    """A ghost after each block."""
    model = AutoModelForCausalLM.from_pretrained(os.path.join(FIXTURES, name), dtype=torch.float32).eval()
    model.set_attn_implementation("eager")
    body = model.base_model
    blocks = getattr(body, "layers", None) or body.h
    vocabulary = model.config.vocab_size
    before, after = [1, 7 % vocabulary, 11, 5], [3, 9]
    continuation = [(31 * i + 17) % vocabulary for i in range(STEPS)]
    for block in range(len(blocks)):
        ghost = 3 * torch.randn(model.config.hidden_size, generator=torch.Generator().manual_seed(block))

        def put(_module, _inputs, output):
            stream = (output if torch.is_tensor(output) else output[0]).clone()
            stream[:, len(before)] = ghost
            return stream if torch.is_tensor(output) else (stream, *output[1:])

        handle, seen = blocks[block].register_forward_hook(put), {}
        last = blocks[-1].register_forward_hook(
            lambda _module, _inputs, output: seen.update(x=output if torch.is_tensor(output) else output[0])
        )
        steps = []
        for length in range(STEPS + 1):
            ids = torch.tensor([[*before, 2, *after, *continuation[:length]]])
            steps.append(rounded(model(ids, use_cache=False).logits[0, -1]))
        handle.remove()
        last.remove()
        yield {
            "model": name, "block": block, "before": before, "after": after, "placeholder": 2, "ghost": rounded(ghost),
            "continuation": continuation, "steps": steps, "last": rounded(seen["x"][0, len(before)]),
        }


def rounded(values):
    return [round(value, 5) for value in values.tolist()]


if __name__ == "__main__":
    with torch.no_grad():
        cases = [case for name in MODELS for case in cases_of(name)]
    with open(os.path.join(FIXTURES, "ghosts.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(len(cases), "cases")
