"""Gemma and Gemma 2 with one detail wrong each: how far that moves the logits of a pass.

A test that allows 1e-4 catches every one of them: details move logits by more than 1e-2, fine details by more
than 5e-4.
"""

import copy
import math
import types

import torch
from torch.nn.functional import gelu, silu

from .gemma import Gemma, Gemma2
from .gpt2 import gelu_new


def plain_weight(self, x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weights[name + ".weight"]


def layer_norm(self, x, name):
    return Gemma.norm(self, x - x.mean(-1, keepdim=True), name)


def interleaved(self, x):
    """Neighbouring components 2i and 2i + 1 make a plane, as in the paper on rotary positions."""
    order = torch.arange(self.head_size).reshape(-1, 2).T.flatten()
    return Gemma.rotate(self, x[..., order])[..., order.argsort()]


def gated(activation, gate="gate_proj", up="up_proj"):
    """A feed-forward half with another activation or with its projections exchanged."""

    def feed_forward(self, x, layer):
        prefix = f"layers.{layer}.mlp."
        inner = activation(self.linear(x, prefix + gate)) * self.linear(x, prefix + up)
        return self.linear(inner, prefix + "down_proj")

    return feed_forward


def window_in_odd_layers(self, count, layer):
    return Gemma2.hidden_keys(self, count, layer + 1)


def window_one_longer(self, count, layer):
    hidden = Gemma.hidden_keys(self, count, layer)
    if layer % 2 == 0:
        hidden |= torch.ones(count, count, dtype=torch.bool).tril(-self.window - 1)
    return hidden


def no_post_norms(self, x, layer):
    prefix = f"layers.{layer}."
    x = x + self.attention(self.norm(x, prefix + "input_layernorm"), layer)
    return x + self.feed_forward(self.norm(x, prefix + "pre_feedforward_layernorm"), layer)


def wrong_details(model):
    """{name: {attribute of the model: what it is in its place}}"""
    details = {
        "norm weight without 1+": {"norm": plain_weight},
        "mean subtracted by the norms": {"norm": layer_norm},
        "no embedding factor": {"scaled": lambda self, embeddings: embeddings},
        "no rotary positions": {"rotate": lambda self, x: x},
        "interleaved rotary": {"rotate": interleaved},
        "SiLU instead of GELU": {"feed_forward": gated(silu)},
        "gate and up exchanged": {"feed_forward": gated(gelu_new, gate="up_proj", up="gate_proj")},
    }
    if isinstance(model, Gemma2):
        in_turn = lambda self, x: x.repeat(self.heads // self.key_heads, 1, 1)
        details |= {
            "key heads in turn": {"shared_heads": in_turn},
            "rotary base 10000": {"theta": 10000.0},
            "scale head_dim instead of query_pre_attn_scalar": {"score_factor": model.head_size**-0.5},
            "no window": {"hidden_keys": Gemma.hidden_keys},
            "window in odd layers": {"hidden_keys": window_in_odd_layers},
            "window one longer": {"hidden_keys": window_one_longer},
            "no attention softcap": {"capped_scores": Gemma.capped_scores},
            "no final softcap": {"head": Gemma.head},
            "no post norms": {"block": no_post_norms},
            "block of Gemma": {"block": Gemma.block},
        }
    return details


def fine_details(model):
    """The same of roundings that programs are tempted to make."""
    rounded = torch.tensor(math.sqrt(model.d_model)).bfloat16().float()
    return {
        "embedding factor in bfloat16": {"scaled": lambda self, embeddings: embeddings * rounded},
        "exact GELU": {"feed_forward": gated(gelu)},
    }


def logit_differences(model, embeddings, details):
    """{detail: largest difference of a logit of the last position from the right one}."""
    right, differences = model.forward(embeddings)[0][-1], {}
    for name, changes in details.items():
        wrong = copy.copy(model)
        for attribute, value in changes.items():
            setattr(wrong, attribute, types.MethodType(value, wrong) if callable(value) else value)
        differences[name] = (wrong.forward(embeddings)[0][-1] - right).abs().max().item()
    return differences


def details_fixture(model, embeddings):
    """The fixture's details and fineDetails."""
    details = logit_differences(model, embeddings, wrong_details(model))
    fine = logit_differences(model, embeddings, fine_details(model))
    if min(details.values()) <= 1e-2 or min(fine.values()) <= 5e-4:
        raise ValueError(f"a wrong detail makes too little difference: {details} {fine}")
    return {"details": details, "fineDetails": fine}
