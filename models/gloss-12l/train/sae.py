"""Sparse autoencoders on the residual stream, trained by BatchTopK and saved as SAELens' JumpReLU.

    python3 sae.py [--steps 1800] [--rows 8000] [--k 26]

The BOS position is left out: its residual is huge and says nothing.
BatchTopK: https://arxiv.org/abs/2412.06410; the help for dead features: https://arxiv.org/abs/2406.04093
"""
import argparse
import json
import time

import numpy as np
import torch
import torch.nn.functional as F

import data
import tensors
from model import load, see
from paths import MODEL

HOOKS = {0: "blocks.0.hook_resid_post", 6: "blocks.6.hook_resid_post", 10: "blocks.10.hook_resid_post"}


class SAE:
    """What SAELens' JumpReLU computes: x W_enc + b_enc where it is above the threshold."""

    def __init__(self, folder):
        self.__dict__.update(tensors.load(folder / "sae_weights.safetensors"))

    def encode(self, x):
        pre = x @ self.W_enc + self.b_enc                       # [N, F]
        return F.relu(pre) * (pre > self.threshold)

    def decode(self, a):
        return a @ self.W_dec + self.b_dec


def open_sae(layer):
    return SAE(MODEL / "saes" / HOOKS[layer])


def words_only(pos, number):
    """Neither BOS nor padding.  [B, T] bool"""
    return (pos > 0) & (number != data.PAD)


@torch.no_grad()
def residuals(model, ids, number, layers):
    """-> {layer: [N, D]} over all positions that count"""
    out = {i: [] for i in layers}
    for x, pos, n, _ in data.batches(ids, number):
        keep = words_only(pos, n)
        for i, r in model.residual(model.wte(x), pos, see(n), layers).items():
            out[i].append(r[keep].half())
    return {i: torch.cat(v) for i, v in out.items()}


def restart(p, adam, dead, error):
    """Dead features start anew, pointing at what is explained worst."""
    e = F.normalize(error[torch.multinomial(error.pow(2).sum(1), len(dead))], dim=1)
    p["W_dec"][dead] = e
    p["W_enc"][:, dead] = e.t() * p["W_enc"].norm(dim=0).median()
    p["b_enc"][dead] = 0
    for name, at in (("W_dec", (dead,)), ("W_enc", (slice(None), dead)), ("b_enc", (dead,))):
        for moment in ("exp_avg", "exp_avg_sq"):
            adam.state[p[name]][moment][at] = 0


def train(x, d_sae, k, cut_k, steps, size=2048, lr=3e-3, seed=1, dead_after=24, aux=1 / 4, agree=0.02):
    """x [N, D] -> W_enc, b_enc, W_dec, b_dec, threshold for raw residuals"""
    torch.manual_seed(seed)
    some = x[torch.randperm(len(x))[:100_000]].float()
    mean = some.mean(0)
    unit = (some - mean).pow(2).sum(1).mean().sqrt() / x.shape[1] ** 0.5        # so that components are about 1
    w = F.normalize(some[torch.randperm(len(some))[:d_sae]] - mean, dim=1)     # [F, D] data make good first directions
    p = {"W_enc": w.t() * 0.5, "b_enc": torch.zeros(d_sae), "W_dec": w.clone(), "b_dec": torch.zeros_like(mean)}
    for v in p.values():
        v.requires_grad_()
    adam = torch.optim.Adam(p.values(), lr=lr, betas=(0.9, 0.99))
    half = lambda: torch.autocast("cpu", torch.bfloat16, enabled=hasattr(torch, "compile"))
    quiet = torch.zeros(d_sae)                                                  # batches since a feature was active
    start = time.time()
    for step in range(steps):
        for g in adam.param_groups:
            g["lr"] = lr * min(1, (step + 1) / 50, (steps - step) / (0.4 * steps))
        b = (x[torch.randint(len(x), (size,))].float() - mean) / unit           # [B, D]
        with half():
            act = F.relu((b - p["b_dec"]) @ p["W_enc"] + p["b_enc"])            # [B, F]
        act = act.float()
        cut = act[:size // 4].detach().flatten().topk(k * size // 4).values[-1].item()     # BatchTopK, by a sample
        keep = act * (act > cut)
        with half():
            y = keep @ p["W_dec"]
        error = b - p["b_dec"] - y.float()
        loss = error.pow(2).sum(1).mean() / x.shape[1]
        quiet = torch.where((keep > 0).any(0), torch.zeros(()), quiet + 1)
        dead = (quiet > dead_after).nonzero()[:, 0]
        if len(dead):                                                           # dead features explain what is left over
            v = act[:, dead].topk(min(len(dead), 32), 1)
            a = torch.zeros(size, len(dead)).scatter(1, v.indices, v.values)
            loss = loss + aux * (error.detach() - a @ p["W_dec"][dead]).pow(2).sum(1).mean() / x.shape[1]
            loss = loss - 1e-3 * p["b_enc"][dead].sum()                         # and become easier to wake
        # readers look at encoder directions, so the encoder is drawn towards the decoder, which says what a feature writes
        alike = F.cosine_similarity(p["W_enc"].t(), p["W_dec"].detach()).mean()
        (loss + agree * (1 - alike)).backward()
        adam.step()
        adam.zero_grad(set_to_none=True)
        with torch.no_grad():
            p["W_dec"].copy_(F.normalize(p["W_dec"], dim=1))
            if len(dead) and step % 100 == 99 and step < 0.85 * steps:
                restart(p, adam, dead, error)
                quiet[dead] = 0
        if step % 250 == 0 or step == steps - 1:
            print(f"  step {step} loss {loss.item():.4f} dead {len(dead)} encoder-decoder cosine {alike.item():.2f} "
                  f"{time.time() - start:.0f} s", flush=True)
    with torch.no_grad():                                       # fold mean and unit in: raw residuals in, raw out
        shift = mean + unit * p["b_dec"]
        b_enc = unit * p["b_enc"] - shift @ p["W_enc"]
        act = some[:16384] @ p["W_enc"] + b_enc                 # the threshold at which cut_k are active on average
        cut = act.flatten().topk(cut_k * len(act)).values[-1].clamp(min=0)
        return {"W_enc": p["W_enc"].data, "b_enc": b_enc, "W_dec": p["W_dec"].data, "b_dec": shift, "threshold": cut.repeat(d_sae)}


def save(layer, p, density):
    folder = MODEL / "saes" / HOOKS[layer]
    folder.mkdir(parents=True, exist_ok=True)
    tensors.save(folder / "sae_weights.safetensors", p)
    tensors.save(folder / "sparsity.safetensors", {"sparsity": torch.log10(density + 1e-10)})
    json.dump({
        "architecture": "jumprelu", "d_in": p["W_enc"].shape[0], "d_sae": p["W_enc"].shape[1], "dtype": "float32",
        "device": "cpu", "apply_b_dec_to_input": False, "normalize_activations": "none", "reshape_activations": "none",
        "metadata": {
            "model_name": "gloss-12l", "model_class_name": "HookedTransformer", "hook_name": HOOKS[layer],
            "hook_layer": layer, "hook_head_index": None, "context_size": 64, "prepend_bos": True,
            "exclude_special_tokens": True, "dataset_path": "wordnet-glosses",
            "model_from_pretrained_kwargs": {"center_writing_weights": False},
        },
    }, open(folder / "cfg.json", "w"), indent=2)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=1800)
    p.add_argument("--rows", type=int, default=8000, help="of 64 tokens, to learn from")
    p.add_argument("--features", type=int, default=1024)
    p.add_argument("--k", type=int, default=26, help="features active per token in training, on average")
    p.add_argument("--cut", type=int, default=24, help="and in use: what the threshold is set for")
    p.add_argument("--layers", type=int, nargs="*", default=list(HOOKS))
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    ids, number = data.packed("train")
    at = np.sort(np.random.default_rng(5).choice(len(ids), min(a.rows, len(ids)), replace=False))
    start = time.time()
    rs = residuals(load(MODEL), ids[at], number[at], a.layers)
    print(f"{len(rs[a.layers[0]])} residuals in {time.time() - start:.0f} s")
    for layer, x in rs.items():
        print(HOOKS[layer])
        w = train(x, a.features, a.k, a.cut, a.steps)
        save(layer, w, torch.ones(a.features))
        s = open_sae(layer)
        fired = sum((s.encode(x[i:i + 8192].float()) > 0).float().sum(0) for i in range(0, len(x), 8192))
        save(layer, w, fired / len(x))


if __name__ == "__main__":
    main()
