"""A plain Gemma and Gemma 2 forward pass over input embeddings.

Sources: Gemma Team 2024, "Gemma: Open Models Based on Gemini Research and Technology" (RMSNorm before each half of
a block, rotary positions, GeGLU, multi-query attention, head tied to the embedding) and "Gemma 2: Improving Open
Language Models at a Practical Size" (soft caps, local attention in every other layer, norms after each half too,
grouped queries); Zhang and Sennrich 2019 (RMSNorm), Su et al. 2021 (rotary positions), Shazeer 2020 (GeGLU);
Hugging Face's documentation of GemmaConfig and Gemma2Config and of the weights' names. Linear weights are stored
[outputs, inputs]. Hook points carry TransformerLens' names.
"""

import math

import torch

from .gpt2 import gelu_new

# All names that Gemma's configs have for the tanh approximation: the first releases say "gelu" and mean it.
TANH_GELU = (None, "gelu", "gelu_new", "gelu_pytorch_tanh")


def soft_cap(x, cap):
    """Squeeze values smoothly into (-cap, cap)."""
    return cap * torch.tanh(x / cap)


class Gemma:
    """A Gemma checkpoint, held in one floating point type (float32 unless told otherwise)."""

    def __init__(self, config, tensors, dtype=torch.float32):
        activation = config.get("hidden_activation", config.get("hidden_act"))
        if activation not in TANH_GELU:
            raise ValueError(f"hidden_activation {activation!r} is not the tanh GELU")
        if config.get("attention_bias") or config.get("rope_scaling"):
            raise ValueError("only attention without biases and unscaled rotary positions are known here")
        if not config.get("tie_word_embeddings", True):
            raise ValueError("only a head tied to the embedding is known here")
        self.config = config
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.key_heads = config["num_key_value_heads"]
        self.head_size = config["head_dim"]
        self.d_model = config["hidden_size"]
        self.positions = config["max_position_embeddings"]
        self.epsilon = config.get("rms_norm_eps", 1e-6)
        self.theta = config.get("rope_theta", 10000.0)
        self.bos = config["bos_token_id"]
        self.score_factor = self.head_size**-0.5
        # What has no `model.` is lm_head.weight, where there is one, and repeats the embedding.
        self.weights = {
            name[len("model.") :]: tensor.to(dtype) for name, tensor in tensors.items() if name.startswith("model.")
        }

    @property
    def embedding(self):
        """The token embeddings, [vocabulary, d_model], without the factor that `scaled` applies."""
        return self.weights["embed_tokens.weight"]

    def scaled(self, embeddings):
        """The residual stream that embeddings start: times sqrt(d_model)."""
        return embeddings * math.sqrt(self.d_model)

    def norm(self, x, name):
        """RMSNorm over the last axis; what is stored is the weight less one."""
        normal = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return normal * (1 + self.weights[name + ".weight"])

    def linear(self, x, name):
        """x @ W.T, without a bias."""
        return x @ self.weights[name + ".weight"].T

    def rotate(self, x):
        """Rotary positions: x [heads, positions, head size], position p turns the plane of the components
        i and i + half by p * theta^(-2i / head size)."""
        half = self.head_size // 2
        frequencies = self.theta ** (-torch.arange(half, dtype=x.dtype) / half)
        angles = torch.arange(x.shape[1], dtype=x.dtype)[:, None] * frequencies  # [positions, half]
        first, second = x[..., :half], x[..., half:]
        sine, cosine = angles.sin(), angles.cos()
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

    def shared_heads(self, x):
        """[key heads, positions, head size] -> [heads, ...]: consecutive query heads share a key head."""
        return x.repeat_interleave(self.heads // self.key_heads, dim=0)

    def hidden_keys(self, count, layer):
        """Which keys a query must not see: [query, key], True where hidden. Here the later ones."""
        return torch.ones(count, count, dtype=torch.bool).triu(1)

    def capped_scores(self, scores):
        """The attention scores that the softmax gets."""
        return scores

    def attention(self, x, layer):
        """Causal self-attention, [positions, d_model] -> the same shape."""
        count, prefix = x.shape[0], f"layers.{layer}.self_attn."
        split = lambda t: t.reshape(count, -1, self.head_size).transpose(0, 1)  # [heads, positions, head size]
        query = self.rotate(split(self.linear(x, prefix + "q_proj")))
        key = self.shared_heads(self.rotate(split(self.linear(x, prefix + "k_proj"))))
        value = self.shared_heads(split(self.linear(x, prefix + "v_proj")))
        scores = self.capped_scores(query @ key.transpose(1, 2) * self.score_factor)  # [heads, query, key]
        weights = scores.masked_fill(self.hidden_keys(count, layer), float("-inf")).softmax(-1)
        mixed = (weights @ value).transpose(0, 1).reshape(count, -1)
        return self.linear(mixed, prefix + "o_proj")

    def feed_forward(self, x, layer):
        """GeGLU: the GELU of one projection gates another."""
        prefix = f"layers.{layer}.mlp."
        gate = gelu_new(self.linear(x, prefix + "gate_proj"))
        return self.linear(gate * self.linear(x, prefix + "up_proj"), prefix + "down_proj")

    def block(self, x, layer):
        """One layer: both halves added to the residual stream."""
        prefix = f"layers.{layer}."
        x = x + self.attention(self.norm(x, prefix + "input_layernorm"), layer)
        return x + self.feed_forward(self.norm(x, prefix + "post_attention_layernorm"), layer)

    def head(self, x):
        """Logits of the final residual stream."""
        return self.norm(x, "norm") @ self.embedding.T

    @torch.no_grad()
    def forward(self, embeddings, change=lambda hook, x: x):
        """One full pass without any cache.

        embeddings: [positions, d_model], rows in the place of token embeddings (before the factor).
        Returns (logits [positions, vocabulary], {hook point: residual stream [positions, d_model]}) with
        the hook points blocks.i.hook_resid_pre and blocks.i.hook_resid_post. `change` gives what goes on at each of
        them.
        """
        x, hooks = self.scaled(embeddings), {}
        for layer in range(self.layers):
            hooks[f"blocks.{layer}.hook_resid_pre"] = x = change(f"blocks.{layer}.hook_resid_pre", x)
            x = self.block(x, layer)
            hooks[f"blocks.{layer}.hook_resid_post"] = x = change(f"blocks.{layer}.hook_resid_post", x)
        return self.head(x), hooks


class Gemma2(Gemma):
    """A Gemma 2 checkpoint. Even layers see a window, odd ones everything before."""

    def __init__(self, config, tensors, dtype=torch.float32):
        super().__init__(config, tensors, dtype)
        self.score_factor = config["query_pre_attn_scalar"] ** -0.5
        self.window = config["sliding_window"]
        self.score_cap = config["attn_logit_softcapping"]
        self.logit_cap = config["final_logit_softcapping"]

    def hidden_keys(self, count, layer):
        """A window holds a position itself and the window - 1 before it."""
        hidden = super().hidden_keys(count, layer)
        if layer % 2 == 0:
            hidden |= torch.ones(count, count, dtype=torch.bool).tril(-self.window)
        return hidden

    def capped_scores(self, scores):
        return soft_cap(scores, self.score_cap)

    def block(self, x, layer):
        prefix = f"layers.{layer}."
        mixed = self.attention(self.norm(x, prefix + "input_layernorm"), layer)
        x = x + self.norm(mixed, prefix + "post_attention_layernorm")
        inner = self.feed_forward(self.norm(x, prefix + "pre_feedforward_layernorm"), layer)
        return x + self.norm(inner, prefix + "post_feedforward_layernorm")

    def head(self, x):
        return soft_cap(super().head(x), self.logit_cap)
