"""GPT-2, as small as it gets: the architecture of gloss-12l, with Hugging Face's parameter names.

Many short lines share one row of a batch. Each line counts its positions from 0 and sees only
itself, so it is computed exactly as if it stood alone, but every batch has the same shape and
holds no padding: that is what makes two CPU cores fast enough.
"""
import json
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

import tensors


@dataclass
class Config:
    n_vocab: int = 4096
    n_ctx: int = 64
    n_layer: int = 12
    n_head: int = 4
    d: int = 128


class Conv1D(nn.Module):
    """GPT-2's linear layer: the weight is stored [in, out]."""

    def __init__(self, d_in, d_out, std=0.02):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d_in, d_out) * std)
        self.bias = nn.Parameter(torch.zeros(d_out))

    def forward(self, x):
        return F.linear(x, self.weight.t(), self.bias)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.n_head = c.n_head
        self.c_attn = Conv1D(c.d, 3 * c.d)
        self.c_proj = Conv1D(c.d, c.d, 0.02 / math.sqrt(2 * c.n_layer))

    def forward(self, x, mask):
        B, T, D = x.shape
        q, k, v = (y.view(B, T, self.n_head, -1).transpose(1, 2) for y in self.c_attn(x).split(D, 2))  # [B, H, T, D/H]
        att = q @ k.transpose(2, 3) / math.sqrt(D // self.n_head) + mask        # [B, H, T, T]
        y = torch.softmax(att.float(), -1).to(v.dtype) @ v                      # [B, H, T, D/H]
        return self.c_proj(y.transpose(1, 2).reshape(B, T, D))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c_fc = Conv1D(c.d, 4 * c.d)
        self.c_proj = Conv1D(4 * c.d, c.d, 0.02 / math.sqrt(2 * c.n_layer))

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))  # "gelu_new"


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.ln_1 = nn.LayerNorm(c.d)
        self.attn = Attention(c)
        self.ln_2 = nn.LayerNorm(c.d)
        self.mlp = MLP(c)

    def forward(self, x, mask):
        x = x + self.attn(self.ln_1(x), mask)
        return x + self.mlp(self.ln_2(x))


class GPT2(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.wte = nn.Embedding(c.n_vocab, c.d)
        self.wpe = nn.Embedding(c.n_ctx, c.d)
        self.h = nn.ModuleList(Block(c) for _ in range(c.n_layer))
        self.ln_f = nn.LayerNorm(c.d)
        nn.init.normal_(self.wte.weight, std=0.02)
        nn.init.normal_(self.wpe.weight, std=0.01)

    def forward(self, e, pos, mask):
        x = e + self.wpe(pos)                               # [B, T, D]
        for block in self.h:
            x = block(x, mask)
        return self.ln_f(x)

    @torch.no_grad()
    def flat_end(self):
        """One gain for all components of the last LayerNorm. With a gain of its own for each, late residuals live in
        another basis than the tied embeddings; so a late direction looks like the tokens it speaks for."""
        self.ln_f.weight.fill_(self.ln_f.weight.mean())
        self.ln_f.bias.zero_()

    def residual(self, e, pos, mask, layers):
        """The residual stream after each of these layers.  -> {layer: [B, T, D]}"""
        x, out = e + self.wpe(pos), {}
        for i, block in enumerate(self.h):
            x = block(x, mask)
            if i in layers:
                out[i] = x
        return out

    def rest(self, x, mask, layer):
        """From the residual stream after this layer to the logits.  [B, T, V]"""
        for block in self.h[layer + 1:]:
            x = block(x, mask)
        return F.linear(self.ln_f(x), self.wte.weight)


def see(number):
    """Each token sees its own line up to itself.  [B, T] -> [B, 1, T, T]"""
    T = number.shape[1]
    own = (number[:, :, None] == number[:, None, :]) & torch.ones(T, T, dtype=torch.bool, device=number.device).tril()
    return torch.where(own, 0.0, -1e4)[:, None]


def export(model, folder):
    """Exactly what Hugging Face's GPT2LMHeadModel reads; the head is tied, so it is not stored."""
    c = model.c
    tensors.save(folder / "model.safetensors", model.state_dict())
    json.dump({
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": c.n_vocab, "n_positions": c.n_ctx,
        "n_ctx": c.n_ctx, "n_embd": c.d, "n_layer": c.n_layer, "n_head": c.n_head, "n_inner": None,
        "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "initializer_range": 0.02,
        "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0, "scale_attn_weights": True, "use_cache": True,
        "bos_token_id": 0, "eos_token_id": 0, "tie_word_embeddings": True, "torch_dtype": "float32",
    }, open(folder / "config.json", "w"), indent=2)


def load(folder):
    c = json.load(open(folder / "config.json"))
    model = GPT2(Config(c["vocab_size"], c["n_positions"], c["n_layer"], c["n_head"], c["n_embd"]))
    model.load_state_dict(tensors.load(folder / "model.safetensors"))
    return model.eval()
