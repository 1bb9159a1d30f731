"""work/model.pt -> config.json and model.safetensors"""
import torch

from model import GPT2, Config, export
from paths import MODEL, WORK

s = torch.load(WORK / "model.pt", map_location="cpu")
model = GPT2(Config(**s["config"]))
model.load_state_dict(s["model"])
export(model, MODEL)
print(f"step {s['step']}: {sum(p.numel() for p in model.parameters())} parameters")
