"""Writes tiny random checkpoints with SAEs, in the very formats the Hub, SAELens and Gemma Scope use.

    python3 test/reference/make_tiny.py

test/fixtures/tiny-gpt2          one float32 file, plain names; SAEs: new cfg.json (JumpReLU) and old
test/fixtures/tiny-gpt2-sharded  two shards (bfloat16 and float16), names with `transformer.`, a repeated
                                 lm_head.weight and the mask buffers of old checkpoints; SAEs: new and old
test/fixtures/tiny-gemma         two bfloat16 shards; SAEs: the old cfg.json, folders named as for Gemma 2B
test/fixtures/tiny-gemma-2       three bfloat16 shards; SAEs: Gemma Scope's params.npz
"""

import os

import torch

from independent.safetensors_file import write_safetensors
from independent.tiny_models import POSITIONS, gemma2_config, gemma_config, model_config, random_gemma, random_model
from independent.tiny_models import write_json, write_shards
from independent.tiny_saes import FEATURES, flat_cfg, gemma_cfg, new_cfg, old_cfg, random_sae
from independent.tiny_saes import write_gemma_scope, write_sae
from independent.tiny_tokenizers import END, MERGES, TEXT, gemma_tokenizer_json, tokenizer_json, train_merges

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")


def start(name, tokenizer):
    """Make a checkpoint's folder and tokenizer; returns (folder, {token: id}, ids of tokens with a quote)."""
    folder = os.path.join(FIXTURES, name)
    os.makedirs(folder, exist_ok=True)
    write_json(os.path.join(folder, "tokenizer.json"), tokenizer)
    vocabulary = tokenizer["model"]["vocab"]
    return folder, vocabulary, [number for token, number in vocabulary.items() if '"' in token]


def make_plain():
    """test/fixtures/tiny-gpt2."""
    tokenizer = tokenizer_json(train_merges(TEXT, MERGES), end_first=False, merges_as_lists=False)
    folder, vocabulary, quotes = start("tiny-gpt2", tokenizer)
    random = torch.Generator().manual_seed(1)
    config = model_config(len(vocabulary), vocabulary[END], d_model=32, layers=3, heads=4)
    write_json(os.path.join(folder, "config.json"), config)
    # More peaked than the other one: its branches grow as long as real definitions.
    tensors = random_model(config, 2.0, quotes, 4.0, random)
    write_safetensors(os.path.join(folder, "model.safetensors"), tensors)
    hook = "blocks.0.hook_resid_post"
    cfg = new_cfg("tiny-gpt2", hook, 32, "jumprelu", apply_b_dec_to_input=False, centered=False)
    write_sae(folder, hook, cfg, random_sae(32, random, threshold=True), random)
    hook = "blocks.1.hook_resid_post"
    tensors = random_sae(32, random, threshold=False)
    # Early SAELens files carry this tensor of ones; it changes nothing.
    tensors["scaling_factor"] = torch.ones(FEATURES)
    write_sae(folder, hook, old_cfg("tiny-gpt2", hook, 32), tensors, random)


def make_sharded():
    """test/fixtures/tiny-gpt2-sharded."""
    name = "tiny-gpt2-sharded"
    tokenizer = tokenizer_json(train_merges(TEXT, MERGES), end_first=True, merges_as_lists=True)
    folder, vocabulary, quotes = start(name, tokenizer)
    random = torch.Generator().manual_seed(2)
    # An unusual epsilon and inner size: both must be read from the file.
    config = model_config(len(vocabulary), vocabulary[END], d_model=24, layers=2, heads=2, n_inner=80)
    config["layer_norm_epsilon"] = 1e-3
    write_json(os.path.join(folder, "config.json"), config)
    tensors = {f"transformer.{key}": value for key, value in random_model(config, 1.5, quotes, 2.5, random).items()}
    shards = [{}, {}]
    for key, value in tensors.items():
        # The embedding, its copy and block 0 in bfloat16, the rest in float16.
        first = key.startswith(("transformer.w", "transformer.h.0."))
        shards[0 if first else 1][key] = value.to(torch.bfloat16 if first else torch.float16)
    shards[0]["lm_head.weight"] = shards[0]["transformer.wte.weight"].clone()
    mask = torch.ones(POSITIONS, POSITIONS, dtype=torch.uint8).tril().reshape(1, 1, POSITIONS, POSITIONS)
    for layer in range(config["n_layer"]):
        shards[layer][f"transformer.h.{layer}.attn.bias"] = mask
        shards[layer][f"transformer.h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    write_shards(folder, shards)
    hook = "blocks.0.hook_resid_post"
    cfg = new_cfg(name, hook, 24, "standard", apply_b_dec_to_input=True, centered=True)
    write_sae(folder, hook, cfg, random_sae(24, random, threshold=False), random)
    hook = "blocks.1.hook_resid_post"
    write_sae(folder, hook, flat_cfg(name, hook, 24), random_sae(24, random, threshold=False), random)


def layers_in_shards(tensors, count):
    """A checkpoint's tensors in `count` shards: the layers in order, the final norm in the last."""
    layers = 1 + max(int(name.split(".")[2]) for name in tensors if ".layers." in name)
    shards = [{} for _ in range(count)]
    for name, tensor in tensors.items():
        layer = int(name.split(".")[2]) if ".layers." in name else 0
        shards[-1 if name == "model.norm.weight" else layer * count // layers][name] = tensor
    return shards


def make_gemma():
    """test/fixtures/tiny-gemma."""
    name = "tiny-gemma"
    folder, vocabulary, quotes = start(name, gemma_tokenizer_json(runs_added=False, merges_as_lists=False))
    random = torch.Generator().manual_seed(3)
    config = gemma_config(len(vocabulary), layers=3, key_heads=1)
    write_json(os.path.join(folder, "config.json"), config)
    write_shards(folder, layers_in_shards(random_gemma(config, 1.0, quotes, random), 2))
    for layer in (0, 1):
        hook = f"blocks.{layer}.hook_resid_post"
        # Only some of the published folders have more behind the number of features.
        sae = f"gemma_2b_{hook}_{FEATURES}" + ("_anthropic" if layer == 0 else "")
        write_sae(folder, sae, gemma_cfg(name, hook, 32), random_sae(32, random, threshold=False), random)


def make_gemma_2():
    """test/fixtures/tiny-gemma-2."""
    folder, vocabulary, quotes = start(
        "tiny-gemma-2", gemma_tokenizer_json(runs_added=True, merges_as_lists=True)
    )
    random = torch.Generator().manual_seed(4)
    config = gemma2_config(len(vocabulary), layers=4, key_heads=2)
    write_json(os.path.join(folder, "config.json"), config)
    write_shards(folder, layers_in_shards(random_gemma(config, 1.3, quotes, random), 3))
    for layer, l0 in ((0, 12), (1, 17)):
        write_gemma_scope(folder, layer, FEATURES, l0, random_sae(32, random, threshold=True))


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_plain()
    make_sharded()
    make_gemma()
    make_gemma_2()
