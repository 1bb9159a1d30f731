"""The bars, on held-out tokens, and that SAELens opens the files: prints the tables of the README.

    python check.py [--patched 20000] [--limit TOKENS]

Explained variance, L0 and dead features are of the stored activations of held-out documents. Cross-entropy recovered is
of the whole model over `patched` held-out tokens: what its loss becomes when the stream after the block is replaced by
the SAE's reconstruction, between that of the model itself (1) and that with the stream zeroed (0). BOS and tokens of
massive norm are neither counted nor replaced.
"""
import argparse
import sys

import numpy as np
import torch

from activations import BOS, HOOKS, encode, hook_name
from cache import MASSIVE, load_cache
from corpus import LOCAL, digest, read
from paths import CORPUS, WORK
from saelens import MODEL_NAME, Sae
from smollm2 import load_model, load_tokenizer

CHUNK = 8_192


def bars(layer, middle):
    return {"explained": 0.80 if middle else 0.75, "l0": 32, "dead": 0.01, "recovered": 0.90}


def static_figures(sae, cache):
    """On held-out tokens -> explained variance, mean L0, share of features never active, tokens"""
    places = cache.test_tokens()
    mean = torch.from_numpy(cache.x[places].mean(0, dtype=np.float64)).float()
    left = total = active = 0.0
    fired = torch.zeros(len(sae.threshold), dtype=torch.bool)
    for b in range(0, len(places), CHUNK):
        x = torch.from_numpy(cache.x[places[b:b + CHUNK]]).float()
        z = sae.encode(x)
        left += (sae.decode(z) - x).square().sum().item()
        total += (x - mean).square().sum().item()
        active += (z > 0).sum().item()
        fired |= (z > 0).any(0)
    return 1 - left / total, active / len(places), 1 - fired.float().mean().item(), len(places)


def loss(model, contexts, layer=None, change=None):
    """Mean cross-entropy of the next token over contexts of at least two tokens

    change: stream [B, T, d_model] after the block of the layer -> what takes its place
    """
    total = count = 0
    handle = None
    if change is not None:
        hook = lambda _m, _i, out: change(out) if torch.is_tensor(out) else (change(out[0]), *out[1:])
        handle = model.model.layers[layer].register_forward_hook(hook)
    order = sorted(contexts, key=len)
    for b in range(0, len(order), 8):
        part = order[b:b + 8]
        x = torch.full((len(part), len(part[-1])), BOS)
        target = torch.full_like(x, -100)
        for row, ids in enumerate(part):
            x[row, :len(ids)] = torch.tensor(ids)
            target[row, 1:len(ids) - 1] = torch.tensor(ids[2:])             # what BOS predicts is not counted
        logits = model(x, use_cache=False).logits
        total += torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-100,
                                                   reduction="sum").item()
        count += (target != -100).sum().item()
    if handle:
        handle.remove()
    return total / count


def recovered(model, contexts, clean, layer, sae, median):
    """-> share of the cross-entropy recovered, loss with the reconstruction, loss with zeros"""
    def put(new):
        def change(x):
            keep = x.norm(dim=-1, keepdim=True) >= MASSIVE * median
            keep[:, 0] = True
            return torch.where(keep, x, new(x))
        return change

    with_sae = loss(model, contexts, layer, put(lambda x: sae.decode(sae.encode(x))))
    with_zeros = loss(model, contexts, layer, put(torch.zeros_like))
    return (with_zeros - with_sae) / (with_zeros - clean), with_sae, with_zeros


def stored_agree(model, tokenizer, layer, cache):
    """Largest difference of stored activations from transformers' own hidden states, relative to the largest value"""
    first, end = cache.begin[0], cache.begin[1]
    ids = torch.tensor([encode(tokenizer, cache.rows[0]["text"])])
    stream = model.model(ids, output_hidden_states=True, use_cache=False).hidden_states[layer + 1][0, 1:]
    return ((torch.from_numpy(cache.x[first:end]).float() - stream).abs().max() / stream.abs().max()).item()


def parity(folder, layer, sae, x):
    """What SAELens says of the folder -> largest difference of its activations from ours, relative to the largest"""
    from sae_lens import SAE

    other = SAE.load_from_disk(folder, device="cpu")
    m = other.cfg.metadata
    if (m.hook_name, m.model_name) != (hook_name(layer), MODEL_NAME):
        raise SystemExit(f"{folder.name}: SAELens reads hook {m.hook_name}, model {m.model_name}")
    ours, theirs = sae.encode(x), other.encode(x)
    return ((ours - theirs).abs().max() / ours.max()).item(), m.hook_name, m.model_name


@torch.inference_mode()
def main():
    a = argparse.ArgumentParser()
    a.add_argument("--patched", type=int, default=20_000)
    a.add_argument("--limit", type=int, default=1 << 40)
    a.add_argument("--threads", type=int, default=1)
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    tokenizer, model = load_tokenizer(), load_model()
    contexts, tokens = [], 0
    for row in sorted(read(CORPUS, LOCAL), key=lambda r: digest(r["text"])):
        if row["test"] and tokens < a.patched:
            contexts.append(encode(tokenizer, row["text"]))
            tokens += len(contexts[-1]) - 1
    clean = loss(model, contexts)
    print(f"Cross-entropy of the model on {tokens} held-out tokens: {clean:.3f}\n")
    print("| SAE | explained variance | L0 | dead | cross-entropy recovered | held-out tokens | bars |\n|---|---|---|---|---|---|---|")
    opened, met, agree = [], True, {}
    for layer in HOOKS:
        cache = load_cache(layer, a.limit)
        agree[layer] = stored_agree(model, tokenizer, layer, cache)
        for folder in sorted(p for p in (WORK / "saes").glob(hook_name(layer) + "*") if (p / "cfg.json").exists()):
            sae, b = Sae(folder), bars(layer, layer == HOOKS[1])
            ev, l0, dead, n = static_figures(sae, cache)
            rec, with_sae, with_zeros = recovered(model, contexts, clean, layer, sae, cache.median)
            ok = ev >= b["explained"] and l0 <= b["l0"] and dead <= b["dead"] and rec >= b["recovered"]
            met &= ok
            print(f"| `{folder.name}` | {ev:.3f} | {l0:.1f} | {dead:.2%} | {rec:.3f} ({clean:.2f} -> {with_sae:.2f}, "
                  f"zero {with_zeros:.2f}) | {n} | {'met' if ok else 'not met'} |", flush=True)
            opened.append((folder.name, *parity(folder, layer, sae, torch.from_numpy(cache.x[cache.test_tokens()[:4096]]).float())))
    import sae_lens
    print(f"\n| opened by SAELens {sae_lens.__version__} | hook | model | largest difference of an activation |\n|---|---|---|---|")
    for name, difference, hook, name_of_model in opened:
        print(f"| `{name}` | {hook} | {name_of_model} | {difference:.1e} of the largest |")
    print("\nStored activations differ from transformers' hidden states by at most "
          + ", ".join(f"{v:.1e} (block {k})" for k, v in agree.items()) + " of the largest value.")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
