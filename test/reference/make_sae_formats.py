"""Writes tiny random SAEs in the formats of other libraries than SAELens, and what those libraries compute with them.

    python3 test/reference/make_sae_formats.py      # needs what requirements.txt beside it names

test/fixtures/sae-formats/CASE is one SAE's folder. sae-formats.json has `input`, rows of a residual stream [rows][d_in], and
`cases`: name, hook, by (the library that computed), activations [rows][d_sae], reconstruction [rows][d_in], feature and its
`encoder` and `decoder` vectors [d_in]. dictionary_learning and sparsify save and compute with their own classes; the files
of Gemma Scope 2, Llama Scope, Qwen Scope, Goodfire and DeepSeek are laid out as published, and loaded by SAELens.
"""

import json
import os
import shutil

import sae_lens.loading.pretrained_sae_loaders as loaders
import torch
from dictionary_learning.dictionary import AutoEncoder, AutoEncoderNew, GatedAutoEncoder, JumpReluAutoEncoder
from dictionary_learning.trainers.batch_top_k import BatchTopKSAE
from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKSAE
from dictionary_learning.trainers.top_k import AutoEncoderTopK
from sae_lens import SAE
from safetensors.torch import load_file, save_file
from sparsify import SparseCoder, SparseCoderConfig

from independent.tiny_models import write_json

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
ROOT = os.path.join(FIXTURES, "sae-formats")
D, S, ROWS, K, FEATURE = 24, 40, 6, 5, 17
HOOK = "blocks.1.hook_resid_post"


def randomise(module):
    """Weights of which every part matters; rows of the decoder have lengths of their own."""
    for parameter in module.parameters():
        scale = 0.4 if parameter.dim() == 1 else parameter.shape[-1] ** -0.5
        parameter.data = torch.randn(parameter.shape) * scale
    return module


def case(name, by, activations, reconstruction, encoder, decoder, hook=HOOK):
    lists = lambda tensor: tensor.detach().float().tolist()
    return {
        "name": name, "hook": hook, "by": by, "activations": lists(activations), "reconstruction": lists(reconstruction),
        "feature": FEATURE, "encoder": lists(encoder[:, FEATURE]), "decoder": lists(decoder[FEATURE]),
    }


def by_dictionary_learning(x):
    classes = {
        "AutoEncoder": AutoEncoder(D, S), "AutoEncoderNew": AutoEncoderNew(D, S),
        "GatedAutoEncoder": GatedAutoEncoder(D, S), "JumpReluAutoEncoder": JumpReluAutoEncoder(D, S),
        "AutoEncoderTopK": AutoEncoderTopK(D, S, K), "BatchTopKSAE": BatchTopKSAE(D, S, K),
        "MatryoshkaBatchTopKSAE": MatryoshkaBatchTopKSAE(D, S, K, [8, 12, 20]),
    }
    for name, dictionary in classes.items():
        randomise(dictionary)
        if name == "JumpReluAutoEncoder":
            dictionary.threshold.data = dictionary.threshold.data.abs()
        elif hasattr(dictionary, "threshold"):
            dictionary.threshold.fill_(0.45)
        folder = os.path.join(ROOT, name)
        os.makedirs(folder)
        torch.save(dictionary.state_dict(), os.path.join(folder, "ae.pt"))
        trainer = {"dict_class": name, "activation_dim": D, "dict_size": S, "layer": 1, "lm_name": "tiny", "k": K}
        if "TopK" not in name:
            del trainer["k"]
        write_json(os.path.join(folder, "config.json"), {"trainer": trainer, "buffer": {"ctx_len": 64}})
        activations = dictionary.encode(x)
        linear = hasattr(dictionary, "encoder")
        yield case(
            name, "dictionary_learning", activations, dictionary.decode(activations),
            dictionary.encoder.weight.T if linear else dictionary.W_enc,
            dictionary.decoder.weight.T if linear else dictionary.W_dec,
        )


def by_sparsify(x):
    for name, config in {
        "sparsify": SparseCoderConfig(num_latents=S, k=K), "sparsify-expansion": SparseCoderConfig(expansion_factor=2, k=K),
    }.items():
        coder = randomise(SparseCoder(D, config))
        coder.save_to_disk(os.path.join(ROOT, name))
        encoded = coder.encode(x)
        activations = torch.zeros(ROWS, coder.num_latents).scatter(1, encoded.top_indices, encoded.top_acts)
        reconstruction = activations @ coder.W_dec + coder.b_dec
        yield case(name, "sparsify", activations, reconstruction, coder.encoder.weight.T, coder.W_dec)


def local(repo_id, filename, subfolder=None, **_):
    """Files of the Hub lie in the fixtures."""
    return os.path.join(ROOT, *filter(None, [subfolder, filename]))


def by_saelens(x):
    loaders.hf_hub_download = local
    loaders.get_safetensors_tensor_shapes = lambda _, path: {
        name: list(tensor.shape) for name, tensor in load_file(os.path.join(ROOT, path)).items()
    }
    matrix = lambda *shape: torch.randn(*shape) * shape[-1] ** -0.5
    linear = lambda prefix="": {
        f"encoder{prefix}.weight": matrix(S, D), f"encoder{prefix}.bias": torch.randn(S) * 0.4,
        f"decoder{prefix}.weight": matrix(D, S), f"decoder{prefix}.bias": torch.randn(D) * 0.4,
    }
    half = lambda tensors: {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}

    name = "gemma-scope-2/resid_post/layer_1_width_16k_l0_small"
    folder = made(name)
    save_file({
        "w_enc": matrix(D, S), "w_dec": matrix(S, D), "b_enc": torch.randn(S) * 0.4, "b_dec": torch.randn(D) * 0.4,
        "threshold": torch.rand(S),
    }, os.path.join(folder, "params.safetensors"))
    place = "model.layers.1.output"
    write_json(os.path.join(folder, "config.json"), {
        "hf_hook_point_in": place, "hf_hook_point_out": place, "width": S, "model_name": "gemma-v3-270m-pt",
        "architecture": "jump_relu", "l0": 10, "affine_connection": False, "type": "sae",
    })
    yield loaded(name, loaders.gemma_3_sae_huggingface_loader, "google/gemma-scope-2-270m-pt", name, x)

    name = "Llama3_1-8B-Base-L1R-8x"
    folder = made(os.path.join(name, "checkpoints"))
    save_file(half(linear()), os.path.join(folder, "final.safetensors"))
    norm = 9.5
    write_json(os.path.join(ROOT, name, "hyperparams.json"), {
        "d_model": D, "d_sae": S, "expansion_factor": 2, "hook_point_in": HOOK, "hook_point_out": HOOK,
        "act_fn": "jumprelu", "jump_relu_threshold": 0.21, "norm_activation": "dataset-wise",
        "dataset_average_activation_norm": {"in": norm, "out": norm}, "use_decoder_bias": True,
        "apply_decoder_bias_to_pre_encoder": False, "sparsity_include_decoder_norm": True, "top_k": 50,
        "use_glu_encoder": False,
    })
    yield loaded(name, loaders.llama_scope_sae_huggingface_loader, "fnlp/Llama3_1-8B-Base-LXR-8x", name, x, D**0.5 / norm)

    name = "Llama-Scope-R1/L1R"
    folder = made(name)
    save_file({
        **linear(), "log_jumprelu_threshold": torch.randn(S) * 0.3 - 1,
        f"dataset_average_activation_norm.{HOOK}": torch.tensor(norm),
    }, os.path.join(folder, "sae_weights.safetensors"))
    write_json(os.path.join(folder, "config.json"), {"d_model": D, "expansion_factor": S / D, "hook_point_in": HOOK})
    r1 = loaders.llama_scope_r1_distill_sae_huggingface_loader
    yield loaded(name, r1, "fnlp/Llama-Scope-R1-Distill", name, x, D**0.5 / norm, d_sae=S)

    name = "qwen-scope"
    folder = made(name)
    for layer in (0, 1):
        torch.save({
            "W_enc": matrix(S, D), "W_dec": matrix(D, S), "b_enc": torch.randn(S) * 0.4, "b_dec": torch.randn(D) * 0.4,
        }, os.path.join(folder, f"layer{layer}.sae.pt"))
    write_json(os.path.join(folder, "config.json"), {
        "model_type": "topk_sae", "d_model": D, "d_sae": S, "k": K, "hook_point": "resid_post", "num_layers": 2,
    })
    yield loaded(
        name, loaders.qwen_scope_sae_huggingface_loader, "Qwen/SAE-Res-Qwen3-1.7B-Base-W32K-L0_50",
        f"{name}/layer1.sae.pt", x, d_in=D, d_sae=S, activation_fn_kwargs={"k": K},
    )

    name = "deepseek"
    torch.save(half(linear()), os.path.join(made(name), "DeepSeek-R1-Distill-Llama-8B-SAE-l1.pt"))
    path = f"{name}/DeepSeek-R1-Distill-Llama-8B-SAE-l1.pt"
    yield loaded(name, loaders.deepseek_r1_sae_huggingface_loader, "", path, x, d_in=D, d_sae=S)

    # SAELens knows Goodfire's by their exact names.
    name, file = "goodfire", "Llama-3.1-8B-Instruct-SAE-l19.pth"
    torch.save(linear("_linear"), os.path.join(made(name), file))
    loaders.hf_hub_download = lambda repo_id, filename, **_: os.path.join(ROOT, name, filename)
    yield loaded(
        name, loaders.get_goodfire_huggingface_loader, "Goodfire/Llama-3.1-8B-Instruct-SAE-l19", file, x,
        d_in=D, d_sae=S, hook_name=HOOK,
    )


def made(name):
    folder = os.path.join(ROOT, name)
    os.makedirs(folder, exist_ok=True)
    return folder


def loaded(name, loader, repository, path, x, factor=None, **overrides):
    """What SAELens makes of a folder, as its from_pretrained does."""
    cfg, state, _ = loader(repository, path, "cpu", False, {"dtype": "float32", **overrides})
    cfg = loaders.handle_config_defaulting(cfg)
    config = SAE.get_sae_config_class_for_architecture(cfg["architecture"]).from_dict(cfg)
    sae = SAE.get_sae_class_for_architecture(config.architecture())(config)
    sae.process_state_dict_for_loading(state)
    sae.load_state_dict(state, assign=True)
    sae = sae.to(torch.float32)
    encoder, decoder = sae.W_enc.detach().clone(), sae.W_dec.detach().clone()
    if factor is not None:
        sae.fold_activation_norm_scaling_factor(factor)
    activations = sae.encode(x)
    return case(name, "SAELens", activations, sae.decode(activations), encoder, decoder)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(7)
    shutil.rmtree(ROOT, ignore_errors=True)
    x = torch.randn(ROWS, D) * 1.5 + 0.4
    with torch.no_grad():
        cases = [*by_dictionary_learning(x), *by_sparsify(x), *by_saelens(x)]
    for one in cases:
        print(one["name"], "L0", sum(value != 0 for row in one["activations"] for value in row) / ROWS)
    with open(os.path.join(FIXTURES, "sae-formats.json"), "w", encoding="utf-8") as file:
        json.dump({"input": x.tolist(), "cases": cases}, file)
        file.write("\n")


if __name__ == "__main__":
    main()
