"""Writes two tiny random GPT-2 checkpoints with SAEs, in the very formats the Hub and SAELens use.

    python3 test/reference/make_tiny.py

test/fixtures/tiny-gpt2          one float32 file, plain names; SAEs: new cfg.json (JumpReLU) and old
test/fixtures/tiny-gpt2-sharded  two shards (bfloat16 and float16), names with `transformer.`, a repeated
                                 lm_head.weight and the mask buffers of old checkpoints; SAEs: new and old
"""

import collections
import json
import os

import torch

from bpe import PIECES, byte_characters
from safetensors_file import write_safetensors

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
END = "<|endoftext|>"
MERGES = 96
POSITIONS = 64
FEATURES = 48  # per SAE

# Enough for merges that shorten the default prompt, hold quotes, and cross bytes of one character.
TEXT = """
A typical definition of "tree" would be "a plant with a trunk."
A typical definition of "house" would be "a building for people to live in."
A typical definition of "run" would be "to move fast on foot."
A typical definition of "river" would be "water that flows to the sea."
A typical definition of "café" would be "a place that sells coffee," they said.
A typical definition of "naïve" would be "trusting, or without experience."
They said "yes." She said "no," and he said "perhaps."
It's 10 o'clock; we're here, they've left. 日本 日本 日本 → “so” → “so” 🙂 🙂
"""


def train_merges(text, count):
    """The `count` most frequent merges of a text, greedily; ties go to the pair that sorts first."""
    characters = byte_characters()
    pieces = collections.Counter(PIECES.findall(text))
    words = [([characters[byte] for byte in piece.encode("utf-8")], n) for piece, n in pieces.items()]
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for symbols, n in words:
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += n
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for symbols, _ in words:
            for i in range(len(symbols) - 2, -1, -1):
                if tuple(symbols[i : i + 2]) == best:
                    symbols[i : i + 2] = ["".join(best)]
    return merges


def tokenizer_json(merges, end_first, merges_as_lists):
    """A byte-level BPE tokenizer.json. `<|endoftext|>` is the last id, as GPT-2 has it, or the first,
    as trained tokenizers often have it; merges are written as newer files do (lists) or older ones."""
    tokens = [*byte_characters().values(), *map("".join, merges)]
    tokens = [END, *tokens] if end_first else [*tokens, END]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": vocabulary[END],
                "content": END,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
        ],
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": {**level, "trim_offsets": False},
        "decoder": level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": vocabulary,
            "merges": [list(pair) if merges_as_lists else " ".join(pair) for pair in merges],
        },
    }


def model_config(vocabulary, end, d_model, layers, heads, **more):
    """A GPT-2 config.json."""
    return {
        "activation_function": "gelu_new",
        "architectures": ["GPT2LMHeadModel"],
        "attn_pdrop": 0.1,
        "bos_token_id": end,
        "embd_pdrop": 0.1,
        "eos_token_id": end,
        "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05,
        "model_type": "gpt2",
        "n_ctx": POSITIONS,
        "n_embd": d_model,
        "n_head": heads,
        "n_layer": layers,
        "n_positions": POSITIONS,
        "resid_pdrop": 0.1,
        "vocab_size": vocabulary,
        **more,
    }


def random_model(config, peak, quotes, quote_bonus, random):
    """Random GPT-2 weights whose next-token distributions are peaked and depend on the ghost.

    peak: size of the final LayerNorm's weights, and so of the logits' spread; quotes: tokens whose
    logit is raised by about `quote_bonus`, so that some branches end."""
    d, inner = config["n_embd"], config.get("n_inner") or 4 * config["n_embd"]
    normal = lambda *shape, scale: torch.randn(*shape, generator=random) * scale
    # Real embeddings share a mean and have one strong principal component; so do these.
    table = normal(config["vocab_size"], d, scale=0.45) + normal(d, scale=0.35)
    table += normal(config["vocab_size"], 1, scale=0.9) * torch.nn.functional.normalize(normal(1, d, scale=1))
    tensors = {"wte.weight": table, "wpe.weight": normal(config["n_positions"], d, scale=0.3)}

    def linear(name, inputs, outputs, gain):
        tensors[name + ".weight"] = normal(inputs, outputs, scale=gain / inputs**0.5)
        tensors[name + ".bias"] = normal(outputs, scale=0.1)

    def layer_norm(name):
        tensors[name + ".weight"] = 1 + normal(d, scale=0.2)
        tensors[name + ".bias"] = normal(d, scale=0.1)

    for i in range(config["n_layer"]):
        block = f"h.{i}"
        layer_norm(block + ".ln_1")
        linear(block + ".attn.c_attn", d, 3 * d, 1.7)
        linear(block + ".attn.c_proj", d, d, 2.0)
        layer_norm(block + ".ln_2")
        linear(block + ".mlp.c_fc", d, inner, 1.2)
        linear(block + ".mlp.c_proj", inner, d, 1.2)
    # Signs at random: with a tied head a token would otherwise predict itself for ever.
    tensors["ln_f.weight"] = normal(d, scale=peak)
    bias = normal(d, scale=0.3)
    tensors["ln_f.bias"] = bias
    # bias . e is added to a token's logit.
    table[quotes] += quote_bonus * bias / (bias @ bias)
    return tensors


def random_sae(d_model, random, threshold):
    """Random SAE weights with unit decoder rows and an encoder that leans towards them."""
    normal = lambda *shape, scale: torch.randn(*shape, generator=random) * scale
    decoder = torch.nn.functional.normalize(normal(FEATURES, d_model, scale=1), dim=1)
    tensors = {
        "W_dec": decoder,
        "W_enc": decoder.T.contiguous() * 0.8 + normal(d_model, FEATURES, scale=0.15),
        "b_enc": normal(FEATURES, scale=0.3) - 1.5,
        "b_dec": normal(d_model, scale=0.3),
    }
    if threshold:
        tensors["threshold"] = torch.rand(FEATURES, generator=random) * 0.8
    return tensors


def write_json(path, data):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=2, ensure_ascii=False)
        file.write("\n")


def write_sae(folder, hook, cfg, tensors, random):
    """One SAELens folder; sparsity holds log10 of how often each feature is active."""
    path = os.path.join(folder, "saes", hook)
    os.makedirs(path, exist_ok=True)
    write_json(os.path.join(path, "cfg.json"), cfg)
    write_safetensors(os.path.join(path, "sae_weights.safetensors"), tensors)
    sparsity = -3 * torch.rand(FEATURES, generator=random)
    write_safetensors(os.path.join(path, "sparsity.safetensors"), {"sparsity": sparsity})


def new_cfg(model, hook, d_model, architecture, apply_b_dec_to_input, centered):
    """cfg.json as SAELens 6 writes it."""
    return {
        "d_in": d_model,
        "d_sae": FEATURES,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": apply_b_dec_to_input,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {
            "sae_lens_version": "6.0.0",
            "model_name": model,
            "model_class_name": "HookedTransformer",
            "hook_name": hook,
            "hook_head_index": None,
            "context_size": POSITIONS,
            "model_from_pretrained_kwargs": {"center_writing_weights": centered},
            "prepend_bos": True,
            "seqpos_slice": [None],
        },
        "architecture": architecture,
    }


def old_cfg(model, hook, d_model):
    """The flat cfg.json of the first SAELens releases: hook_point, and no architecture."""
    return {
        "model_name": model,
        "hook_point": hook,
        "hook_point_layer": int(hook.split(".")[1]),
        "hook_point_head_index": None,
        "dataset_path": "random",
        "is_dataset_tokenized": False,
        "context_size": POSITIONS,
        "use_cached_activations": False,
        "d_in": d_model,
        "d_sae": FEATURES,
        "expansion_factor": FEATURES / d_model,
        "activation_fn_str": "relu",
        "seed": 42,
        "dtype": "torch.float32",
        "device": "cpu",
        "b_dec_init_method": "geometric_median",
    }


def flat_cfg(model, hook, d_model):
    """The flat cfg.json of SAELens 3 to 5: hook_name and hook_layer."""
    return {
        "architecture": "standard",
        "d_in": d_model,
        "d_sae": FEATURES,
        "activation_fn_str": "relu",
        "activation_fn_kwargs": {},
        "apply_b_dec_to_input": False,
        "finetuning_scaling_factor": False,
        "sae_lens_training_version": "3.12.0",
        "model_name": model,
        "hook_name": hook,
        "hook_layer": int(hook.split(".")[1]),
        "hook_head_index": None,
        "prepend_bos": True,
        "dataset_path": "random",
        "context_size": POSITIONS,
        "normalize_activations": "none",
        "model_from_pretrained_kwargs": {"center_writing_weights": False},
        "dtype": "float32",
        "device": "cpu",
    }


def start(name, **tokenizer_options):
    """Make a checkpoint's folder and tokenizer; returns (folder, number of tokens, id of END,
    ids of tokens with a quote)."""
    folder = os.path.join(FIXTURES, name)
    os.makedirs(folder, exist_ok=True)
    tokenizer = tokenizer_json(train_merges(TEXT, MERGES), **tokenizer_options)
    write_json(os.path.join(folder, "tokenizer.json"), tokenizer)
    vocabulary = tokenizer["model"]["vocab"]
    quotes = [number for token, number in vocabulary.items() if '"' in token]
    return folder, len(vocabulary), vocabulary[END], quotes


def make_plain():
    """test/fixtures/tiny-gpt2."""
    folder, vocabulary, end, quotes = start("tiny-gpt2", end_first=False, merges_as_lists=False)
    random = torch.Generator().manual_seed(1)
    config = model_config(vocabulary, end, d_model=32, layers=3, heads=4)
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
    folder, vocabulary, end, quotes = start(name, end_first=True, merges_as_lists=True)
    random = torch.Generator().manual_seed(2)
    # An unusual epsilon and inner size: both must be read from the file.
    config = model_config(vocabulary, end, d_model=24, layers=2, heads=2, n_inner=80)
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
    weight_map, total = {}, 0
    for number, shard in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        write_safetensors(os.path.join(folder, file), shard)
        weight_map.update({key: file for key in shard})
        total += sum(tensor.numel() * tensor.element_size() for tensor in shard.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    write_json(os.path.join(folder, "model.safetensors.index.json"), index)
    hook = "blocks.0.hook_resid_post"
    cfg = new_cfg(name, hook, 24, "standard", apply_b_dec_to_input=True, centered=True)
    write_sae(folder, hook, cfg, random_sae(24, random, threshold=False), random)
    hook = "blocks.1.hook_resid_post"
    write_sae(folder, hook, flat_cfg(name, hook, 24), random_sae(24, random, threshold=False), random)


if __name__ == "__main__":
    make_plain()
    make_sharded()
