"""Our SAEs as SAELens 6 saves and opens them."""
import json

import torch
from safetensors.torch import load_file, save_file

from smollm2 import CONTEXT

MODEL_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"


def save_jumprelu(folder, *, hook, w_enc, w_dec, b_enc, b_dec, threshold):
    """Writes cfg.json and sae_weights.safetensors in float16; b_dec is subtracted from the input, so that b_enc is small
    and loses little. cfg.json says float32, to which SAELens then widens what it reads: sums in float16 are rough."""
    from sae_lens import JumpReLUSAEConfig
    from sae_lens.saes.sae import SAEMetadata

    d_in, d_sae = w_enc.shape
    metadata = SAEMetadata(
        model_name=MODEL_NAME, model_class_name="HookedTransformer", hook_name=hook, hook_head_index=None,
        hf_hook_name=f"model.layers.{hook.split('.')[1]}", context_size=CONTEXT, prepend_bos=True,
        exclude_special_tokens=True, dataset_path=None, model_from_pretrained_kwargs={"center_writing_weights": False})
    cfg = JumpReLUSAEConfig(d_in=d_in, d_sae=d_sae, dtype="float32", device="cpu", apply_b_dec_to_input=True,
                            metadata=metadata)
    weights = {"W_enc": w_enc, "W_dec": w_dec, "b_enc": b_enc, "b_dec": b_dec, "threshold": torch.full((d_sae,), threshold)}
    write(folder, cfg.to_dict(), weights)


def write(folder, cfg, weights):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cfg.json").write_text(json.dumps(cfg, indent=2) + "\n")
    save_file({k: v.detach().half().contiguous() for k, v in weights.items()}, folder / "sae_weights.safetensors")


class Sae:
    """A saved SAE in float32, without SAELens"""

    def __init__(self, folder):
        self.cfg = json.loads((folder / "cfg.json").read_text())
        w = {k: v.float() for k, v in load_file(folder / "sae_weights.safetensors").items()}
        self.W_enc, self.W_dec, self.b_enc, self.b_dec, self.threshold = (
            w[k] for k in ("W_enc", "W_dec", "b_enc", "b_dec", "threshold"))

    def encode(self, x):
        """[..., d_in] -> activations [..., d_sae]"""
        pre = (x - self.b_dec) @ self.W_enc + self.b_enc
        return pre * (pre > self.threshold)

    def decode(self, z):
        return z @ self.W_dec + self.b_dec
