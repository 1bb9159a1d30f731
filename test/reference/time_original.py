"""Prints the nodes per second of the original algorithm (one full forward per node) in PyTorch.

    python3 test/reference/time_original.py --model test/fixtures/gloss-12l --hook blocks.10.hook_resid_post \
        --feature 777 --seconds 20 --threads 1

The tree is grown breadth first at the default options until the time is over; a node is counted when
its own forward pass is done. Not part of any test: timings depend on the machine and its load.
"""

import argparse
import collections
import time

import torch

from independent.bpe import Tokenizer
from independent.cases import DEFAULTS
from independent.ghost import embedding_geometry, feature_direction, ghost_token
from independent.model import load_model
from independent.sae import Sae, sae_folder
from independent.tree import closes, prompt_embeddings, prompt_ids


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--hook", required=True)
    parser.add_argument("--feature", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)

    model, tokenizer = load_model(given.model), Tokenizer.load(given.model)
    sae = Sae.load(sae_folder(given.model, given.hook))
    geometry = embedding_geometry(model.embedding, sae.centered)
    direction = feature_direction(sae, given.feature, DEFAULTS["weights"])
    before, after = prompt_ids(tokenizer, DEFAULTS["prompt"], model.bos)
    prompt = prompt_embeddings(model, before, ghost_token(geometry, direction, "auto", True, 0), after)
    is_end = closes(tokenizer, DEFAULTS["prompt"])

    waiting, count, started = collections.deque([([], 1.0)]), 0, time.perf_counter()
    while waiting and time.perf_counter() - started < given.seconds:
        path, cumulative = waiting.popleft()
        logits, _ = model.forward(torch.cat([prompt, model.embedding[path]]))
        best = logits[-1].softmax(-1).topk(DEFAULTS["top"])
        count += 1
        for probability, token_id in zip(best.values.tolist(), best.indices.tolist()):
            grown = cumulative * probability >= DEFAULTS["cutoff"] and not is_end(token_id)
            if grown and len(path) + 1 < DEFAULTS["depth"]:
                waiting.append((path + [token_id], cumulative * probability))
    elapsed = time.perf_counter() - started
    print(f"{count / elapsed:.1f} nodes/s: {count} nodes in {elapsed:.1f} s, {given.threads} threads")


if __name__ == "__main__":
    main()
