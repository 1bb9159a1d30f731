"""Writes tiny random checkpoints of the families of models, and what transformers computes with them.

    python3 test/reference/make_families.py [NAME...]      # needs what requirements.txt beside it names

test/fixtures/families/NAME: config.json in the spelling of published files, config.transformers5.json as transformers 5
writes it again, model.safetensors (bfloat16, which float32 holds exactly) and expected.safetensors: `tokens [T]`,
`logits [T, vocabulary]` and `blocks.N.hook_resid_pre|post [T, width]`, computed in float32.
"""

import json
import os
import shutil
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

from independent.safetensors_file import write_safetensors
from independent.tiny_models import write_json

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "families")
VOCABULARY, POSITIONS, LENGTH = 48, 64, 20

LLAMA = dict(
    hidden_size=24,
    intermediate_size=40,
    num_hidden_layers=3,
    max_position_embeddings=POSITIONS,
    vocab_size=VOCABULARY,
    hidden_act="silu",
    rms_norm_eps=1e-5,
    bos_token_id=1,
    eos_token_id=2,
)
LLAMA3 = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16
)
GEMMA3 = dict(
    hidden_size=24, intermediate_size=40, num_hidden_layers=4, head_dim=10, max_position_embeddings=POSITIONS,
    vocab_size=VOCABULARY, rms_norm_eps=1e-5, hidden_activation="gelu_pytorch_tanh", bos_token_id=2, eos_token_id=1,
)
NEOX = dict(
    model_type="gpt_neox", intermediate_size=50, num_hidden_layers=3, max_position_embeddings=POSITIONS,
    vocab_size=VOCABULARY, layer_norm_eps=1e-4, bos_token_id=0, eos_token_id=0,
)

CASES = {
    # Three query heads to each of three key heads; an own head; theta and epsilon that are not the defaults.
    "llama": dict(
        LLAMA, model_type="llama", hidden_size=36, num_attention_heads=9, num_key_value_heads=3, rope_theta=100000.0,
        tie_word_embeddings=False,
    ),
    # Scaled positions with frequencies in all three bands, biases everywhere, tied.
    "llama-scaled": dict(
        LLAMA, model_type="llama", num_attention_heads=3, num_key_value_heads=3, rope_theta=300.0, rope_scaling=LLAMA3,
        attention_bias=True, mlp_bias=True, tie_word_embeddings=True,
    ),
    "llama-linear": dict(
        LLAMA, model_type="llama", num_hidden_layers=1, num_attention_heads=3, rope_scaling=dict(type="linear", factor=4.0),
    ),
    # A window much shorter than the text.
    "mistral": dict(
        LLAMA, model_type="mistral", num_attention_heads=6, num_key_value_heads=2, sliding_window=5, rope_theta=1000.0,
        tie_word_embeddings=False,
    ),
    "qwen2": dict(
        LLAMA, model_type="qwen2", num_attention_heads=6, num_key_value_heads=1, use_sliding_window=True,
        sliding_window=6, max_window_layers=1, rope_theta=1000000.0, tie_word_embeddings=True, bos_token_id=None,
    ),
    # Heads that are not width / heads.
    "qwen3": dict(
        LLAMA, model_type="qwen3", num_attention_heads=5, num_key_value_heads=1, head_dim=10, use_sliding_window=False,
        sliding_window=None, rope_theta=1000000.0, tie_word_embeddings=False, bos_token_id=None,
    ),
    # An own head; its safetensors data begin at an odd byte, as those of the published GPT-2 do.
    "gpt2-untied": dict(
        model_type="gpt2", n_embd=24, n_head=3, n_layer=2, n_positions=POSITIONS, n_ctx=POSITIONS,
        vocab_size=VOCABULARY, tie_word_embeddings=False, bos_token_id=1, eos_token_id=1,
    ),
    # Published Gemma configs in transformers 5's spelling.
    "gemma": dict(
        LLAMA, model_type="gemma", num_attention_heads=2, num_key_value_heads=1, head_dim=12, rope_theta=500.0,
        num_hidden_layers=1, hidden_act="gelu", tie_word_embeddings=False,
    ),
    # Windows shorter than the text in two of three layers, other frequencies there, scaled ones elsewhere, an own scale
    # of scores, a cap on logits. As published files of 270M and 1B spell it.
    "gemma3-text": dict(
        GEMMA3, model_type="gemma3_text", hidden_size=27, num_attention_heads=3, num_key_value_heads=1,
        rope_theta=50000.0, rope_local_base_freq=100.0, rope_scaling=dict(rope_type="linear", factor=4.0),
        sliding_window=5, sliding_window_pattern=3, query_pre_attn_scalar=7, final_logit_softcapping=3.0,
        tie_word_embeddings=True,
    ),
    # The default pattern, types of layers beside thetas in flat keys, and a head of its own.
    "gemma3-mixed": dict(
        GEMMA3, model_type="gemma3_text", num_hidden_layers=7, num_attention_heads=2, num_key_value_heads=2,
        rope_theta=3000.0, rope_local_base_freq=30.0, sliding_window=4,
        rope_parameters=dict(full_attention=dict(rope_type="default"), sliding_attention=dict(rope_type="default")),
        tie_word_embeddings=False,
    ),
    # The language model inside one that sees images, whose config leaves out what is default.
    "gemma3": dict(
        model_type="gemma3",
        text_config=dict(
            GEMMA3, model_type="gemma3_text", num_attention_heads=3, num_key_value_heads=1, sliding_window=6,
            sliding_window_pattern=2, rope_scaling=dict(rope_type="linear", factor=8.0),
        ),
        vision_config=dict(
            model_type="siglip_vision_model", hidden_size=8, intermediate_size=8, num_hidden_layers=1,
            num_attention_heads=1, image_size=8, patch_size=4,
        ),
        mm_tokens_per_image=4,
    ),
    # Attention and MLP side by side, 4 of 12 numbers of each head turned, the exact GELU.
    "gpt-neox": dict(
        NEOX, hidden_size=36, num_attention_heads=3, rotary_pct=0.34, rotary_emb_base=700, use_parallel_residual=True,
        hidden_act="gelu", tie_word_embeddings=False,
    ),
    # One after the other, whole heads, no biases in attention, the approximation, tied.
    "gpt-neox-serial": dict(
        NEOX, hidden_size=40, num_attention_heads=5, rotary_pct=1.0, rotary_emb_base=10000, use_parallel_residual=False,
        hidden_act="gelu_fast", attention_bias=False, tie_word_embeddings=True,
        rope_scaling=dict(type="linear", factor=2.0),
    ),
}


def randomise(model, random):
    """Weights large enough that every detail shows, in numbers that bfloat16 holds."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=random)
        is_norm = parameter.dim() == 1 and name.endswith("weight")
        if is_norm:
            value = (0 if model.config.model_type.startswith("gemma") else 1) + 0.3 * noise
        else:
            value = noise * (0.3 if parameter.dim() == 1 else 1.5 * parameter.shape[-1] ** -0.5)
        parameter.data = value.to(torch.bfloat16).float()


def residual_streams(model, tokens):
    """Logits and the stream before and after every block."""
    blocks = {
        "gpt2": lambda: model.transformer.h,
        "gpt_neox": lambda: model.gpt_neox.layers,
        "gemma3": lambda: model.model.language_model.layers,
    }.get(model.config.model_type, lambda: model.model.layers)()
    streams = {}
    hooks = []
    for number, block in enumerate(blocks):
        def before(_, args, kwargs, number=number):
            stream = args[0] if args else kwargs["hidden_states"]
            streams[f"blocks.{number}.hook_resid_pre"] = stream[0].detach().clone()

        def after(_, __, output, number=number):
            stream = output[0] if isinstance(output, tuple) else output
            streams[f"blocks.{number}.hook_resid_post"] = stream[0].detach().clone()

        hooks += [block.register_forward_pre_hook(before, with_kwargs=True), block.register_forward_hook(after)]
    with torch.no_grad():
        logits = model(tokens[None]).logits[0]
    for hook in hooks:
        hook.remove()
    return {"tokens": tokens, "logits": logits, **streams}


def shift_by_one(path):
    """Lengthens a file's header by one space: its data then begin at an odd byte."""
    with open(path, "rb") as file:
        data = file.read()
    length = int.from_bytes(data[:8], "little")
    with open(path, "wb") as file:
        file.write((length + 1).to_bytes(8, "little") + data[8 : 8 + length] + b" " + data[8 + length :])


def make(name, config, seed):
    folder = os.path.join(FIXTURES, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write_json(os.path.join(folder, "config.json"), config)
    read = AutoConfig.from_pretrained(folder)
    random = torch.Generator().manual_seed(seed)
    model = AutoModelForCausalLM.from_config(read, attn_implementation="eager").float().eval()
    randomise(model, random)
    with tempfile.TemporaryDirectory() as written:
        model.save_pretrained(written)
        shutil.copy(os.path.join(written, "config.json"), os.path.join(folder, "config.transformers5.json"))
        tensors = load_file(os.path.join(written, "model.safetensors"))
        again = AutoModelForCausalLM.from_pretrained(written, attn_implementation="eager").float().eval()
    file = os.path.join(folder, "model.safetensors")
    write_safetensors(file, {key: value.to(torch.bfloat16) for key, value in tensors.items()})
    if name == "gpt2-untied":
        shift_by_one(file)
    tokens = torch.randint(0, VOCABULARY, (LENGTH,), generator=random)
    expected = residual_streams(model, tokens)
    for key, value in residual_streams(again, tokens).items():
        assert torch.equal(value, expected[key]), (name, key)
    write_safetensors(os.path.join(folder, "expected.safetensors"), expected)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for seed, (name, config) in enumerate(CASES.items(), 1):
        if name in (sys.argv[1:] or CASES):
            make(name, config, seed)
