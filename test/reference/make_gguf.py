"""Writes tiny GGUF files, and what PyPI's gguf and transformers make of them.

    python3 test/reference/make_gguf.py      # needs what requirements.txt beside it names

test/fixtures/gguf: types.gguf has one tensor of random blocks for each packed type, types.json the SHA-256 of what gguf
unpacks, as float32 bytes. NAME/NAME.gguf are models, NAME/expected.safetensors what transformers computes with them
(`gguf_file=`; the Gemmas: with the numbers that gguf unpacks), as make_families.py writes it, NAME/tokens.json texts and
the ids that transformers' tokenizer gives, or sentencepiece for its vocabularies. gemma3 is written in parts.
"""

import hashlib
import io
import json
import os
import shutil

import gguf
import numpy as np
import sentencepiece
import torch
from gguf import GGMLQuantizationType as Type
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from independent.bpe import byte_characters
from independent.safetensors_file import write_safetensors
from independent.tiny_models import write_json
from independent.tiny_tokenizers import END, TEXT, train_merges
from make_families import randomise, residual_streams

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "gguf")
PACKED = [Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q4_K, Type.Q5_K, Type.Q6_K]
# How many float16 scales a block has; Q6_K has its one at the end.
SCALES = {Type.Q4_1: 2, Type.Q5_1: 2, Type.Q4_K: 2, Type.Q5_K: 2}
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
GEMMA_PARTS = {
    **PARTS, "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
GEMMA = dict(
    hidden_size=32, intermediate_size=64, num_attention_heads=4, num_key_value_heads=1, head_dim=32,
    max_position_embeddings=64, rms_norm_eps=1e-5, hidden_activation="gelu_pytorch_tanh", tie_word_embeddings=True,
)


def name_in_gguf(name, parts=PARTS):
    if not name.startswith("model.layers."):
        return {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
                "lm_head.weight": "output.weight"}[name]
    layer, rest = name[len("model.layers."):].split(".", 1)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{parts[part]}.{kind}"


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
        scales = SCALES.get(type, 1)
        exact = random.integers(0, 0x7C00, (3, 4, scales), dtype=np.uint16) | (
            random.integers(0, 2, (3, 4, scales), dtype=np.uint16) << 15)
        at = slice(size - 2, size) if type == Type.Q6_K else slice(2 * scales)
        blocks.reshape(3, 4, size)[:, :, at] = exact.view(np.uint8).reshape(3, 4, 2 * scales)
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


def add_sizes(writer, config):
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)


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
    add_sizes(writer, config)
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


def add_pieces(writer, prefix):
    """A SentencePiece vocabulary as llama.cpp's converter writes it. Returns it and how many tokens it has."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([TEXT.lower(), *TEXT.split("."), "the   words of the text, the words"]), model_writer=model,
        model_type="bpe", vocab_size=340, byte_fallback=True, character_coverage=1.0, add_dummy_prefix=prefix,
        normalization_rule_name="identity", remove_extra_whitespaces=False, user_defined_symbols=["\n\n", "<turn>"],
        pad_id=0, eos_id=1, bos_id=2, unk_id=3, minloglevel=2, num_threads=1,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    size = pieces.get_piece_size()
    types = [
        2 if pieces.is_unknown(i) else 3 if pieces.is_control(i) else 6 if pieces.is_byte(i)
        else 4 if pieces.id_to_piece(i) in ("\n\n", "<turn>") else 1
        for i in range(size)
    ]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([pieces.id_to_piece(i) for i in range(size)])
    writer.add_token_scores([pieces.get_score(i) for i in range(size)])
    writer.add_token_types(types)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_add_space_prefix(prefix)
    return pieces, size


def make_gemma(name, architecture, config, types, seed, prefix=False, **parts):
    """A Gemma, whose norms hold their whole gains, with a SentencePiece vocabulary."""
    folder = os.path.join(FIXTURES, name)
    os.makedirs(folder)
    writer = gguf.GGUFWriter(os.path.join(folder, f"{name}.gguf"), name, **parts)
    pieces, size = add_pieces(writer, prefix)
    config = AutoConfig.for_model(architecture, **{**GEMMA, **config}, vocab_size=size + 3)
    random = torch.Generator().manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    randomise(model, random)
    add_sizes(writer, config)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_freq_base(getattr(config, "rope_theta", None) or rope_of(config)["rope_theta"])
    if rope_of(config)["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope_of(config)["factor"])
    if getattr(config, "sliding_window", None):
        writer.add_sliding_window(config.sliding_window)
    if getattr(config, "attn_logit_softcapping", None):
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
    if getattr(config, "final_logit_softcapping", None):
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    named = PARTS if architecture == "gemma" else GEMMA_PARTS
    for key, value in model.state_dict().items():
        if key == "lm_head.weight":
            continue
        rows, stored = value.numpy(), name_in_gguf(key, named)
        rows = rows + 1 if "norm" in stored else rows
        type = types.get(stored.split(".")[-2], Type.F32) if rows.ndim > 1 else Type.F32
        packed = gguf.quants.quantize(rows, type)
        writer.add_tensor(stored, packed, raw_dtype=type)
        unpacked = torch.from_numpy(np.array(gguf.quants.dequantize(packed, type)).reshape(rows.shape))
        value.copy_(unpacked - 1 if "norm" in stored else unpacked)
    write(writer)
    sequence = torch.randint(0, size, (20,), generator=random)
    write_safetensors(os.path.join(folder, "expected.safetensors"), residual_streams(model, sequence))
    texts = [*TEXTS, "the words\n\nof <turn>the text", " a  b   c"]
    # To a text that begins with a space, sentencepiece adds another one; transformers' fast tokenizers, as ours, do not.
    texts = [text for text in texts if not (prefix and text.startswith(" "))]
    write_json(os.path.join(folder, "tokens.json"), [{"text": text, "ids": pieces.encode(text)} for text in texts])


def rope_of(config):
    """The parameters of layers that see everything."""
    return config.rope_parameters.get("full_attention", config.rope_parameters)


if __name__ == "__main__":
    torch.set_num_threads(1)
    shutil.rmtree(FIXTURES, ignore_errors=True)
    os.makedirs(FIXTURES)
    make_types()
    make("llama", "llama", "gpt-2", dict(tie_word_embeddings=True), MIXED, 1)
    make("llama-scaled", "llama", "smollm", dict(rope_scaling=SCALED, tie_word_embeddings=True), {}, 2)
    make("qwen2", "qwen2", "qwen2", dict(tie_word_embeddings=False), {"ffn_up": Type.F16, "output": Type.Q4_1}, 3)
    make_gemma("gemma", "gemma", dict(num_hidden_layers=1, rope_theta=500.0), {}, 4)
    make_gemma(
        "gemma2", "gemma2",
        dict(num_hidden_layers=2, sliding_window=6, attn_logit_softcapping=9.0, final_logit_softcapping=5.0,
             query_pre_attn_scalar=32, rope_theta=1000.0),
        {"token_embd": Type.Q8_0, "ffn_up": Type.Q5_1, "attn_q": Type.Q5_0}, 5, prefix=True)
    make_gemma(
        "gemma3", "gemma3_text",
        dict(num_hidden_layers=7, sliding_window=5, query_pre_attn_scalar=32, rope_theta=50000.0,
             rope_scaling=dict(rope_type="linear", factor=4.0)),
        {"token_embd": Type.Q8_0, "attn_q": Type.Q5_0, "ffn_down": Type.Q5_1, "ffn_gate": Type.Q4_0}, 6,
        split_max_tensors=30)
