"""Configurations and random weights of tiny checkpoints, and the files they are written in."""

import json
import os

import torch

from .safetensors_file import write_safetensors

POSITIONS = 64


def write_json(path, data):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=2, ensure_ascii=False)
        file.write("\n")


def write_shards(folder, shards):
    """model-0000X-of-0000Y.safetensors and their index, of a list of {name: tensor}."""
    weight_map, total = {}, 0
    for number, shard in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        write_safetensors(os.path.join(folder, file), shard)
        weight_map.update({key: file for key in shard})
        total += sum(tensor.numel() * tensor.element_size() for tensor in shard.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    write_json(os.path.join(folder, "model.safetensors.index.json"), index)


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


def gemma_config(vocabulary, layers, key_heads, **more):
    """A Gemma config.json."""
    return {
        "architectures": ["GemmaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": 2,
        "eos_token_id": 1,
        "head_dim": 16,
        # The first release says "gelu" here and leaves the next empty, and means the tanh approximation.
        "hidden_act": "gelu",
        "hidden_activation": None,
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 96,
        "max_position_embeddings": 96,
        "model_type": "gemma",
        "num_attention_heads": 4,
        "num_hidden_layers": layers,
        "num_key_value_heads": key_heads,
        "pad_token_id": 0,
        "rms_norm_eps": 1e-06,
        "rope_scaling": None,
        "rope_theta": 10000.0,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.38.0",
        "use_cache": True,
        "vocab_size": vocabulary,
        **more,
    }


def gemma2_config(vocabulary, layers, key_heads):
    """A Gemma 2 config.json. A window that the default prompt does not fit in, soft caps that matter, a score
    factor that is not the head's size and an unusual rotary base: all must be read from the file."""
    config = gemma_config(
        vocabulary,
        layers,
        key_heads,
        architectures=["Gemma2ForCausalLM"],
        attn_logit_softcapping=2.0,
        cache_implementation="hybrid",
        final_logit_softcapping=6.0,
        hidden_act="gelu_pytorch_tanh",
        hidden_activation="gelu_pytorch_tanh",
        model_type="gemma2",
        query_pre_attn_scalar=24,
        rope_theta=1000.0,
        sliding_window=6,
        transformers_version="4.42.4",
    )
    del config["rope_scaling"]
    return dict(sorted(config.items()))


def random_gemma(config, peak, quotes, random):
    """Random Gemma or Gemma 2 weights whose next-token distributions are peaked and depend on the ghost.

    peak: size of the final norm's factors, and so of the logits' spread; quotes: tokens that are more
    probable than most, so that some branches end."""
    d, inner = config["hidden_size"], config["intermediate_size"]
    normal = lambda *shape, scale: torch.randn(*shape, generator=random) * scale
    # Real embeddings share a mean and have one strong principal component; lengths that differ much
    # make few tokens stand out.
    table = normal(config["vocab_size"], d, scale=0.35) * torch.exp(normal(config["vocab_size"], 1, scale=0.6))
    table[quotes] *= 1.2
    table += normal(d, scale=0.35)
    table += normal(config["vocab_size"], 1, scale=0.9) * torch.nn.functional.normalize(normal(1, d, scale=1))
    tensors = {"model.embed_tokens.weight": table}

    def linear(name, inputs, outputs, gain):
        tensors[name + ".weight"] = normal(outputs, inputs, scale=gain / inputs**0.5)

    def norm(name):
        tensors[name + ".weight"] = 0.5 + normal(d, scale=0.4)

    queries = config["num_attention_heads"] * config["head_dim"]
    keys = config["num_key_value_heads"] * config["head_dim"]
    for i in range(config["num_hidden_layers"]):
        block = f"model.layers.{i}."
        norm(block + "input_layernorm")
        linear(block + "self_attn.q_proj", d, queries, 1.0)
        linear(block + "self_attn.k_proj", d, keys, 1.0)
        linear(block + "self_attn.v_proj", d, keys, 1.5)
        linear(block + "self_attn.o_proj", queries, d, 1.5)
        norm(block + "post_attention_layernorm")
        linear(block + "mlp.gate_proj", d, inner, 1.2)
        linear(block + "mlp.up_proj", d, inner, 1.2)
        linear(block + "mlp.down_proj", inner, d, 1.2)
        if config["model_type"] == "gemma2":
            norm(block + "pre_feedforward_layernorm")
            norm(block + "post_feedforward_layernorm")
    # Signs at random: with a tied head a token would otherwise predict itself for ever.
    tensors["model.norm.weight"] = normal(d, scale=peak) - 1
    return {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
