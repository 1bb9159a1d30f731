"""Trains a sparse autoencoder on the stored activations of a block: BatchTopK (Bussmann et al. 2024), saved as JumpReLU.

    python train_sae.py --layer 10 [--seed 0] [--epochs 2] [--features 4096] [--k 30]

Over a batch the K x B largest pre-activations are active; features that have not been active for long learn from what
the others leave over (the auxiliary loss of Gao et al. 2024). Only the pre-activations are a dense product; everything
else, gradients too, runs over the active ones alone. Goes on from its last checkpoint. At the end one threshold is
chosen with which K features are active on average, and work/saes/blocks.L.hook_resid_post[.seedN]/ is written as SAELens
writes it. Inputs are centred and divided by their mean norm; both is folded into the weights that are saved.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from activations import hook_name
from cache import load_cache
from paths import WORK
from saelens import save_jumprelu

BATCH = 2_048
RATE = 1e-3
WARM_UP, DECAY = 100, 0.4                                       # steps; share of the steps, at the end
SILENT = 250_000                                                # tokens without activity after which a feature is helped
HELPED, HELPERS, HELP = 1_024, 32, 1 / 32                       # features at once; active ones a token; weight of the loss
NAMES = ("encoder", "decoder", "b_enc", "b_dec")


class Trainer:
    """Parameters, gradients and the state of the optimiser. All inputs are centred and scaled, [B, d_model]."""

    def __init__(self, d_model, features, k, seed):
        torch.manual_seed(seed)
        self.k = k
        self.decoder = F.normalize(torch.randn(features, d_model), dim=1)
        self.encoder = self.decoder.clone()                     # rows: both are stored feature by feature
        self.b_enc, self.b_dec = torch.zeros(features), torch.zeros(d_model)
        self.optimiser = torch.optim.Adam([getattr(self, n) for n in NAMES], lr=RATE, fused=True)
        self.silent = torch.zeros(features, dtype=torch.long)   # tokens since the last activity
        self.least = None                                       # running value of the smallest active pre-activation

    def pre_activations(self, x):
        return torch.addmm(self.b_enc, x - self.b_dec, self.encoder.t())

    def select(self, pre):
        """The k x B largest positive entries of pre -> (rows, columns, values), row by row"""
        count = self.k * len(pre)
        if self.least is None:
            self.least = pre.flatten().topk(count, sorted=False).values.min().item()
        rows, columns = (pre > max(0.85 * self.least, 0)).nonzero(as_tuple=True)
        values = pre[rows, columns]
        if len(values) > count:
            bound = values.topk(count, sorted=False).values.min()
            rows, columns, values = (t[values >= bound] for t in (rows, columns, values))
            self.least += 0.1 * (bound.item() - self.least)
        else:
            self.least *= 0.95
        return rows, columns, values

    def step(self, x, rate):
        """One step of the optimiser -> share of the batch's variance that is left"""
        n, (features, _) = len(x), self.decoder.shape
        pre = self.pre_activations(x)
        rows, columns, values = self.select(pre)
        crow = F.pad(torch.bincount(rows, minlength=n).cumsum(0), (1, 0))
        out = F.embedding_bag(columns, self.decoder, crow[:-1], per_sample_weights=values, mode="sum") + self.b_dec
        error = out - x
        g = error * (2 / n)
        sparse = lambda v: torch.sparse_csr_tensor(crow, columns, v, (n, features))
        dz = torch.sparse.sampled_addmm(sparse(torch.zeros_like(values)), g, self.decoder.t(), beta=0)
        dz_t = dz.t()
        db_enc = torch.zeros(features).index_add_(0, columns, dz.values())
        grads = {"decoder": sparse(values).t() @ g, "encoder": dz_t @ (x - self.b_dec), "b_enc": db_enc,
                 "b_dec": g.sum(0) - db_enc @ self.encoder}
        self.silent += n
        self.silent[columns] = 0
        self.help_silent(x, pre, error, grads)
        for name, grad in grads.items():
            getattr(self, name).grad = grad
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.decoder /= self.decoder.norm(dim=1, keepdim=True)
        return (error.square().sum() / (x - x.mean(0)).square().sum()).item()

    def help_silent(self, x, pre, error, grads):
        """Adds the gradients of the auxiliary loss: silent features reconstruct the error"""
        silent = (self.silent > SILENT).nonzero().squeeze(1)
        if len(silent) == 0:
            return
        silent = silent[torch.randperm(len(silent))[:HELPED]]
        value, place = F.relu(pre[:, silent]).topk(min(HELPERS, len(silent)), dim=1)
        decoder = self.decoder[silent]
        left = F.embedding_bag(place, decoder, per_sample_weights=value, mode="sum") + error
        g = left * (2 * HELP / len(x))
        z = torch.zeros(len(x), len(silent)).scatter_(1, place, value)
        dz = (g @ decoder.t()) * (z > 0)
        grads["decoder"].index_add_(0, silent, z.t() @ g)
        grads["encoder"].index_add_(0, silent, dz.t() @ (x - self.b_dec))
        grads["b_enc"].index_add_(0, silent, dz.sum(0))

    def state(self):
        return {**{n: getattr(self, n) for n in NAMES}, "optimiser": self.optimiser.state_dict(),
                "silent": self.silent, "least": self.least}

    def restore(self, state):
        for n in NAMES:
            getattr(self, n).copy_(state[n])
        self.optimiser.load_state_dict(state["optimiser"])
        self.silent, self.least = state["silent"], state["least"]


def threshold(trainer, batches):
    """The bound with which k features are active on average"""
    count, values = 0, []
    for x in batches:
        pre = trainer.pre_activations(x)
        values.append(pre[pre > 0.5 * trainer.least])
        count += trainer.k * len(x)
    return torch.cat(values).topk(count, sorted=False).values.min().item()


@torch.no_grad()
def main():
    a = argparse.ArgumentParser()
    a.add_argument("--layer", type=int, required=True)
    a.add_argument("--seed", type=int, default=0)
    a.add_argument("--epochs", type=float, default=2)
    a.add_argument("--features", type=int, default=4096)
    a.add_argument("--k", type=int, default=30)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--limit", type=int, default=1 << 40, help="tokens to train on")
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    name = hook_name(a.layer) + (f".seed{a.seed}" if a.seed else "")
    cache = load_cache(a.layer, a.limit)
    train = cache.train_tokens()
    sample = torch.from_numpy(cache.x[train[::max(1, len(train) // 100_000)]]).float()
    mean = sample.mean(0)
    scale = (sample - mean).norm(dim=1).mean()
    inputs = lambda places: (torch.from_numpy(cache.x[places]).float() - mean) / scale
    steps = int(a.epochs * len(train) / BATCH)
    print(f"{name}: {len(train)} tokens, {steps} steps, mean norm {scale:.1f} about the mean", flush=True)

    trainer, begin = Trainer(cache.x.shape[1], a.features, a.k, a.seed), 0
    checkpoint = WORK / f"{name}.checkpoint.pt"
    settings = vars(a) | {"tokens": len(train), "steps": steps}
    settings.pop("threads")
    if checkpoint.exists():
        state = torch.load(checkpoint)
        if state["settings"] == settings:
            trainer.restore(state["trainer"])
            begin = state["step"]
    per_epoch = len(train) // BATCH
    start, left = time.time(), None
    for s in range(begin, steps):
        if s == begin or s % per_epoch == 0:
            order = np.random.default_rng([a.seed, s // per_epoch]).permutation(train)
        at = s % per_epoch * BATCH
        rate = RATE * min(1, (s + 1) / WARM_UP, (steps - s) / (DECAY * steps))
        now = trainer.step(inputs(np.sort(order[at:at + BATCH])), rate)
        left = now if left is None else 0.95 * left + 0.05 * now
        if (s + 1) % 50 == 0 or s + 1 == steps:
            print(f"step {s + 1} of {steps}: explained {1 - left:.4f}, silent {(trainer.silent > SILENT).sum().item()}, "
                  f"{time.time() - start:.0f} s, {time.process_time():.0f} s of CPU", flush=True)
            torch.save({"settings": settings, "step": s + 1, "trainer": trainer.state()}, f"{checkpoint}.part")
            os.replace(f"{checkpoint}.part", checkpoint)

    some = np.random.default_rng(a.seed).choice(train, min(len(train), 60_000), replace=False)
    bound = threshold(trainer, (inputs(np.sort(some[i:i + BATCH])) for i in range(0, len(some), BATCH)))
    save_jumprelu(WORK / "saes" / name, hook=hook_name(a.layer), w_enc=trainer.encoder.t(), w_dec=trainer.decoder,
                  b_enc=scale * trainer.b_enc, b_dec=mean + scale * trainer.b_dec, threshold=(scale * bound).item())
    print(json.dumps(settings))


if __name__ == "__main__":
    main()
