"""Random sparse autoencoders, in the formats that SAELens and Gemma Scope have had."""

import os

import numpy
import torch

from .safetensors_file import write_safetensors
from .tiny_models import POSITIONS, write_json

FEATURES = 48  # per SAE


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


def write_sae(folder, name, cfg, tensors, random):
    """One SAELens folder; sparsity holds log10 of how often each feature is active."""
    path = os.path.join(folder, "saes", name)
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


def hook_point_cfg(model, hook):
    """How the flat cfg.json files of the first SAELens releases begin."""
    return {
        "model_name": model,
        "hook_point": hook,
        "hook_point_layer": int(hook.split(".")[1]),
        "hook_point_head_index": None,
        "dataset_path": "random",
        "is_dataset_tokenized": False,
        "context_size": POSITIONS,
        "use_cached_activations": False,
    }


def old_cfg(model, hook, d_model):
    """The flat cfg.json of the first SAELens releases: hook_point, and no architecture."""
    return {
        **hook_point_cfg(model, hook),
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


def gemma_cfg(model, hook, d_model):
    """The flat cfg.json of the SAEs published for Gemma 2B: hook_point, activation_fn, what training was told,
    and normalize_activations still a truth value."""
    return {
        **hook_point_cfg(model, hook),
        "cached_activations_path": None,
        "d_in": d_model,
        "n_batches_in_buffer": 8,
        "total_training_tokens": 0,
        "store_batch_size": 4,
        "device": "cpu",
        "seed": 42,
        "dtype": "torch.float32",
        "b_dec_init_method": "zeros",
        "expansion_factor": FEATURES / d_model,
        "from_pretrained_path": None,
        "d_sae": FEATURES,
        "activation_fn": "relu",
        "normalize_sae_decoder": False,
        "noise": 0.0,
        "normalize_activations": False,
        "prepend_bos": True,
        "l1_coefficient": 5,
        "lp_norm": 1.0,
    }


def write_gemma_scope(folder, layer, width, l0, tensors):
    """One residual stream SAE as Gemma Scope has it: numpy's params.npz and nothing that describes it."""
    path = os.path.join(folder, "saes", f"layer_{layer}", f"width_{width}", f"average_l0_{l0}")
    os.makedirs(path, exist_ok=True)
    numpy.savez(os.path.join(path, "params.npz"), **{name: tensors[name].numpy() for name in sorted(tensors)})
