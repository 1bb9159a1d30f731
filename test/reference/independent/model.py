"""Opens a Hugging Face model folder (config.json, model.safetensors or shards) as the class of its model_type.

Every class has config, bos, positions (most a sequence may have), d_model, embedding (the token embeddings
[vocabulary, d_model]) and forward(embeddings [positions, d_model]) -> (logits [positions, vocabulary],
{hook point: residual stream [positions, d_model]}).
"""

import json
import os

import torch

from .gemma import Gemma, Gemma2
from .gpt2 import Gpt2
from .safetensors_file import read_safetensors

CLASSES = {"gpt2": Gpt2, "gemma": Gemma, "gemma2": Gemma2}


def load_weights(folder):
    """The tensors of model.safetensors, or of the shards that model.safetensors.index.json lists."""
    index = os.path.join(folder, "model.safetensors.index.json")
    if not os.path.exists(index):
        return read_safetensors(os.path.join(folder, "model.safetensors"))
    with open(index, encoding="utf-8") as file:
        shard_of = json.load(file)["weight_map"]
    tensors = {}
    for shard in sorted(set(shard_of.values())):
        found = read_safetensors(os.path.join(folder, shard))
        tensors.update({name: found[name] for name in found if shard_of[name] == shard})
    missing = sorted(set(shard_of) - set(tensors))
    if missing:
        raise ValueError(f"the index names tensors that no shard holds: {missing[:3]}")
    return tensors


def load_model(folder, dtype=torch.float32):
    """The model of a folder, held in one floating point type."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    if config.get("model_type") not in CLASSES:
        raise ValueError(f"model_type {config.get('model_type')!r} is none of {', '.join(CLASSES)}")
    return CLASSES[config["model_type"]](config, load_weights(folder), dtype)
