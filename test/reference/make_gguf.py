"""Writes tiny GGUF files, and what PyPI's gguf and transformers make of them.

    python3 test/reference/make_gguf.py      # needs torch, transformers 5 and gguf from PyPI

test/fixtures/gguf: types.gguf has one tensor of random blocks for each packed type, types.json the SHA-256 of what gguf
unpacks, as float32 bytes. NAME/NAME.gguf are models, NAME/expected.safetensors what transformers computes with them
(`gguf_file=`), as make_families.py writes it, NAME/tokens.json texts and the ids that transformers' tokenizer gives.
"""

import hashlib
import json
import os
import shutil

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from independent.bpe import byte_characters
from independent.safetensors_file import write_safetensors
from independent.tiny_models import write_json
from independent.tiny_tokenizers import END, TEXT, train_merges
from make_families import randomise, residual_streams

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "gguf")
PACKED = [Type.Q8_0, Type.Q4_0, Type.Q4_1]
TEXTS = [TEXT, "don't  I'LL 1234 \t\n\n naïve 日本 🙂", "a<|endoftext|>b", " "]
SCALED = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16
)

CONFIG = dict(
    hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
    max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=1000.0,
)
# The type of each part of a block; what is not named is F32.
MIXED = {
    "token_embd": Type.Q8_0, "attn_q": Type.Q4_0, "attn_k": Type.Q4_1, "attn_v": Type.F16, "attn_output": Type.BF16,
    "ffn_gate": Type.Q4_1, "ffn_up": Type.Q4_0, "ffn_down": Type.Q8_0,
}
PARTS = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
}


def name_in_gguf(name):
    if not name.startswith("model.layers."):
        return {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
                "lm_head.weight": "output.weight"}[name]
    layer, rest = name[len("model.layers."):].split(".", 1)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{PARTS[part]}.{kind}"


def paired(rows, heads):
    """Rows of each head as llama.cpp turns them: 0, n / 2, 1, n / 2 + 1, ..."""
    size = rows.shape[0] // heads
    return rows.reshape(heads, 2, size // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def make_types():
    """types.gguf and types.json."""
    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(os.path.join(FIXTURES, "types.gguf"), "llama")
    sums = {}
    for type in PACKED:
        weights, size = gguf.GGML_QUANT_SIZES[type]
        blocks = random.integers(0, 256, (3, 4 * size), dtype=np.uint8)
        # Scales of every size, subnormal ones included, but no infinity and no NaN.
        scales = 2 if type == Type.Q4_1 else 1
        exact = random.integers(0, 0x7C00, (3, 4, scales), dtype=np.uint16) | (
            random.integers(0, 2, (3, 4, scales), dtype=np.uint16) << 15)
        blocks.reshape(3, 4, size)[:, :, : 2 * scales] = exact.view(np.uint8).reshape(3, 4, 2 * scales)
        writer.add_tensor(type.name, blocks, raw_dtype=type)
        unpacked = gguf.quants.dequantize(blocks, type).astype("<f4")
        sums[type.name] = hashlib.sha256(unpacked.tobytes()).hexdigest()
    write(writer)
    write_json(os.path.join(FIXTURES, "types.json"), sums)


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make(name, architecture, pre, config, types, seed):
    folder = os.path.join(FIXTURES, name)
    os.makedirs(folder)
    merges = train_merges(TEXT, 40)
    tokens = list(byte_characters().values()) + ["".join(pair) for pair in merges] + [END]
    config = AutoConfig.for_model(architecture, **CONFIG, **config, vocab_size=len(tokens))
    random = torch.Generator().manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    randomise(model, random)

    file = os.path.join(folder, f"{name}.gguf")
    writer = gguf.GGUFWriter(file, architecture)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token == END else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(len(tokens) - 1)
    writer.add_eos_token_id(len(tokens) - 1)
    if config.rope_parameters["rope_type"] == "llama3":
        # As llama.cpp's converter writes the scaling.
        half = config.hidden_size // config.num_attention_heads // 2
        base, n = config.rope_parameters["rope_theta"], SCALED["original_max_position_embeddings"]
        divisors = []
        for i in range(half):
            wavelength = 2 * np.pi * base ** (i / half)
            low, high, factor = SCALED["low_freq_factor"], SCALED["high_freq_factor"], SCALED["factor"]
            if wavelength < n / high:
                divisors.append(1)
            elif wavelength > n / low:
                divisors.append(factor)
            else:
                smooth = (n / wavelength - low) / (high - low)
                divisors.append(1 / ((1 - smooth) / factor + smooth))
        writer.add_tensor("rope_freqs.weight", np.array(divisors, dtype=np.float32))
    for key, value in model.state_dict().items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        rows = value.numpy()
        stored = name_in_gguf(key)
        if architecture == "llama" and ".attn_q." in stored:
            rows = paired(rows, config.num_attention_heads)
        if architecture == "llama" and ".attn_k." in stored:
            rows = paired(rows, config.num_key_value_heads)
        part = stored.split(".")[-2]
        type = types.get(part, Type.F32) if rows.ndim > 1 else Type.F32
        writer.add_tensor(stored, gguf.quants.quantize(rows, type), raw_dtype=type)
    write(writer)

    # transformers does not read rope_freqs: with F32 weights the model itself is the reference.
    if config.rope_parameters["rope_type"] == "default":
        model = AutoModelForCausalLM.from_pretrained(
            folder, gguf_file=f"{name}.gguf", dtype=torch.float32, attn_implementation="eager").eval()
    sequence = torch.randint(0, len(tokens), (20,), generator=random)
    write_safetensors(os.path.join(folder, "expected.safetensors"), residual_streams(model, sequence))
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=f"{name}.gguf")
    ids = [tokenizer.encode(text, add_special_tokens=False) for text in TEXTS]
    write_json(os.path.join(folder, "tokens.json"), [{"text": text, "ids": one} for text, one in zip(TEXTS, ids)])


if __name__ == "__main__":
    torch.set_num_threads(1)
    shutil.rmtree(FIXTURES, ignore_errors=True)
    os.makedirs(FIXTURES)
    make_types()
    make("llama", "llama", "gpt-2", dict(tie_word_embeddings=True), MIXED, 1)
    make("llama-scaled", "llama", "smollm", dict(rope_scaling=SCALED, tie_word_embeddings=True), {}, 2)
    make("qwen2", "qwen2", "qwen2", dict(tie_word_embeddings=False), {"ffn_up": Type.F16, "output": Type.Q4_1}, 3)
