"""The two methods on this model, in their plainest form: definition tree and token list."""
import torch
import torch.nn.functional as F

BEFORE, AFTER = 'A typical definition of "', '" would be "'


class Ghosts:
    def __init__(self, model, tok):
        self.model, self.tok = model, tok
        self.e = model.wte.weight.detach()                                      # [V, D]
        self.centroid = self.e.mean(0)
        self.distance = (self.e - self.centroid).norm(dim=1).mean().item()
        self.ends = torch.tensor(['"' in tok.text(i) for i in range(len(tok))])

    def ghost(self, direction, scale=None):
        return self.centroid + (scale or self.distance) * F.normalize(direction, dim=0)

    @torch.no_grad()
    def next(self, ghosts, suffixes):
        """Probabilities of the next token after the prompt with this ghost and this suffix. All suffixes of
        one call are of one length.  ghosts [N, D], suffixes [N, S] -> [N, V]"""
        n, e = len(ghosts), self.model.wte
        before = torch.tensor([self.tok.bos, *self.tok.encode(BEFORE)])
        after = torch.tensor(self.tok.encode(AFTER))
        x = torch.cat([e(before).expand(n, -1, -1), ghosts[:, None], e(after).expand(n, -1, -1), e(suffixes)], 1)
        T = x.shape[1]
        mask = torch.full((T, T), -1e4).triu(1)
        h = self.model(x, torch.arange(T).expand(n, T), mask)[:, -1]
        return torch.softmax(F.linear(h, self.e).float(), -1)

    def greedy(self, ghosts, longest=25):
        """-> the most probable continuation of each, token by token"""
        suffix = torch.zeros(len(ghosts), 0, dtype=torch.long)
        for _ in range(longest):
            suffix = torch.cat([suffix, self.next(ghosts, suffix).argmax(1)[:, None]], 1)
        out = []
        for row in suffix.tolist():
            stop = next((k for k, i in enumerate(row) if self.ends[i]), len(row))
            out.append(self.tok.decode(row[:stop + 1]).rstrip('."'))
        return out

    def tree(self, ghost, cutoff=1e-2, top=5, depth=25):
        """-> finished branches [(cumulative probability, text)], the most probable first"""
        level, done = [((), 1.0)], []
        for _ in range(depth):
            if not level:
                break
            grown = []
            for i in range(0, len(level), 256):
                part = level[i:i + 256]
                p = self.next(ghost.expand(len(part), -1), torch.tensor([s for s, _ in part], dtype=torch.long))
                best = p.topk(top, 1)
                for (s, c), ps, ids in zip(part, best.values.tolist(), best.indices.tolist()):
                    for q, t in zip(ps, ids):
                        if c * q >= cutoff:
                            (done if self.ends[t] else grown).append((s + (t,), c * q))
            level = grown
        done += level
        return sorted(((c, self.tok.decode(s).rstrip('."')) for s, c in done), reverse=True)

    def tokens(self, ghost, n=20, m=1.4):
        """-> the tokens nearest to the ghost and not to the centroid"""
        near = (1 - F.cosine_similarity(self.e, ghost[None])).clamp(min=0)
        far = 1 - F.cosine_similarity(self.e, self.centroid[None])
        return [self.tok.text(i) for i in (near ** m / far).argsort()[:n].tolist()]
