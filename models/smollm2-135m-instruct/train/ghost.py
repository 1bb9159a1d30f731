"""A ghost after a block: a vector in place of the residual stream at one position of a prompt, and what the model goes on
to say there."""
import torch
import torch.nn.functional as F
from transformers import DynamicCache

from smollm2 import BOS

PROMPT = ('A typical definition of "', '" would be "')          # before and after the ghost
PLACEHOLDER = "X"                                               # what stands there up to the block


class Ghost:
    """The prompt up to the ghost is computed once; everything else runs from the ghost on."""

    def __init__(self, model, tokenizer, block):
        ids = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
        self.model, self.tokenizer, self.block = model, tokenizer, block
        self.before, self.after = [BOS] + ids(PROMPT[0]), ids(PLACEHOLDER)[:1] + ids(PROMPT[1])
        self.closes = torch.tensor(['"' in tokenizer.decode([i], skip_special_tokens=False) for i in range(tokenizer.get_vocab_size())])
        self.vectors = None
        model.model.layers[block].register_forward_hook(self.replace)
        with torch.no_grad():
            cache = model.model(torch.tensor([self.before]), use_cache=True).past_key_values
        self.prefix = [(layer.keys, layer.values) for layer in cache.layers]

    def replace(self, _module, _inputs, out):
        if self.vectors is None:
            return out
        stream = out if torch.is_tensor(out) else out[0]
        stream = torch.cat([self.vectors[:, None].to(stream.dtype), stream[:, 1:]], 1)
        return stream if torch.is_tensor(out) else (stream, *out[1:])

    def run(self, vectors, ids):
        """vectors: [n, d_model]; ids: [n, tokens] that follow the prompt -> what the head reads at the end of the prompt and
        at each of the tokens [n, 1 + tokens, d_model], cache"""
        cache = DynamicCache()
        for k, (keys, values) in enumerate(self.prefix):
            cache.update(keys.expand(len(vectors), -1, -1, -1), values.expand(len(vectors), -1, -1, -1), k)
        ids = torch.cat([torch.tensor([self.after]).expand(len(vectors), -1), ids], 1)
        self.vectors = vectors
        try:
            hidden = self.model.model(ids, cache=cache, use_cache=True).last_hidden_state
        finally:
            self.vectors = None
        return hidden[:, len(self.after) - 1:], cache

    def target(self, text):
        """What is to be said: the text and the closing quote, as ids"""
        return self.tokenizer.encode(text + '"', add_special_tokens=False).ids

    def losses(self, vectors, texts):
        """The cross-entropy, in nats a token, of saying each text and then the closing quote: [tokens of all texts], and the
        number of tokens of each text"""
        targets = [self.target(t) for t in texts]
        counts = torch.tensor([len(t) for t in targets])
        longest = int(counts.max())
        ids = torch.tensor([t + [0] * (longest - len(t)) for t in targets])          # padding on the right: no token sees it
        hidden = self.run(vectors, ids[:, :-1])[0]
        goal = torch.arange(longest) < counts[:, None]
        # Rows of two dimensions: of three, each would be a matrix product with a copy of the head.
        return F.cross_entropy(self.model.lm_head(hidden[goal]), ids[goal], reduction="none"), counts

    @torch.inference_mode()
    def say(self, vectors, width=4, longest=12):
        """The `width` most probable definitions of each ghost by a beam search, each ended by a closing quote or after
        `longest` tokens -> [n] lists of (text, probability)"""
        n = len(vectors)
        hidden, cache = self.run(vectors, torch.empty(n, 0, dtype=torch.long))
        cache.reorder_cache(torch.arange(n).repeat_interleave(width))
        beams, ended = torch.empty(n, width, 0, dtype=torch.long), [[] for _ in range(n)]
        score = torch.full((n, width), -torch.inf)
        score[:, 0] = 0
        logits = self.model.lm_head(hidden[:, -1]).repeat_interleave(width, 0)
        for step in range(longest):
            total = score[..., None] + logits.float().log_softmax(-1).view(n, width, -1)
            # Of 2 * width continuations, those that close the quote are done, and the best of the others go on.
            best, where = total.flatten(1).topk(2 * width)
            parent, token = where // total.shape[-1], where % total.shape[-1]
            for i in range(n):
                for p, t, s in zip(parent[i], token[i], best[i]):
                    if self.closes[t]:
                        rest = self.tokenizer.decode([int(t)], skip_special_tokens=False).split('"')[0]
                        ended[i].append((self.text(beams[i, p]) + rest, float(s.exp())))
            best = best.masked_fill(self.closes[token], -torch.inf)
            score, order = best.topk(width)
            parent, token = parent.gather(1, order), token.gather(1, order)
            beams = torch.cat([beams.gather(1, parent[..., None].expand(-1, -1, step)), token[..., None]], -1)
            if step + 1 < longest:
                cache.reorder_cache((parent + torch.arange(n)[:, None] * width).flatten())
                logits = self.model.lm_head(self.model.model(token.reshape(-1, 1), cache=cache, use_cache=True).last_hidden_state[:, -1])
        for i in range(n):
            ended[i] += [(self.text(b), float(s.exp())) for b, s in zip(beams[i], score[i])]
        return [strongest(e, width) for e in ended]

    def text(self, ids):
        return self.tokenizer.decode(ids.tolist(), skip_special_tokens=False)


def strongest(definitions, count):
    """The most probable ones; what is said twice has both probabilities"""
    sums = {}
    for text, probability in definitions:
        text = text.strip()
        if text:
            sums[text] = sums.get(text, 0) + probability
    return sorted(sums.items(), key=lambda d: -d[1])[:count]
