"""A plain GPT-2 forward pass over input embeddings.

Sources: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (pre-norm blocks,
learned positions, a final LayerNorm, head tied to the embedding); Hugging Face's documentation of
GPT2Config and of the weights' names. Conv1D weights are stored [inputs, outputs]. Hook points carry
TransformerLens' names.
"""

import math

import torch


def gelu_new(x):
    """The tanh approximation of GELU that GPT-2 and Gemma use; Hendrycks and Gimpel 2016."""
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


class Gpt2:
    """A GPT-2 checkpoint, held in one floating point type (float32 unless told otherwise)."""

    def __init__(self, config, tensors, dtype=torch.float32):
        if config.get("activation_function", "gelu_new") != "gelu_new":
            raise ValueError(f"activation_function {config['activation_function']!r} is not gelu_new")
        if config.get("scale_attn_by_inverse_layer_idx") or not config.get("scale_attn_weights", True):
            raise ValueError("only attention scaled by 1/sqrt(head size) is known here")
        if not config.get("tie_word_embeddings", True):
            raise ValueError("only a head tied to the embedding is known here")
        self.config = config
        self.layers = config["n_layer"]
        self.heads = config["n_head"]
        self.d_model = config["n_embd"]
        self.positions = config["n_positions"]
        self.epsilon = config.get("layer_norm_epsilon", 1e-5)
        self.bos = config["bos_token_id"]
        # attn.bias and attn.masked_bias are buffers of old checkpoints (the causal mask), not weights;
        # lm_head.weight, where there is one, repeats the embedding.
        skip = (".attn.bias", ".attn.masked_bias")
        self.weights = {
            name[len("transformer.") :] if name.startswith("transformer.") else name: tensor.to(dtype)
            for name, tensor in tensors.items()
            if not name.endswith(skip) and name != "lm_head.weight"
        }

    @property
    def embedding(self):
        """The token embeddings, [vocabulary, d_model]."""
        return self.weights["wte.weight"]

    def layer_norm(self, x, name):
        """LayerNorm over the last axis with the population variance, then weight and bias."""
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.pow(2).mean(-1, keepdim=True)
        normal = centred / torch.sqrt(variance + self.epsilon)
        return normal * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def linear(self, x, name):
        """x @ W + b with a Conv1D weight, [inputs, outputs]."""
        return x @ self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def attention(self, x, prefix):
        """Causal multi-head self-attention, [positions, d_model] -> the same shape."""
        count = x.shape[0]
        split = lambda t: t.reshape(count, self.heads, -1).transpose(0, 1)  # [heads, positions, head size]
        query, key, value = map(split, self.linear(x, prefix + ".c_attn").split(self.d_model, dim=-1))
        scores = query @ key.transpose(1, 2) / math.sqrt(query.shape[-1])  # [heads, query, key]
        later = torch.ones(count, count, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(later, float("-inf")).softmax(-1)
        mixed = (weights @ value).transpose(0, 1).reshape(count, self.d_model)
        return self.linear(mixed, prefix + ".c_proj")

    @torch.no_grad()
    def forward(self, embeddings, change=lambda hook, x: x):
        """One full pass without any cache.

        embeddings: [positions, d_model], rows in the place of token embeddings (before positions are added).
        Returns (logits [positions, vocabulary], {hook point: residual stream [positions, d_model]}) with
        the hook points blocks.i.hook_resid_pre and blocks.i.hook_resid_post. `change` gives what goes on at each of
        them.
        """
        x = embeddings + self.weights["wpe.weight"][: embeddings.shape[0]]
        hooks = {}
        for layer in range(self.layers):
            block = f"h.{layer}"
            hooks[f"blocks.{layer}.hook_resid_pre"] = x = change(f"blocks.{layer}.hook_resid_pre", x)
            x = x + self.attention(self.layer_norm(x, block + ".ln_1"), block + ".attn")
            inner = gelu_new(self.linear(self.layer_norm(x, block + ".ln_2"), block + ".mlp.c_fc"))
            x = x + self.linear(inner, block + ".mlp.c_proj")
            hooks[f"blocks.{layer}.hook_resid_post"] = x = change(f"blocks.{layer}.hook_resid_post", x)
        return self.layer_norm(x, "ln_f") @ self.embedding.T, hooks
