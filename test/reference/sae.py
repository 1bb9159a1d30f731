"""Sparse autoencoders in SAELens' folders (cfg.json, sae_weights.safetensors), old and new cfg.json, and in
Gemma Scope's (params.npz).

Old files are flat and have other names for some keys; what they leave out has the value that SAELens
gives it on loading (a standard ReLU SAE that subtracts b_dec from its input, nothing normalised).
"""

import glob
import json
import os

import numpy
import torch

from safetensors_file import read_safetensors


class Sae:
    """Weights W_enc [d_in, d_sae], W_dec [d_sae, d_in], b_enc [d_sae], b_dec [d_in] and, for a
    JumpReLU SAE, threshold [d_sae]; all float32."""

    def __init__(self, cfg, tensors):
        metadata = cfg.get("metadata", {})
        self.hook = metadata.get("hook_name") or cfg.get("hook_name") or cfg.get("hook_point")
        self.architecture = cfg.get("architecture", "standard")
        self.apply_b_dec_to_input = cfg.get("apply_b_dec_to_input", True)
        activation = cfg.get("activation_fn", cfg.get("activation_fn_str", "relu"))
        if self.architecture not in ("standard", "jumprelu") or activation != "relu":
            raise ValueError(f"SAE of architecture {self.architecture!r}, activation {activation!r} is not known here")
        if cfg.get("normalize_activations", "none") not in ("none", False):
            raise ValueError("only SAEs that do not normalise their input are known here")
        kwargs = metadata.get("model_from_pretrained_kwargs") or cfg.get("model_from_pretrained_kwargs") or {}
        # TransformerLens' center_writing_weights: the residual stream's mean over d_model is gone.
        self.centered = bool(kwargs.get("center_writing_weights", False))
        self.W_enc, self.W_dec, self.b_enc, self.b_dec = (
            tensors[name].float() for name in ("W_enc", "W_dec", "b_enc", "b_dec")
        )
        self.threshold = tensors["threshold"].float() if self.architecture == "jumprelu" else None
        if list(self.W_enc.shape) != [cfg["d_in"], cfg["d_sae"]]:
            raise ValueError(f"W_enc is {list(self.W_enc.shape)}, cfg.json says {[cfg['d_in'], cfg['d_sae']]}")

    @classmethod
    def load(cls, folder):
        """Open the folder of one SAE."""
        arrays = os.path.join(folder, "params.npz")
        if os.path.exists(arrays):
            with numpy.load(arrays) as file:
                tensors = {name: torch.from_numpy(file[name]) for name in file.files}
            d_in, d_sae = tensors["W_enc"].shape
            # What Gemma Scope says of all its SAEs instead of a cfg.json.
            cfg = {"architecture": "jumprelu", "apply_b_dec_to_input": False, "d_in": d_in, "d_sae": d_sae}
            return cls(cfg, tensors)
        with open(os.path.join(folder, "cfg.json"), encoding="utf-8") as file:
            return cls(json.load(file), read_safetensors(os.path.join(folder, "sae_weights.safetensors")))

    def encode(self, x, centered=False):
        """Feature activations [positions, d_sae] of a residual stream x [positions, d_in].

        `centered` subtracts each position's mean over d_in first. Standard: ReLU(x' W_enc + b_enc);
        JumpReLU (Rajamanoharan et al. 2024): ReLU(pre) where pre > threshold, else 0.
        """
        if centered:
            x = x - x.mean(-1, keepdim=True)
        if self.apply_b_dec_to_input:
            x = x - self.b_dec
        pre = x @ self.W_enc + self.b_enc
        active = torch.relu(pre)
        return active if self.threshold is None else active * (pre > self.threshold)


def sae_folder(model, hook):
    """Where a model folder has the SAE of a hook point: a folder named after it, as SAELens has them, one with
    the hook point somewhere in its name, as published for Gemma 2B, or Gemma Scope's layer_L/width_W/average_l0_N."""
    saes, layer = os.path.join(model, "saes"), hook.split(".")[1]
    patterns = [hook, f"*_{hook}_*", os.path.join(f"layer_{layer}", "width_*", "average_l0_*")]
    found = [path for pattern in patterns for path in sorted(glob.glob(os.path.join(saes, pattern)))]
    if not found:
        raise ValueError(f"{saes} has no SAE of {hook}")
    return found[0]
