"""Train the model, resumable at any moment.

    python3 train.py --steps 6800        # the rate is warmed up, held, and decayed to 0 at the end

Hidden matrices are trained by Muon (momentum whose matrix is made orthogonal), everything else by AdamW.
"""
import argparse
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import data
from model import GPT2, Config, see
from paths import WORK
from tokenizer import Tokenizer

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Muon(torch.optim.Optimizer):
    """https://kellerjordan.github.io/posts/muon: matrices of one shape are done together"""

    def __init__(self, params, lr, momentum=0.95):
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            shapes = {}
            for p in g["params"]:
                shapes.setdefault(p.shape, []).append(p)
            for shape, ps in shapes.items():
                grad = torch.stack([p.grad for p in ps])                        # [N, in, out]
                s = self.state[ps[0]]
                m = s.setdefault("m", torch.zeros_like(grad))
                m.lerp_(grad, 1 - g["momentum"])
                x = orthogonal(torch.lerp(grad, m, g["momentum"]))
                x *= g["lr"] * max(1, shape[1] / shape[0]) ** 0.5
                for p, u in zip(ps, x):
                    p.mul_(1 - g["lr"] * 0.01).sub_(u)


def orthogonal(x, steps=5):
    """Newton-Schulz: singular values to about 1.  [N, in, out]"""
    wide = x.shape[1] > x.shape[2]
    x = x.bfloat16() if hasattr(torch, "compile") else x
    x = x.transpose(1, 2) if wide else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.transpose(1, 2)
        b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
        x = torch.baddbmm(x, b, x, beta=3.4445)
    return (x.transpose(1, 2) if wide else x).float()


def loss_fn(model, ids, pos, number, y, ghost, noise, scale):
    """Mean cross-entropy. Where `ghost`, the word's embedding gives way to a ghost token: a direction
    near its own at another distance from the centroid, for that is what will stand there later."""
    e = model.wte(ids)                                                          # [B, T, D]
    w = model.wte.weight.detach()
    centroid = w.mean(0)
    distance = (w - centroid).norm(dim=1).mean()
    u = F.normalize(F.normalize(e - centroid, dim=-1) + noise, dim=-1)
    e = torch.where(ghost[..., None], centroid + distance * scale[..., None] * u, e)
    x = model(e, pos, see(number))
    logits = F.linear(x, model.wte.weight)                                      # [B, T, V]
    return F.cross_entropy(logits.flatten(0, 1).float(), y.flatten(), ignore_index=-100)


def batch(ids, number, tok, rng=None, share=0.5, d=128):
    """numpy rows -> the tensors loss_fn wants; without rng no ghosts"""
    B, T = ids.shape
    ids = ids.astype(np.int64)
    ghost, noise, scale = np.zeros((B, T), bool), torch.zeros(B, T, d), np.ones((B, T))
    if rng is not None:
        ghost = data.ghosts(ids, tok) & (rng.random((B, T)) < share)
        scale = rng.uniform(0.6, 1.5, (B, T))
        far = torch.from_numpy(rng.uniform(0, 1.8, (B, T, 1))).float()          # cosine with the word: 1 .. 0.49
        noise = F.normalize(torch.from_numpy(rng.standard_normal((B, T, d), np.float32)), dim=-1) * far
    return [torch.as_tensor(x).to(DEVICE) for x in (
        ids, data.positions(number), number.astype(np.int64), data.targets(ids, number), ghost, noise,
        scale.astype(np.float32))]


def rate(step, steps, warmup=150, hold=0.45):
    if step < warmup:
        return (step + 1) / warmup
    return min(1.0, (steps - step) / (steps * (1 - hold)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=6800)
    p.add_argument("--rows", type=int, default=32, help="of 64 tokens, in a batch")
    p.add_argument("--muon", type=float, default=0.02)
    p.add_argument("--adam", type=float, default=3e-3)
    p.add_argument("--d", type=int, default=128)
    p.add_argument("--heads", type=int, default=4)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--minutes", type=float, default=1e9, help="stop after")
    p.add_argument("--out", default="model.pt")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    tok = Tokenizer()
    ids, number = data.packed("train")
    held = data.packed("held")
    model = GPT2(Config(n_vocab=len(tok), d=a.d, n_head=a.heads)).to(DEVICE)
    matrices = [q for n, q in model.named_parameters() if q.dim() == 2 and n.startswith("h.")]
    rest = [q for n, q in model.named_parameters() if not (q.dim() == 2 and n.startswith("h."))]
    new = hasattr(torch, "compile")
    adam = torch.optim.AdamW(rest if a.muon else model.parameters(), lr=a.adam, betas=(0.9, 0.98), weight_decay=0.0,
                             **(dict(fused=True) if new else {}))
    optimisers = [adam] + ([Muon(matrices, a.muon)] if a.muon else [])
    for o in optimisers:
        for g in o.param_groups:
            g["peak"] = g["lr"]
    path = WORK / a.out
    step = 0
    if path.exists():
        s = torch.load(path, map_location=DEVICE)
        model.load_state_dict(s["model"])
        for o, x in zip(optimisers, s["optimisers"]):
            o.load_state_dict(x)
        step = s["step"]
    run = torch.compile(loss_fn, dynamic=False) if new and os.environ.get("COMPILE", "1") == "1" else loss_fn

    def save():
        torch.save({"model": model.state_dict(), "optimisers": [o.state_dict() for o in optimisers], "step": step,
                    "config": vars(model.c)}, str(path) + ".tmp")
        os.replace(str(path) + ".tmp", path)

    def test():
        """loss on held-out lines, no ghosts"""
        with torch.no_grad():
            xs = [loss_fn(model, *batch(held[0][i:i + 64], held[1][i:i + 64], tok, d=a.d)).item() for i in range(0, 512, 64)]
        return sum(xs) / len(xs)

    start, saved, mean, first = time.time(), time.time(), None, step
    while step < a.steps and time.time() - start < 60 * a.minutes:
        rng = np.random.default_rng((a.seed, step))                             # a resumed run sees the same batches
        n = len(ids) // a.rows
        order = np.random.default_rng((a.seed, 7, step // n)).permutation(len(ids))
        at = np.sort(order[step % n * a.rows:(step % n + 1) * a.rows])
        for o in optimisers:
            for g in o.param_groups:
                g["lr"] = g["peak"] * rate(step, a.steps)
        with torch.autocast(DEVICE, torch.bfloat16, enabled=new):
            loss = run(model, *batch(ids[at], number[at], tok, rng, d=a.d))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimisers:
            o.step()
        model.zero_grad(set_to_none=True)
        model.flat_end()
        step += 1
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if step % 50 == 0:
            s = time.time() - start
            print(f"step {step} loss {mean:.3f} {s:.0f} s {(step - first) * a.rows * data.T / s:.0f} tokens/s", flush=True)
        if step % 1000 == 0:
            print(f"step {step} test loss {test():.3f}", flush=True)
        if time.time() - saved > 180:
            save()
            saved = time.time()
    save()
    print(f"step {step} test loss {test():.3f}", flush=True)


if __name__ == "__main__":
    main()
