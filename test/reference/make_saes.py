"""Writes one tiny random SAE per format, architecture and normalisation: test/fixtures/tiny-saes/<case>/, with what
PyTorch makes of them in test/fixtures/tiny-saes.json.

    python3 test/reference/make_saes.py

The JSON's fields:

    input   rows of a residual stream [rows][d_in]
    cases   {name, hook, centered (as the files say), activations [rows][d_sae], reconstruction [rows][d_in],
            vectors {feature, encoder [d_in], decoder [d_in]}, wrong}
    wrong   [{detail, activations [d_sae], reconstruction [d_in]}]: the first row when one detail is got wrong
"""

import copy
import os
import shutil

import numpy
import torch

from make_fixtures import write_fixture
from make_tiny import FIXTURES
from independent.sae import Sae
from independent.safetensors_file import write_safetensors
from independent.tiny_models import write_json

D_IN, D_SAE, ROWS, K, FEATURE = 24, 48, 4, 7, 31
HOOK = "blocks.1.hook_resid_post"


def weights(random, **more):
    """Random weights; rows of W_dec of different lengths, a b_dec that matters."""
    normal = lambda *shape, scale: torch.randn(*shape, generator=random) * scale
    decoder = torch.nn.functional.normalize(normal(D_SAE, D_IN, scale=1), dim=1)
    decoder = decoder * (0.5 + torch.rand(D_SAE, 1, generator=random))
    return {
        "W_dec": decoder,
        "W_enc": decoder.T.contiguous() * 0.8 + normal(D_IN, D_SAE, scale=0.15),
        "b_enc": normal(D_SAE, scale=0.3) - 0.3,
        "b_dec": normal(D_IN, scale=0.6),
        **{name: make(normal) for name, make in more.items()},
    }


def threshold(normal):
    return normal(D_SAE, scale=0.5).abs() + 0.2


def nested(architecture, hook=HOOK, centered=None, **more):
    """cfg.json as SAELens 6 writes it."""
    kwargs = {} if centered is None else {"model_from_pretrained_kwargs": {"center_writing_weights": centered}}
    return {
        "d_in": D_IN,
        "d_sae": D_SAE,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {"sae_lens_version": "6.12.1", "model_name": "tiny", "hook_name": hook, **kwargs},
        "architecture": architecture,
        **more,
    }


def flat(architecture="standard", hook=HOOK, **more):
    """cfg.json as SAELens 3 to 5 write it."""
    return {
        "architecture": architecture,
        "d_in": D_IN,
        "d_sae": D_SAE,
        "activation_fn_str": "relu",
        "activation_fn_kwargs": {},
        "apply_b_dec_to_input": False,
        "finetuning_scaling_factor": False,
        "hook_name": hook,
        "hook_layer": int(hook.split(".")[1]),
        "hook_head_index": None,
        "normalize_activations": "none",
        "model_from_pretrained_kwargs": {},
        "dtype": "float32",
        "device": "cpu",
        **more,
    }


def oldest(hook):
    """cfg.json of the first releases: no architecture, no apply_b_dec_to_input."""
    return {
        "hook_point": hook,
        "hook_point_layer": int(hook.split(".")[1]),
        "hook_point_head_index": None,
        "d_in": D_IN,
        "d_sae": D_SAE,
        "activation_fn_str": "relu",
        "normalize_activations": False,
        "dtype": "torch.float32",
        "device": "cpu",
    }


def cases(random):
    """(name, cfg or None for an archive, tensors)."""
    plain = lambda **more: weights(random, **more)
    pre = "blocks.2.hook_resid_pre"
    yield "standard-nested", nested("standard"), plain()
    yield "standard-flat", flat(), plain()
    yield "standard-flat-b-dec", flat(apply_b_dec_to_input=True, hook=pre), plain()
    yield "standard-oldest", oldest(pre), plain(scaling_factor=lambda _: torch.ones(D_SAE))
    finetuned = plain(scaling_factor=lambda normal: 1 + normal(D_SAE, scale=0.3))
    yield "standard-finetuned", flat(finetuning_scaling_factor=True), finetuned
    gates = {name: lambda normal: normal(D_SAE, scale=0.3) for name in ("b_gate", "r_mag", "b_mag")}
    gated = plain(**gates)
    del gated["b_enc"]
    yield "gated", nested("gated"), gated
    yield "topk", nested("topk", k=K), plain()
    yield "topk-rescaled", nested("topk", k=K, rescale_acts_by_decoder_norm=True), plain()
    yield "topk-flat", flat(activation_fn_str="topk", activation_fn_kwargs={"k": K}), plain()
    yield "jumprelu", nested("jumprelu", apply_b_dec_to_input=False), plain(threshold=threshold)
    logs = plain(log_threshold=lambda normal: threshold(normal).log())
    yield "jumprelu-log-threshold", flat("jumprelu"), logs
    yield "gemma-scope", None, plain(threshold=threshold)
    yield "gemma-scope-half", None, {name: tensor.half() for name, tensor in plain(threshold=threshold).items()}
    yield "expected-average", nested("standard", normalize_activations="expected_average_only_in"), plain()
    factor = {"normalize_activations": "expected_average_only_in", "norm_scaling_factor": 0.4}
    yield "expected-average-factor", nested("standard", **factor), plain()
    yield "expected-average-oldest", {**oldest(HOOK), "normalize_activations": True}, plain()
    yield "constant-norm", nested("standard", normalize_activations="constant_norm_rescale"), plain()
    yield "layer-norm", nested("standard", normalize_activations="layer_norm"), plain()
    yield "layer-norm-topk", nested("topk", k=K, normalize_activations="layer_norm"), plain()
    yield "centered", nested("standard", centered=True), plain()
    yield "centered-flat", flat(model_from_pretrained_kwargs={"center_writing_weights": True}), plain()
    half = {name: tensor.to(torch.bfloat16) for name, tensor in plain(threshold=threshold).items()}
    yield "bfloat16", nested("jumprelu"), half


def wrongly(sae):
    """The details that are easily got wrong: [(detail, SAE that does, centred)]."""
    variants = [("mean-centring", sae, not sae.centered)]

    def variant(detail, **changes):
        other = copy.copy(sae)
        other.__dict__.update(changes)
        variants.append((detail, other, sae.centered))

    variant("b_dec subtracted from the input", apply_b_dec_to_input=not sae.apply_b_dec_to_input)
    # The same bytes read feature after feature instead of row after row.
    variant("orientation of W_enc", W_enc=sae.W_enc.reshape(D_SAE, D_IN).T)
    variant("orientation of W_dec", W_dec=sae.W_dec.reshape(D_IN, D_SAE).T)
    variant("sign of b_dec", b_dec=-sae.b_dec)
    if sae.normalize != "none" and (sae.normalize, sae.input_scale) != ("expected_average_only_in", 1.0):
        variant("normalisation", normalize="none")
    if sae.rescale:
        variant("decoder norms", rescale=False)
    if sae.architecture == "topk":
        variant("k", k=D_SAE)
    if sae.threshold is not None:
        variant("threshold", threshold=None)
    if sae.decode_scale is not None:
        variant("scaling factor", decode_scale=None)
    if sae.architecture == "gated":
        variant("gate", b_gate=sae.b_gate + 100)
        variant("magnitude's factor", r_mag=sae.r_mag * 0)
    return variants


def write_case(folder, cfg, tensors):
    os.makedirs(folder)
    if cfg is None:
        numpy.savez(os.path.join(folder, "params.npz"), **{name: tensor.numpy() for name, tensor in tensors.items()})
        return
    write_json(os.path.join(folder, "cfg.json"), cfg)
    write_safetensors(os.path.join(folder, "sae_weights.safetensors"), tensors)


def result(sae, x, centered):
    activations, reconstruction = sae.forward(x, centered)
    return {"activations": activations.tolist(), "reconstruction": reconstruction.tolist()}


def main():
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(3)
    # A mean over d_in that is far from 0, as the residual streams of stock models have.
    x = torch.randn(ROWS, D_IN, generator=random) * 1.5 + torch.randn(ROWS, 1, generator=random) + 0.7
    root = os.path.join(FIXTURES, "tiny-saes")
    shutil.rmtree(root, ignore_errors=True)
    made = []
    for name, cfg, tensors in cases(random):
        folder = os.path.join(root, name)
        write_case(folder, cfg, tensors)
        sae = Sae.load(folder)
        right = result(sae, x, sae.centered)
        vectors = {"feature": FEATURE, "encoder": sae.W_enc[:, FEATURE].tolist(), "decoder": sae.W_dec[FEATURE].tolist()}
        wrong = [{"detail": detail, **result(other, x[:1], centered)} for detail, other, centered in wrongly(sae)]
        made.append(
            {"name": name, "hook": sae.hook or HOOK, "centered": sae.centered, **right, "vectors": vectors, "wrong": wrong}
        )
        print(f"{name}: L0 {sum(map(bool, sum(right['activations'], []))) / ROWS:.1f}")
    write_fixture(os.path.join(FIXTURES, "tiny-saes.json"), {"input": x.tolist(), "cases": made})


if __name__ == "__main__":
    main()
