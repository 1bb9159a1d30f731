"""Is a learned ghost worth shipping? It is compared with its controls on the features that were kept for tuning.

    python check_learned_ghost.py --layer 4 10 14 [--block 2] [--ship]

Controls: the same scale and bias with random directions; what was trained on shuffled labels (where it was trained); the
stream's mean and the direction at its median norm, without training. Measured is the loss on the features' labels, and
what the judge of eval/truth makes of the four most probable definitions. Writes work/learned/HOOK.blockK.ndjson, which that judge
reads. `--ship` copies the file to ../learned where both are better than of every control, by 95 % intervals of the
paired differences. Takes eval/truth/requirements.txt as well.
"""
import argparse
import json
import shutil
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from activations import hook_name
from ghost import Ghost
from learned_ghost import FOLDER, directions, path_of, selected, stream_statistics
from paths import TRAIN
from peak_words import label, peak_word, read_features
from smollm2 import load_model, load_tokenizer

sys.path.append(str(TRAIN.parents[2] / "eval/truth"))
from intervals import cell, interval, table  # noqa: E402
from judge import ranks  # noqa: E402
from sentences import Sentences  # noqa: E402

TUNING_SEED, RANDOM_SEED, TOP, BATCH = 5, 1, 4, 24


def ghosts_to_compare(hook, block, vectors, norm, mean):
    """-> {method: ghosts of the features whose directions are given [n, d_model]}, the learned one first"""
    learned = load_file(path_of(hook, block))
    chance = F.normalize(torch.randn(vectors.shape, generator=torch.Generator().manual_seed(RANDOM_SEED)), dim=1)
    ghosts = {"learned": learned["scale"] * vectors + learned["bias"],
              "learned, random directions": learned["scale"] * chance + learned["bias"],
              "mean + direction": norm * vectors + mean}
    if path_of(hook, block, shuffled=True).exists():
        shuffled = load_file(path_of(hook, block, shuffled=True))
        ghosts["learned on shuffled labels"] = shuffled["scale"] * vectors + shuffled["bias"]
    return ghosts


@torch.inference_mode()
def label_losses(ghost, vectors, texts):
    """[n] mean loss a token of each text"""
    means = []
    for b in range(0, len(texts), BATCH):
        losses, counts = ghost.losses(vectors[b:b + BATCH], texts[b:b + BATCH])
        means += [part.mean().item() for part in losses.split(counts.tolist())]
    return means


def answers(hook, method, features, definitions):
    """Lines as the judge reads them"""
    return [{"method": method, "hook": hook, "seed": TUNING_SEED, "feature": f["feature"], "said": [text for text, _ in said],
             "firing": [{"word": peak_word(e), "text": "".join(e["tokens"])} for e in f["examples"]]}
            for f, said in zip(features, definitions)]


def check(hook, block, model, tokenizer, sentences):
    """Prints a table -> is it better than every control?"""
    features = read_features(hook)
    features = [features[i] for i in selected(hook, "tuning")]
    texts = [label(f) for f in features]
    worded = [i for i, t in enumerate(texts) if t]
    vectors = directions(hook)[[f["feature"] for f in features]]
    compared = ghosts_to_compare(hook, block, vectors, *stream_statistics(model, tokenizer, block))
    ghost, lines, pct, rows = Ghost(model, tokenizer, block), [], {}, []
    loss = {m: torch.tensor(label_losses(ghost, g[worded], [texts[i] for i in worded])) for m, g in compared.items()}
    print(hook, {m: round(x.mean().item(), 3) for m, x in loss.items()}, flush=True)
    for method, ghosts in compared.items():
        said = [d for b in range(0, len(ghosts), BATCH) for d in ghost.say(ghosts[b:b + BATCH], TOP)]
        part = answers(hook, method, features, said)
        lines += part
        rank = ranks(sentences, part)
        pct[method] = 1 - rank / (len(part) - 1)
        rows.append([hook, method, cell(loss[method]), cell(pct[method]), cell((rank < 1).float())])
        print(rows[-1], flush=True)
    (FOLDER / f"{hook}.block{block}.ndjson").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in lines))
    print(table(["hook", f"ghost after block {block}", "loss on labels", "pct", "top1"], rows))
    return all(interval(loss[m] - loss["learned"])[1] > 0 and interval(pct["learned"] - pct[m])[1] > 0
               for m in loss if m != "learned")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--layer", type=int, nargs="+", required=True)
    a.add_argument("--block", type=int, default=2)
    a.add_argument("--ship", action="store_true")
    a = a.parse_args()
    torch.set_num_threads(1)
    tokenizer, model, sentences = load_tokenizer(), load_model().requires_grad_(False), Sentences()
    for hook in map(hook_name, a.layer):
        better = check(hook, a.block, model, tokenizer, sentences)
        print(f"{hook}: {'' if better else 'not '}better than every control", flush=True)
        if better and a.ship:
            target = TRAIN.parent / "learned" / f"{hook}.safetensors"
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path_of(hook, a.block), target)


if __name__ == "__main__":
    main()
