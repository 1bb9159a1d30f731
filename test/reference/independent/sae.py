"""Sparse autoencoders in SAELens' folders (cfg.json, sae_weights.safetensors), old and new cfg.json, and in Gemma
Scope's (params.npz).

Old files are flat and have other names for some keys; what they leave out has the value that SAELens gives it on
loading (a standard ReLU SAE that subtracts b_dec from its input, nothing normalised).
"""

import glob
import json
import os

import numpy
import torch

from .safetensors_file import read_safetensors

ARCHITECTURES = ("standard", "gated", "topk", "jumprelu")
NORMALIZATIONS = ("none", "expected_average_only_in", "constant_norm_rescale", "layer_norm")


class Sae:
    """Weights W_enc [d_in, d_sae], W_dec [d_sae, d_in], b_dec [d_in] and what the architecture adds: b_enc, threshold,
    b_gate, r_mag, b_mag [d_sae]; all float32."""

    def __init__(self, cfg, tensors):
        metadata = cfg.get("metadata") or {}
        self.hook = metadata.get("hook_name") or cfg.get("hook_name") or cfg.get("hook_point")
        self.apply_b_dec_to_input = cfg.get("apply_b_dec_to_input", True)
        activation = cfg.get("activation_fn", cfg.get("activation_fn_str", "relu"))
        # Old files write a topk SAE as a standard one with another activation.
        self.architecture = "topk" if activation == "topk" else cfg.get("architecture", "standard")
        if self.architecture not in ARCHITECTURES or activation not in ("relu", "topk"):
            raise ValueError(f"SAE of architecture {self.architecture!r}, activation {activation!r} is not known here")
        self.k = cfg.get("k") or (cfg.get("activation_fn_kwargs") or {}).get("k")
        self.rescale = self.architecture == "topk" and cfg.get("rescale_acts_by_decoder_norm", False)
        self.normalize = cfg.get("normalize_activations") or "none"
        if self.normalize is True:
            self.normalize = "expected_average_only_in"
        if self.normalize not in NORMALIZATIONS:
            raise ValueError(f"normalize_activations {self.normalize!r} is not known here")
        self.input_scale = 1.0
        if self.normalize == "expected_average_only_in":
            self.input_scale = metadata.get("norm_scaling_factor") or cfg.get("norm_scaling_factor") or 1.0
        kwargs = metadata.get("model_from_pretrained_kwargs") or cfg.get("model_from_pretrained_kwargs") or {}
        # TransformerLens' center_writing_weights: the residual stream's mean over d_model is gone.
        self.centered = bool(kwargs.get("center_writing_weights", False))
        weights = {name: tensor.float() for name, tensor in tensors.items()}
        self.W_enc, self.W_dec, self.b_dec = weights["W_enc"], weights["W_dec"], weights["b_dec"]
        self.b_enc = weights.get("b_enc")
        self.threshold = None
        if self.architecture == "jumprelu":
            self.threshold = weights["log_threshold"].exp() if "log_threshold" in weights else weights["threshold"]
        if self.architecture == "gated":
            self.b_gate, self.r_mag, self.b_mag = weights["b_gate"], weights["r_mag"], weights["b_mag"]
        self.decode_scale = weights.get("scaling_factor") if cfg.get("finetuning_scaling_factor") else None
        if list(self.W_enc.shape) != [cfg["d_in"], cfg["d_sae"]]:
            raise ValueError(f"W_enc is {list(self.W_enc.shape)}, cfg.json says {[cfg['d_in'], cfg['d_sae']]}")

    @classmethod
    def load(cls, folder):
        """Open the folder of one hook point."""
        archive = os.path.join(folder, "params.npz")
        if os.path.exists(archive):
            with numpy.load(archive) as arrays:
                return cls.gemma_scope({name: torch.from_numpy(arrays[name]) for name in arrays})
        with open(os.path.join(folder, "cfg.json"), encoding="utf-8") as file:
            return cls(json.load(file), read_safetensors(os.path.join(folder, "sae_weights.safetensors")))

    @classmethod
    def gemma_scope(cls, tensors):
        """Gemma Scope's SAEs are JumpReLU and leave b_dec out of the input."""
        d_in, d_sae = tensors["W_enc"].shape
        cfg = {"architecture": "jumprelu", "apply_b_dec_to_input": False, "d_in": d_in, "d_sae": d_sae}
        return cls(cfg, tensors)

    def encode(self, x, centered=False):
        """Feature activations [positions, d_sae] of a residual stream x [positions, d_in].

        `centered` subtracts each position's mean over d_in first.
        """
        return self.forward(x, centered)[0]

    def forward(self, x, centered=False):
        """(activations [positions, d_sae], reconstruction [positions, d_in]) of x [positions, d_in].

        Standard: ReLU(pre), pre = x' W_enc + b_enc; JumpReLU (Rajamanoharan et al. 2024): ReLU(pre) where
        pre > threshold, else 0; TopK (Gao et al. 2024): ReLU of the k largest; Gated (Rajamanoharan et al. 2024):
        ReLU(x' (W_enc * exp(r_mag)) + b_mag) where x' W_enc + b_gate > 0. With `centered` the reconstruction is of
        the centred stream.
        """
        if centered:
            x = x - x.mean(-1, keepdim=True)
        shift, factor = torch.zeros(len(x), 1), torch.ones(len(x), 1)
        back = factor
        if self.normalize == "expected_average_only_in":
            factor = factor * self.input_scale
            back = 1 / factor
        if self.normalize == "constant_norm_rescale":
            factor = x.shape[-1] ** 0.5 / x.norm(dim=-1, keepdim=True)
            back = 1 / factor
        if self.normalize == "layer_norm":
            shift = x.mean(-1, keepdim=True)
            back = (x - shift).std(-1, keepdim=True)
            factor = 1 / (back + 1e-5)
        inside = (x - shift) * factor
        if self.apply_b_dec_to_input:
            inside = inside - self.b_dec
        activations = self.activate(inside)
        codes = activations
        if self.decode_scale is not None:
            codes = codes * self.decode_scale
        if self.rescale:
            codes = codes / self.W_dec.norm(dim=-1)
        return activations, (codes @ self.W_dec + self.b_dec) * back + shift

    def activate(self, inside):
        """Feature activations of what is left of the input when it is normalised and b_dec is gone."""
        if self.architecture == "gated":
            gate = inside @ self.W_enc + self.b_gate > 0
            return gate * torch.relu(inside @ (self.W_enc * self.r_mag.exp()) + self.b_mag)
        pre = inside @ self.W_enc + self.b_enc
        if self.architecture == "topk":
            if self.rescale:
                pre = pre * self.W_dec.norm(dim=-1)
            values, indices = pre.topk(self.k, dim=-1)
            return torch.zeros_like(pre).scatter(-1, indices, torch.relu(values))
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
